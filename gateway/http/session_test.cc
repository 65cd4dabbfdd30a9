// One connection on a socket pair, with time that the test moves.
#include "gateway/http/session.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace evenhand::gateway {
namespace {

// Takes ten bytes of body and answers with their number.
struct Counting final : Handler {
  void OnHead(const std::shared_ptr<Exchange>& exchange) override { exchange->Collect(10); }
  void OnBody(const std::shared_ptr<Exchange>& exchange) override { exchange->Reply({.body = std::to_string(exchange->body.size())}); }
  void Decorate(const Exchange&, Response*) override {}
  void OnDone(const Exchange&) override { ++done; }
  Response Refusal(Exchange&, int status, std::string_view) override { return {.status = status, .body = "no"}; }
  int done = 0;
};

class OneConnection : public ::testing::Test {
 protected:
  OneConnection() {
    worker_.handler = &handler_;
    worker_.draining = &draining_;
    worker_.now = Exchange::Clock::now();
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    tcp::socket socket(worker_.io);
    socket.assign(tcp::v4(), ends[0]);
    client_ = ends[1];
    session_ = std::make_shared<Session>(Wire(std::move(socket), nullptr), worker_, "192.0.2.1", [this](Session*) { closed_ = true; });
    session_->Open();
  }
  ~OneConnection() override {
    if (!closed_) session_->Close();
    close(client_);
    worker_.io.restart();
    worker_.io.poll();
  }

  std::string Say(std::string_view text) {
    EXPECT_EQ(send(client_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    worker_.io.restart();
    worker_.io.poll();
    char space[4096];
    const ssize_t got = recv(client_, space, sizeof space, 0);
    return got > 0 ? std::string(space, static_cast<std::size_t>(got)) : "";
  }
  void Wait(std::chrono::seconds time) {
    worker_.now += time;
    session_->Sweep();
    worker_.io.restart();
    worker_.io.poll();
  }

  std::atomic<bool> draining_{false};
  Worker worker_;
  Counting handler_;
  std::shared_ptr<Session> session_;
  int client_ = -1;
  bool closed_ = false;
};

TEST_F(OneConnection, KeepsTheConnectionBetweenRequests) {
  EXPECT_TRUE(Say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}").ends_with("\r\n\r\n2"));
  EXPECT_TRUE(Say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\n0"));
  EXPECT_EQ(handler_.done, 2);
  EXPECT_FALSE(closed_);
}

// Found by fuzzing: a body refused for its length and then never sent kept its connection for ever.
TEST_F(OneConnection, ARefusedBodyThatNeverComesEndsTheConnection) {
  EXPECT_TRUE(Say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n").starts_with("HTTP/1.1 413 "));
  EXPECT_FALSE(closed_) << "the eleven bytes may still come, and the connection be kept";
  Wait(kBodyTime + std::chrono::seconds(1));
  Wait(kLingerTime + std::chrono::seconds(1));
  EXPECT_TRUE(closed_);
  EXPECT_EQ(handler_.done, 1);
}

// Found by fuzzing: this ended the whole process.
TEST_F(OneConnection, AnEmptyChunkedBodyMayComeByteByByte) {
  EXPECT_EQ(Say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), "");
  for (const char* byte : {"0", "\r", "\n", "\r"}) EXPECT_EQ(Say(byte), "");
  EXPECT_TRUE(Say("\n").ends_with("\r\n\r\n0"));
  EXPECT_TRUE(Say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\n0"));
}

// RFC 9112, 2.2: one may stand before a request.
TEST_F(OneConnection, TakesOneEmptyLineBeforeARequestAndNoMore) {
  EXPECT_TRUE(Say("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\n0"));
  EXPECT_EQ(Say("\r"), "");
  EXPECT_EQ(Say("\n"), "");
  EXPECT_TRUE(Say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\n0")) << "one before each";
  EXPECT_EQ(Say("\r\n"), "");
  EXPECT_TRUE(Say("\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_F(OneConnection, EmptyLinesBuyNoTime) {
  EXPECT_TRUE(Say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("0"));
  Wait(kIdleTime);
  EXPECT_EQ(Say("\r\n"), "");
  Wait(std::chrono::seconds(1));
  EXPECT_TRUE(closed_);
}

TEST_F(OneConnection, ABodyKeepsAPaceOrEnds) {
  EXPECT_EQ(Say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"), "");
  Wait(kBodyPause);
  EXPECT_EQ(Say("1"), "");
  Wait(std::chrono::seconds(1));
  EXPECT_TRUE(Say("2").starts_with("HTTP/1.1 408 "));
}

TEST_F(OneConnection, ExpectsNothingOfHttp10) {
  EXPECT_TRUE(Say("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n").empty());
  EXPECT_TRUE(Say("{}").ends_with("\r\n\r\n2"));
}

TEST_F(OneConnection, AHeadThatNeverEndsIsRefused) {
  EXPECT_EQ(Say("GET / HTTP/1.1\r\nHost: a\r\n"), "");
  Wait(kHeadTime + std::chrono::seconds(1));
  EXPECT_TRUE(Say("").starts_with("HTTP/1.1 408 "));
  Wait(kLingerTime + std::chrono::seconds(1));
  EXPECT_TRUE(closed_);
}

}  // namespace
}  // namespace evenhand::gateway
