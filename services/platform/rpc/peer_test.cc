// Services among themselves: mutual TLS over TCP, the kernel's word on UNIX sockets, and tokens verified by the service itself.
#include "services/platform/rpc/peer.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "evenhand/common/v1/event_service.grpc.pb.h"
#include "services/platform/auth/authority.h"
#include "services/platform/auth/token_verifier.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/rpc.h"
#include "services/platform/rpc/unix_listener.h"

namespace evenhand {
namespace {

using common::v1::DeliverEventRequest;
using common::v1::DeliverEventResponse;

constexpr char kMethod[] = "evenhand.common.v1.EventService/DeliverEvent";

// A door that says who came in.
class Door final : public common::v1::EventService::Service {
 public:
  explicit Door(const Rpc& rpc) : rpc_(rpc) {}
  grpc::Status DeliverEvent(grpc::ServerContext* context, const DeliverEventRequest* request, DeliverEventResponse* reply) override {
    return rpc_.Unary(context, "DeliverEvent", *request, reply, [&](const Call& call) -> Outcome<DeliverEventResponse> {
      last_ = call.peer + "/" + call.actor.id;
      return DeliverEventResponse();
    });
  }
  std::string last_;

 private:
  const Rpc& rpc_;
};

class Peers : public ::testing::Test {
 protected:
  Peers() {
    char pattern[] = "/tmp/evenhand-peers-XXXXXX";
    folder_ = mkdtemp(pattern);
    Shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -subj /CN=evenhand-ca -days 2");
    for (const char* name : {"restriction-service", "appeal-service", "stranger"}) Certificate(name, "ca");
    Shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.crt -subj /CN=other-ca -days 2");
    Certificate("impostor", "other", "appeal-service");
  }
  ~Peers() override {
    if (server_) server_->Shutdown();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void Shell(const std::string& command) const {
    ASSERT_EQ(std::system(absl::StrCat("cd ", folder_, " && (", command, ") >/dev/null 2>&1").c_str()), 0) << command;
  }

  void Certificate(const std::string& file, const std::string& ca, const std::string& name = "") const {
    Shell(absl::StrCat("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ", file, ".key -out ", file,
                       ".csr -subj /CN=", name.empty() ? file : name,
                       " && printf 'subjectAltName=DNS:localhost' > ext && openssl x509 -req -in ", file, ".csr -CA ", ca, ".crt -CAkey ",
                       ca, ".key -CAcreateserial -out ", file, ".crt -days 2 -extfile ext"));
  }

  Settings Of(const std::string& file, const std::string& ca = "ca") const {
    Settings settings;
    settings.listen = "localhost:0";
    settings.tls_certificate = absl::StrCat(folder_, "/", file, ".crt");
    settings.tls_key = absl::StrCat(folder_, "/", file, ".key");
    settings.tls_ca = absl::StrCat(folder_, "/", ca, ".crt");
    return settings;
  }

  void ListenOverTls() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("localhost:0", CredentialsToListen(Of("restriction-service")), &port_);
    builder.RegisterService(&door_);
    server_ = builder.BuildAndStart();
  }

  grpc::Status CallWith(std::shared_ptr<grpc::Channel> channel, const std::map<std::string, std::string>& metadata = {}) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    DeliverEventResponse reply;
    return common::v1::EventService::NewStub(channel)->DeliverEvent(&context, {}, &reply);
  }

  grpc::Status CallAs(const Settings& settings, const std::string& self) const {
    return CallWith(ConnectTo(absl::StrCat("localhost:", port_), self, settings));
  }

  std::string folder_;
  int port_ = 0;
  const TokenVerifier tokens_{{.jwks = "file:/nonexistent", .issuer = "i", .audience = "a"}};
  const Authority authority_{
      {Rule{.method = kMethod, .in_any_area = {Role::kAuditor}, .services = {"appeal"}, .clause = "4.1", .refusal = "No."}}};
  RpcMetrics metrics_;
  const Rpc rpc_{"evenhand.common.v1.EventService", tokens_, authority_, metrics_};
  Door door_{rpc_};
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(Peers, OverTcpTheCertificateSaysWhoCalls) {
  ListenOverTls();
  EXPECT_TRUE(CallAs(Of("appeal-service"), "appeal").ok());
  EXPECT_EQ(door_.last_, "appeal/system:appeal");
}

TEST_F(Peers, ACertificateOfNoneOfOursIsRefusedWhateverItSays) {
  ListenOverTls();
  EXPECT_EQ(CallAs(Of("stranger"), "appeal").error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(Peers, AnotherAuthoritysCertificateAndNoneAreRefused) {
  ListenOverTls();
  Settings impostor = Of("impostor");
  EXPECT_EQ(CallAs(impostor, "appeal").error_code(), grpc::StatusCode::UNAVAILABLE);
  const auto bare = grpc::CreateChannel(absl::StrCat("localhost:", port_), grpc::InsecureChannelCredentials());
  EXPECT_FALSE(CallWith(bare, {{"x-evenhand-peer", "appeal"}}).ok());
}

TEST_F(Peers, ForgedClaimsSentStraightToAServiceAreRefused) {
  grpc::ServerBuilder builder;
  UnixListener local(builder, folder_ + "/door.sock");
  builder.RegisterService(&door_);
  server_ = builder.BuildAndStart();
  ASSERT_TRUE(local.Start());
  const auto channel = ConnectTo("unix:" + folder_ + "/door.sock", "gateway", Settings());
  EXPECT_EQ(CallWith(channel).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CallWith(channel, {{"authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJFMSIsInJvbGVzIjpbImF1ZGl0b3IiXX0."}}).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CallWith(channel, {{"x-roles", "auditor"}, {"x-sub", "E1"}}).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CallWith(ConnectTo("unix:" + folder_ + "/door.sock", "nobody", Settings())).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(CallWith(ConnectTo("unix:" + folder_ + "/door.sock", "appeal", Settings())).ok());
  local.Stop();
}

TEST_F(Peers, OnAUnixSocketOnlyTheOwnUserAndRootGetIn) {
  EXPECT_TRUE(IsExpectedUser(1000, 1000));
  EXPECT_TRUE(IsExpectedUser(0, 1000));
  EXPECT_FALSE(IsExpectedUser(1001, 1000));
  if (geteuid() != 0) GTEST_SKIP() << "needs root to call as another user";
  grpc::ServerBuilder builder;
  UnixListener local(builder, folder_ + "/door.sock");
  builder.RegisterService(&door_);
  server_ = builder.BuildAndStart();
  ASSERT_TRUE(local.Start());
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  std::filesystem::permissions(folder_ + "/door.sock", std::filesystem::perms(0666));  // as if the folder's rights were set wrongly
  // Exits 0 when the other side hangs up, with or without a reset.
  std::ofstream(folder_ + "/connect.py") << "import socket, sys\n"
                                            "s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect(sys.argv[1])\n"
                                            "try:\n"
                                            "    s.send(b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n'); sys.exit(s.recv(1) != b'')\n"
                                            "except (ConnectionResetError, BrokenPipeError):\n"
                                            "    sys.exit(0)\n";
  const std::string connect = absl::StrCat("runuser -u nobody -- python3 ", folder_, "/connect.py ", folder_, "/door.sock");
  EXPECT_EQ(std::system(connect.c_str()), 0) << "the connection is closed without a word";
  local.Stop();
}

}  // namespace
}  // namespace evenhand
