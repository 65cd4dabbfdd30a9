#include "services/platform/rpc/signals.h"

#include <fstream>

#include "services/platform/obs/log.h"

namespace evenhand {

sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void WaitForTheEnd(const sigset_t& signals, const Settings& settings) {
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP) return;
    std::string level;
    if (std::ifstream(settings.state_dir + "/log-level") >> level && SetLogLevel(level)) {
      Log(Level::kWarning, "log level changed", {{"level", level}});
    } else {
      Log(Level::kWarning, "no log level to be read", {{"file", "<state-dir>/log-level"}});
    }
  }
}

}  // namespace evenhand
