// The socket beside the service's own: who may ask there, and that a token is verified here whatever the gateway says.
#include "services/restriction/check/local_streams.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <thread>

#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/message_stream.h"

namespace evenhand::restriction::check {
namespace {

// A caller that speaks as the gateway does.
class Caller {
 public:
  Caller(const std::string& path, const std::string& peer, const std::string& processor = "")
      : call_(MessageStream::Call("/evenhand.restriction.v1.ContactStreamService/CheckContacts", "localhost", false,
                                  {{"x-evenhand-peer", peer}, {"x-evenhand-processor", processor}})) {
    sockaddr_un address{.sun_family = AF_UNIX};
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const timeval patience{5, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Caller() { close(fd_); }

  bool connected() const { return connected_; }
  const std::string& why() const { return call_->why(); }

  // Leaves with what is told next, and before anything is heard.
  void Tell(const v1::CheckBatch& batch) { call_->Send(batch); }

  // The next reply; none when the call ends.
  std::optional<v1::CheckBatchReply> Hear() {
    char space[4096];
    for (bool on = true; on && heard_.empty();) {
      std::string out;
      call_->Drain(&out);
      if (!out.empty()) send(fd_, out.data(), out.size(), MSG_NOSIGNAL);  // who ends the call still has a last word to read
      const ssize_t bytes = recv(fd_, space, sizeof space, 0);
      if (bytes <= 0) break;
      on = call_->Receive({space, static_cast<std::size_t>(bytes)}, [&](std::string_view message) {
        return heard_.emplace_back().ParseFromArray(message.data(), static_cast<int>(message.size()));
      });
    }
    if (heard_.empty()) return std::nullopt;
    v1::CheckBatchReply reply = std::move(heard_.front());
    heard_.pop_front();
    return reply;
  }

  std::optional<v1::CheckBatchReply> Ask(const v1::CheckBatch& batch) {
    Tell(batch);
    return Hear();
  }

 private:
  const int fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::unique_ptr<MessageStream> call_;
  bool connected_ = false;
  std::deque<v1::CheckBatchReply> heard_;
};

v1::CheckBatch OneCheck(const std::string& jwt) {
  v1::CheckBatch batch;
  batch.add_tokens()->set_jwt(jwt);
  v1::CheckItem& item = *batch.add_items();
  item.set_id(7);
  v1::CheckContactRequest request;
  request.set_phone("01632 960123");
  item.set_request(request.SerializeAsString());
  return batch;
}

// Threads of this process that are kept on that processor alone.
int ThreadsKeptOn(int processor) {
  int kept = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    cpu_set_t set;
    const pid_t thread = std::stoi(task.path().filename());
    if (sched_getaffinity(thread, sizeof set, &set) == 0 && CPU_COUNT(&set) == 1 && CPU_ISSET(processor, &set)) ++kept;
  }
  return kept;
}

class LocalStream : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_ + "/jwks.json") << R"({"keys":[]})";
    streams_.Start();
  }
  ~LocalStream() override {
    streams_.Drain();
    std::filesystem::remove_all(folder_);
  }

  static std::string MakeFolder() {
    std::string name = "/tmp/evenhand-streams-XXXXXX";
    return mkdtemp(name.data());
  }

  const std::string folder_ = MakeFolder();
  CheckState state_;
  CheckSpool spool_{folder_ + "/spool", {}};
  const SystemClock clock_;
  const TokenVerifier tokens_{
      {.jwks = "file:" + folder_ + "/jwks.json", .issuer = "https://login.council.example", .audience = "evenhand"}};
  const Authority authority_{
      std::vector<Rule>{{.method = "evenhand.restriction.v1.ContactService/CheckContact", .in_any_area = {Role::kCrm}}}};
  RpcMetrics metrics_;
  const Rpc rpc_{"evenhand.restriction.v1.ContactStreamService", tokens_, authority_, metrics_};
  const CheckStreamParts parts_{.state = state_,
                                .spool = spool_,
                                .clock = clock_,
                                .tokens = tokens_,
                                .areas = AreaDirectory::Any(),
                                .rpc = rpc_,
                                .rule = authority_.Find("evenhand.restriction.v1.ContactService/CheckContact"),
                                .metrics = metrics_};
  LocalStreams streams_{parts_, "unix:" + folder_ + "/restriction.sock"};
  const std::string path_ = folder_ + "/restriction.sock.checks";
};

