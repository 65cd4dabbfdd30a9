// The gateway: REST outside, gRPC inside. Wiring only.
#include <iostream>

#include <fcntl.h>
#include <sys/stat.h>

#include "gateway/file_limit.h"
#include "gateway/gateway.h"
#include "gateway/probe.h"
#include "services/platform/base/version.h"
#include "services/platform/rpc/dev_ca.h"
#include "services/platform/rpc/signals.h"

namespace {

// A log that nobody reads must not hold up an I/O thread: what does not fit a pipe is dropped. A file takes all.
void NeverWaitForTheLog() {
  struct stat where = {};
  if (fstat(STDERR_FILENO, &where) != 0 || !(S_ISFIFO(where.st_mode) || S_ISSOCK(where.st_mode))) return;
  fcntl(STDERR_FILENO, F_SETFL, fcntl(STDERR_FILENO, F_GETFL) | O_NONBLOCK);
}

}  // namespace

int main(int argc, char** argv) {
  if (evenhand::AnswerVersion("gateway", argc, argv)) return 0;
  const sigset_t signals = evenhand::BlockSignals();
  if (argc > 1 && std::string_view(argv[1]) == "openapi") {
    std::cout << evenhand::gateway::OpenApiDocument() << "\n";
    return 0;
  }
  auto settings = evenhand::ReadSettings("gateway", argc, argv);
  if (!settings.ok()) {
    std::cerr << settings.status().message() << "\n";
    return 2;
  }
  if (argc > 1 && std::string_view(argv[1]) == "config") {
    std::cout << evenhand::DescribeValues(*settings);
    return 0;
  }
  if (argc > 1 && std::string_view(argv[1]) == "health") {
    return evenhand::gateway::IsReady(settings->listen, !settings->Get("edge-certificate").empty()) ? 0 : 1;
  }
  NeverWaitForTheLog();
  evenhand::InitLog("gateway", settings->log_level);
  if (const auto made = evenhand::MakeDevIdentity("gateway", &*settings); !made.ok()) {
    std::cerr << made.message() << "\n";
    return 2;
  }
  evenhand::gateway::RaiseFileLimit(settings->Get("max-connections"));
  try {
    evenhand::gateway::Gateway gateway(*settings);
    gateway.Start();
    evenhand::WaitForTheEnd(signals, *settings);
    gateway.Drain();
    // gRPC's threads may still be telling of calls that were cut; nothing is left to say, and nobody should wait for it.
    std::_Exit(0);
  } catch (const std::exception& error) {
    evenhand::Log(evenhand::Level::kError, "gateway_failed", {{"error", error.what()}});
    return 1;
  }
}
