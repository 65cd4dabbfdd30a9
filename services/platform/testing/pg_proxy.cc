#include "services/platform/testing/pg_proxy.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "services/platform/base/check.h"

namespace evenhand::testing {
namespace {

constexpr char kSocket[] = "/.s.PGSQL.5432";

sockaddr_un AddressIn(const std::string& folder) {
  sockaddr_un address{.sun_family = AF_UNIX};
  const std::string path = folder + kSocket;
  EVENHAND_CHECK(path.size() < sizeof address.sun_path, "the socket's path is too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool Take(int from, std::string& bytes) {
  char buffer[16 * 1024];
  const ssize_t got = read(from, buffer, sizeof buffer);
  if (got > 0) bytes.assign(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

bool Give(int to, const std::string& bytes) { return write(to, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()); }

}  // namespace

PgProxy::PgProxy(std::string behind) : behind_(std::move(behind)) {
  char pattern[] = "/tmp/evenhand-proxy-XXXXXX";
  EVENHAND_CHECK(mkdtemp(pattern) != nullptr, "no temporary folder");
  folder_ = pattern;
  listening_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressIn(folder_);
  EVENHAND_CHECK(bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && listen(listening_, 16) == 0,
                 "the proxy can't listen");
  thread_ = std::thread([this] { Serve(); });
}

PgProxy::~PgProxy() {
  shutdown(listening_, SHUT_RDWR);
  close(listening_);
  thread_.join();
  for (std::thread& carrier : carriers_) carrier.join();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PgProxy::Serve() {
  for (int client; (client = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
    carriers_.emplace_back([this, client] { Carry(client); });
}

void PgProxy::Carry(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressIn(behind_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  bool mute = false;
  while (open) {
    pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    poll(ends, 2, -1);
    std::string bytes;
    if (ends[0].revents != 0) {
      open = Take(client, bytes);
      // The simple protocol sends the word itself.
      const bool commit = open && bytes.find("COMMIT") != std::string::npos;
      if (commit && lose_.exchange(false)) {
        meanwhile_();
        break;
      }
      open = open && Give(server, bytes);
      if (commit && cut_.exchange(false)) mute = true;  // PostgreSQL has it, and its answer is dropped with the connection
    } else if (mute) {
      char answer[4096];
      open = read(server, answer, sizeof answer) < 0;
    } else {
      open = Take(server, bytes) && Give(client, bytes);
    }
  }
  close(server);
  close(client);
}

}  // namespace evenhand::testing
