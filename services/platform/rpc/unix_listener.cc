#include "services/platform/rpc/unix_listener.h"

#include <atomic>
#include <cerrno>
#include <cstring>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "services/platform/obs/log.h"

namespace evenhand {
namespace {

constexpr int kBacklog = 128;
constexpr absl::Duration kPause = absl::Milliseconds(50);
constexpr absl::Duration kTroubled = absl::Seconds(2);  // not ready for so long after a caller could not be taken

std::atomic<std::int64_t> refused_at = 0;  // milliseconds since 1970

}  // namespace

// The folder's and the socket's rights are the first lock; the check of each caller is the second.
int ListenLocally(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX};
  if (path.size() >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unlink(path.c_str());
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && chmod(path.c_str(), 0600) == 0 &&
                     listen(fd, kBacklog) == 0;
  if (bound) return fd;
  close(fd);
  return -1;
}

int AcceptLocally(int listening, int flags) {
  while (true) {
    const int fd = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | flags);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0 && (errno == EINVAL || errno == EBADF)) return -1;  // shut down
    if (fd < 0) {  // no descriptors or no memory: whoever waits goes on waiting, and is taken when there are some again
      refused_at.store(absl::ToUnixMillis(absl::Now()), std::memory_order_relaxed);
      absl::SleepFor(kPause);
      continue;
    }
    ucred caller{};
    socklen_t size = sizeof caller;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &caller, &size) == 0 && IsExpectedUser(caller.uid, geteuid())) return fd;
    Log(Level::kWarning, "caller refused", {{"uid", absl::StrCat(caller.uid)}});
    close(fd);
  }
}

bool TakesCallers() { return absl::Now() - absl::FromUnixMillis(refused_at.load(std::memory_order_relaxed)) > kTroubled; }

bool IsExpectedUser(unsigned caller, unsigned own) { return caller == own || caller == 0; }

UnixListener::UnixListener(grpc::ServerBuilder& builder, std::string path)
    : path_(std::move(path)),
      acceptor_(builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, grpc::InsecureServerCredentials())) {}

bool UnixListener::Start() {
  listening_ = ListenLocally(path_);
  if (listening_ < 0) return false;
  thread_ = std::thread([this] { Accept(); });
  return true;
}

void UnixListener::Stop() {
  if (!thread_.joinable()) return;
  shutdown(listening_, SHUT_RDWR);
  thread_.join();
  close(listening_);
  unlink(path_.c_str());
}

void UnixListener::Accept() {
  for (int fd; (fd = AcceptLocally(listening_, SOCK_NONBLOCK)) >= 0;) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = listening_;
    connection.fd = fd;
    acceptor_->HandleNewConnection(&connection);
  }
}

}  // namespace evenhand
