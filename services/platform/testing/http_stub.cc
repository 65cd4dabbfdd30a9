#include "services/platform/testing/http_stub.h"

#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "services/platform/base/check.h"

namespace evenhand::testing {

HttpStub::HttpStub() : listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  EVENHAND_CHECK(bind(listening_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listening_, 16) == 0, "no port on loopback");
  getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

HttpStub::~HttpStub() {
  shutdown(listening_, SHUT_RDWR);
  close(listening_);
  thread_.join();
}

void HttpStub::Answer(int status, std::string body) {
  const absl::MutexLock lock(&mutex_);
  status_ = status;
  body_ = std::move(body);
}

std::string HttpStub::url() const { return absl::StrCat("http://127.0.0.1:", port_, "/keys"); }

void HttpStub::Serve() {
  for (int client; (client = accept(listening_, nullptr, nullptr)) >= 0; close(client)) {
    ++requests_;
    char buffer[4096];
    if (read(client, buffer, sizeof buffer) <= 0) continue;
    std::string reply;
    {
      const absl::MutexLock lock(&mutex_);
      reply = absl::StrCat("HTTP/1.1 ", status_, " Answer\r\nContent-Length: ", body_.size(), "\r\nConnection: close\r\n\r\n", body_);
    }
    if (write(client, reply.data(), reply.size()) < 0) continue;
  }
}

}  // namespace evenhand::testing
