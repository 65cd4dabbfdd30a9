#include "gateway/file_limit.h"

#include <absl/strings/numbers.h>
#include <sys/resource.h>

#include "services/platform/obs/log.h"

namespace evenhand::gateway {
namespace {

constexpr rlim_t kOwnFiles = 100;  // channels, log, listening sockets, spools

}  // namespace

void RaiseFileLimit(const std::string& max_connections) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  std::uint32_t wanted = 0;
  if (!absl::SimpleAtoi(max_connections, &wanted) || wanted + kOwnFiles <= files.rlim_cur) return;
  Log(Level::kWarning, "max_connections_do_not_fit", {{"maxConnections", max_connections}, {"openFiles", std::to_string(files.rlim_cur)}});
}

}  // namespace evenhand::gateway