TEST_F(LocalStream, ATokenIsVerifiedHereWhateverTheGatewaySays) {
  Caller gateway(path_, "gateway");
  ASSERT_TRUE(gateway.connected());
  for (const std::string jwt : {"", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjcm0iLCJyb2xlcyI6WyJjcm0iXX0."}) {
    const auto reply = gateway.Ask(OneCheck(jwt));
    ASSERT_TRUE(reply.has_value()) << gateway.why();
    ASSERT_EQ(reply->results_size(), 1);
    EXPECT_EQ(reply->results(0).id(), 7u);
    google::rpc::Status status;
    ASSERT_TRUE(status.ParseFromString(reply->results(0).status()));
    EXPECT_EQ(status.code(), static_cast<int>(grpc::StatusCode::UNAUTHENTICATED));
  }
}

TEST_F(LocalStream, ItsThreadStaysBesideTheGatewaysAndNobodyElsesDoes) {
  const int processor = sched_getcpu(), kept = ThreadsKeptOn(processor);
  Caller beside(path_, "gateway", std::to_string(processor)), anywhere(path_, "gateway", "nowhere"), other(path_, "appeal", "0");
  ASSERT_TRUE(beside.Ask(OneCheck("")).has_value()) << beside.why();
  ASSERT_TRUE(anywhere.Ask(OneCheck("")).has_value()) << anywhere.why();
  EXPECT_FALSE(other.Ask(OneCheck("")).has_value());
  // On a machine of one processor every thread is.
  EXPECT_EQ(ThreadsKeptOn(processor), std::thread::hardware_concurrency() == 1 ? kept + 2 : kept + 1);
}

// The messages of a stream are used again: nothing of one batch turns up in the next.
TEST_F(LocalStream, BatchesThatArriveTogetherAreAnsweredEachInTurn) {
  Caller gateway(path_, "gateway");
  v1::CheckBatch three = OneCheck("");
  for (int i = 0; i < 2; ++i) *three.add_items() = three.items(0);
  v1::CheckBatch one = OneCheck("");
  one.mutable_items(0)->set_id(8);
  for (int i = 0; i < 3; ++i) {
    gateway.Tell(three);
    gateway.Tell(one);
    gateway.Tell(three);
    for (const int results : {3, 1, 3}) {
      const auto reply = gateway.Hear();
      ASSERT_TRUE(reply.has_value()) << gateway.why();
      ASSERT_EQ(reply->results_size(), results);
      EXPECT_EQ(reply->results(0).id(), results == 1 ? 8u : 7u);
    }
    const auto reply = gateway.Ask(one);
    ASSERT_TRUE(reply.has_value()) << gateway.why();
    EXPECT_EQ(reply->results_size(), 1);
  }
}

TEST_F(LocalStream, NobodyButTheGatewayAsksHere) {
  for (const char* peer : {"incident", "", "Gateway"}) {
    Caller other(path_, peer);
    ASSERT_TRUE(other.connected());
    EXPECT_FALSE(other.Ask(OneCheck("a.b.c")).has_value()) << peer;
    EXPECT_EQ(other.why().substr(0, 13), "grpc-status 7") << peer;
  }
}

TEST_F(LocalStream, ADrainTellsTheGatewayAndTakesNobodyNew) {
  Caller gateway(path_, "gateway");
  ASSERT_TRUE(gateway.Ask(OneCheck("")).has_value());
  streams_.Drain();
  EXPECT_FALSE(gateway.Ask(OneCheck("")).has_value());
  EXPECT_EQ(gateway.why(), "grpc-status 0 ");
  EXPECT_FALSE(Caller(path_, "gateway").connected());
}

}  // namespace
}  // namespace evenhand::restriction::check
