// The REST port itself, with callers on loopback.
#include "gateway/http/server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

// Answers with the number of the worker that it runs on.
struct SaysWhere final : Handler {
  void OnHead(const std::shared_ptr<Exchange>& exchange) override { exchange->Reply({.body = std::to_string(exchange->worker())}); }
  void OnBody(const std::shared_ptr<Exchange>&) override {}
  void Decorate(const Exchange&, Response*) override {}
  void OnDone(const Exchange&) override {}
  Response Refusal(Exchange&, int status, std::string_view) override { return {.status = status, .body = "no"}; }
};

class ThePort : public ::testing::Test {
 protected:
  ThePort() {
    server_.Start(handler_, [](Worker&) {}, [this](int by) { open_ += by; });
  }
  ~ThePort() override {
    for (const auto& [fd, worker] : callers_) close(fd);
  }

  // Another connection, and which worker answered it.
  void Connect() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    constexpr std::string_view kAsk = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    ASSERT_EQ(send(fd, kAsk.data(), kAsk.size(), 0), static_cast<ssize_t>(kAsk.size()));
    char reply[1024];
    const ssize_t got = recv(fd, reply, sizeof reply, 0);
    ASSERT_GT(got, 0);
    callers_[fd] = reply[got - 1];
  }
  long AtWorker(char number) const {
    return std::ranges::count_if(callers_, [&](const auto& caller) { return caller.second == number; });
  }

  SaysWhere handler_;
  std::atomic<int> open_{0};
  Server server_{{.host = "127.0.0.1", .threads = 2, .certificate = "", .key = ""}};
  std::map<int, char> callers_;
};

TEST_F(ThePort, SharesItsConnectionsOutEvenly) {
  for (int i = 0; i < 20; ++i) Connect();
  EXPECT_EQ(AtWorker('0'), 10);
  EXPECT_EQ(AtWorker('1'), 10);
}

TEST_F(ThePort, NewConnectionsGoWhereOthersHaveLeft) {
  for (int i = 0; i < 20; ++i) Connect();
  std::erase_if(callers_, [](const auto& caller) { return caller.second == '0' && close(caller.first) == 0; });
  for (int wait = 0; open_ > 10 && wait < 1'000; ++wait) usleep(5'000);
  for (int i = 0; i < 10; ++i) Connect();
  EXPECT_EQ(AtWorker('0'), 10);
}

}  // namespace
}  // namespace evenhand::gateway
