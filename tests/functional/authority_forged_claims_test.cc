// What somebody would try who reaches a service's own door: claims of their own making, another's certificate, a token that is over.
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include <absl/synchronization/notification.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "evenhand/restriction/v1/contact_service.grpc.pb.h"
#include "services/platform/rpc/peer.h"
#include "tests/functional/harness.h"
#include "tests/functional/routes.h"

namespace evenhand::testing {
namespace {

using restriction::v1::CheckBatch;
using restriction::v1::CheckBatchReply;
using restriction::v1::CheckContactRequest;
using restriction::v1::CheckContactResponse;
using restriction::v1::ContactService;
using restriction::v1::ContactStreamService;
using Metadata = std::map<std::string, std::string>;

constexpr char kUnsigned[] =
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJFMSIsInJvbGVzIjpbInNlbmlvcl9tYW5hZ2VyIiwiYXVkaXRvciJdLCJzZXJ2aWNlX2FyZWFzIjpbIkhvdXNpbmciXX0.";

// Where a running service listens, out of its own environment.
std::string AddressOf(Stack& stack, const std::string& service) {
  std::ifstream file("/proc/" + std::to_string(stack.Pid(service + "-service")) + "/environ");
  for (std::string entry; std::getline(file, entry, '\0');) {
    if (entry.rfind("EVENHAND_LISTEN=", 0) == 0) return entry.substr(16);
  }
  return "";
}

std::string TokenOf(Stack& stack, const std::string& roles, int lifetime) {
  const std::string output =
      stack.Tool({"token", "--sub", "E4001", "--roles", roles, "--service-areas", "Housing", "--lifetime=" + std::to_string(lifetime)});
  return output.substr(output.find_last_of(" \n") + 1);
}

// A token whose claims were changed after it was signed.
std::string Tampered(std::string token) {
  const std::size_t claims = token.find('.') + 1;
  token[claims + 20] = token[claims + 20] == 'A' ? 'B' : 'A';
  return token;
}

void Describe(const Metadata& metadata, grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  for (const auto& [name, value] : metadata) context->AddMetadata(name, value);
}

// Any RPC with an empty request: whoever is refused is refused before the request is looked at.
grpc::StatusCode Knock(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const Metadata& metadata) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  Describe(metadata, &context);
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer reply;
  absl::Notification answered;
  grpc::Status status;
  stub.UnaryCall(&context, "/" + method, {}, &request, &reply, [&](grpc::Status result) {
    status = std::move(result);
    answered.Notify();
  });
  answered.WaitForNotification();
  return status.error_code();
}

grpc::StatusCode Check(const std::shared_ptr<grpc::Channel>& channel, const Metadata& metadata) {
  grpc::ClientContext context;
  Describe(metadata, &context);
  CheckContactRequest request;
  request.set_phone("07700 900123");
  CheckContactResponse reply;
  return ContactService::NewStub(channel)->CheckContact(&context, request, &reply).error_code();
}

Metadata Bearer(const std::string& token) { return {{"authorization", "Bearer " + token}}; }

TEST(ForgedClaims, SentStraightToAnyRpcOfAnyServiceAreRefused) {
  Stack& stack = Stack::Shared();
  const std::string good = stack.As("senior_manager,auditor").token(), expired = TokenOf(stack, "senior_manager,auditor", -120);
  const std::vector<Metadata> forged = {{},
                                        {{"x-sub", "E1"}, {"x-roles", "senior_manager"}, {"x-service-areas", "Housing"}},
                                        {{"x-actor", R"({"id":"E1","roles":["auditor"]})"}},
                                        {{"authorization", good}},
                                        Bearer(""),
                                        Bearer("a.b.c"),
                                        Bearer(kUnsigned),
                                        Bearer(Tampered(good)),
                                        Bearer(expired)};
  std::map<std::string, std::shared_ptr<grpc::Channel>> as_gateway, as_appeal, as_stranger;
  for (const char* name : {"incident", "restriction", "appeal", "notification"}) {
    const std::string address = AddressOf(stack, name);
    ASSERT_FALSE(address.empty()) << name;
    as_gateway[name] = ConnectTo(address, "gateway", Settings());
    as_appeal[name] = ConnectTo(address, "appeal", Settings());
    as_stranger[name] = ConnectTo(address, "stranger", Settings());
  }
  std::set<std::string> tried;
  for (const Route& route : AllRoutes()) {
    if (route.streamed || !tried.insert(route.method).second) continue;
    const std::string& service = route.process;
    ASSERT_TRUE(as_gateway.contains(service)) << route.method;
    for (std::size_t i = 0; i < forged.size(); ++i)
      EXPECT_EQ(Knock(as_gateway[service], route.method, forged[i]), grpc::StatusCode::UNAUTHENTICATED) << route.method << " " << i;
    EXPECT_EQ(Knock(as_stranger[service], route.method, Bearer(good)), grpc::StatusCode::PERMISSION_DENIED) << route.method;
    EXPECT_EQ(Knock(as_appeal[service], route.method, Bearer(good)), grpc::StatusCode::PERMISSION_DENIED)
        << route.method << ": a user's token is taken from the gateway alone";
  }
  EXPECT_GT(tried.size(), 60u);
  EXPECT_EQ(Check(as_gateway["restriction"], Bearer(good)), grpc::StatusCode::OK) << "and the door is no wall";
}

TEST(ForgedClaims, WhatServicesAskEachOtherNoUserMayAsk) {
  Stack& stack = Stack::Shared();
  const std::string everything = stack.As("senior_manager,strategic_director,auditor,administrator").token();
  for (const auto& [service, method] : std::vector<std::pair<std::string, std::string>>{
           {"restriction", "evenhand.restriction.v1.RestrictionInternalService/ApplyAppealOutcome"},
           {"incident", "evenhand.incident.v1.IncidentInternalService/GetGroundsFacts"},
           {"appeal", "evenhand.appeal.v1.AppealInternalService/GetAppealLetterFacts"},
           {"notification", "evenhand.common.v1.EventService/DeliverEvent"}}) {
    const auto code = Knock(ConnectTo(AddressOf(stack, service), "gateway", Settings()), method, Bearer(everything));
    EXPECT_EQ(code, grpc::StatusCode::PERMISSION_DENIED) << method;
  }
}

// ---- the long stream of checks, on which the gateway says whose each check is

// One batch on a stream of its own: what each item came to, by its number; and how the stream itself ended, where it did.
struct Streamed {
  std::map<std::uint64_t, grpc::StatusCode> items;
  grpc::StatusCode stream = grpc::StatusCode::OK;
};

class CheckStreamClient {
 public:
  explicit CheckStreamClient(const std::shared_ptr<grpc::Channel>& channel) : stub_(ContactStreamService::NewStub(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(120));
    stream_ = stub_->CheckContacts(&context_);
  }

  // A check by each of these token numbers; the items have the same numbers.
  Streamed Ask(const std::map<std::uint32_t, std::string>& tokens, const std::vector<std::uint32_t>& numbers) {
    CheckBatch batch;
    for (const auto& [number, jwt] : tokens) {
      batch.add_tokens()->set_number(number);
      batch.mutable_tokens()->rbegin()->set_jwt(jwt);
    }
    CheckContactRequest request;
    request.set_phone("07700 900123");
    for (const std::uint32_t number : numbers) {
      auto& item = *batch.add_items();
      item.set_id(number);
      item.set_token_number(number);
      item.set_request(request.SerializeAsString());
    }
    Streamed result;
    CheckBatchReply reply;
    if (ended_ || !stream_->Write(batch) || !stream_->Read(&reply)) {
      if (!ended_) ended_ = stream_->Finish().error_code();
      result.stream = *ended_;
      return result;
    }
    for (const auto& one : reply.results()) {
      google::rpc::Status status;
      if (one.has_status()) status.ParseFromString(one.status());
      result.items[one.id()] = static_cast<grpc::StatusCode>(status.code());
    }
    return result;
  }

  void End() {
    if (ended_) return;
    stream_->WritesDone();
    ended_ = stream_->Finish().error_code();
  }

 private:
  const std::unique_ptr<ContactStreamService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<CheckBatch, CheckBatchReply>> stream_;
  std::optional<grpc::StatusCode> ended_;
};

TEST(ForgedClaims, OnlyTheGatewayOpensTheStreamOfChecks) {
  Stack& stack = Stack::Shared();
  const std::string address = AddressOf(stack, "restriction"), good = stack.As("crm", "").token();
  for (const char* peer : {"stranger", "appeal", "incident", "notification", "restriction", "gateway2", ""}) {
    CheckStreamClient client(ConnectTo(address, peer, Settings()));
    const Streamed refused = client.Ask({{1, good}}, {1});
    EXPECT_TRUE(refused.items.empty()) << peer;
    EXPECT_TRUE(refused.stream == grpc::StatusCode::PERMISSION_DENIED || refused.stream == grpc::StatusCode::UNAUTHENTICATED)
        << peer << " " << refused.stream;
  }
}

TEST(ForgedClaims, OnTheStreamEachCheckIsJudgedByItsOwnToken) {
  Stack& stack = Stack::Shared();
  const std::string good = stack.As("crm", "").token();
  CheckStreamClient client(ConnectTo(AddressOf(stack, "restriction"), "gateway", Settings()));
  const Streamed answered = client.Ask({{1, good},
                                        {2, "garbage"},
                                        {3, kUnsigned},
                                        {4, TokenOf(stack, "crm", -120)},
                                        {5, Tampered(good)},
                                        {6, stack.As("auditor", "").token()},
                                        {5000, good}},
                                       {1, 2, 3, 4, 5, 6, 7, 5000});
  const std::map<std::uint64_t, grpc::StatusCode> expected = {{1, grpc::StatusCode::OK},
                                                              {2, grpc::StatusCode::UNAUTHENTICATED},
                                                              {3, grpc::StatusCode::UNAUTHENTICATED},
                                                              {4, grpc::StatusCode::UNAUTHENTICATED},
                                                              {5, grpc::StatusCode::UNAUTHENTICATED},
                                                              {6, grpc::StatusCode::PERMISSION_DENIED},
                                                              {7, grpc::StatusCode::UNAUTHENTICATED},
                                                              {5000, grpc::StatusCode::UNAUTHENTICATED}};
  EXPECT_EQ(answered.items, expected);
  client.End();
}

TEST(ForgedClaims, ATokenThatExpiresWhileTheStreamIsOpenIsRefusedFromThenOn) {
  Stack& stack = Stack::Shared();
  CheckStreamClient client(ConnectTo(AddressOf(stack, "restriction"), "gateway", Settings()));
  // 30 s of skew are forgiven: this one has eight left.
  const std::string short_lived = TokenOf(stack, "crm", -22);
  EXPECT_EQ(client.Ask({{1, short_lived}}, {1}).items[1], grpc::StatusCode::OK);
  EXPECT_TRUE(Eventually([&] { return client.Ask({}, {1}).items[1] == grpc::StatusCode::UNAUTHENTICATED; }, 12));
  client.End();
}

// ---- over TCP: mutual TLS with the authority that dev mode makes for itself

class OverTcp : public ::testing::Test {
 protected:
  static Stack& stack() {
    static Stack one(Environment{{"EVENHAND_TRANSPORT", "tcp"}});
    return one;
  }
  static std::string Folder() { return stack().data_dir() + "/state/dev-ca/"; }

  static void Shell(const std::string& command) {
    ASSERT_EQ(std::system(("cd " + Folder() + " && (" + command + ") >/dev/null 2>&1").c_str()), 0) << command;
  }

  // A certificate that says `name`, signed by this authority.
  static Settings Certified(const std::string& file, const std::string& name, const std::string& ca = "ca") {
    Shell("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + file + ".key -out " + file +
          ".csr -subj /CN=" + name + " && openssl x509 -req -in " + file + ".csr -CA " + ca + ".crt -CAkey " + ca +
          ".key -CAcreateserial -out " + file + ".crt -days 2");
    Settings settings;
    settings.tls_certificate = Folder() + file + ".crt";
    settings.tls_key = Folder() + file + ".key";
    settings.tls_ca = Folder() + "ca.crt";
    return settings;
  }
};

TEST_F(OverTcp, TheWholeSuiteSpeaksMutualTls) {
  EXPECT_EQ(AddressOf(stack(), "restriction").rfind("localhost:", 0), 0u);
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack(), phone);
  const Reply imposed = Impose(stack(), person);
  const Reply check =
      stack().As("crm", "").Post("/v1/contacts:check", {{"phone", phone}, {"consistencyToken", imposed.Text("consistencyToken")}});
  EXPECT_EQ(check.Text("outcome"), "GUIDANCE") << check;
  EXPECT_EQ(std::system(("test \"$(stat -c %a " + Folder() + ")\" = 700 && test \"$(stat -c %a " + Folder() + "ca.key)\" = 600").c_str()),
            0)
      << "the authority's key is its owner's alone";
}

TEST_F(OverTcp, OnlyACertificateOfThisStackThatNamesTheGatewayIsTheGateway) {
  const std::string address = AddressOf(stack(), "restriction"), good = stack().As("crm", "").token();
  Shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.crt -subj /CN=other -days 2");
  const auto check = [&](const Settings& settings, const std::string& token) {
    return Check(ConnectTo(address, "gateway", settings), Bearer(token));
  };
  EXPECT_EQ(check(Certified("a", "gateway"), good), grpc::StatusCode::OK);
  EXPECT_EQ(check(Certified("b", "gateway"), TokenOf(stack(), "crm", -120)), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(check(Certified("c", "gateway"), kUnsigned), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(check(Certified("d", "stranger"), good), grpc::StatusCode::PERMISSION_DENIED) << "whatever it says in its metadata";
  EXPECT_EQ(check(Certified("e", "appeal-service"), good), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(check(Certified("f", "gateway", "other"), good), grpc::StatusCode::UNAVAILABLE) << "another authority's";
  EXPECT_EQ(check(Settings(), good), grpc::StatusCode::UNAVAILABLE) << "no TLS at all";
  grpc::SslCredentialsOptions nameless;
  std::ifstream ca(Folder() + "ca.crt");
  std::ostringstream roots;
  roots << ca.rdbuf();
  nameless.pem_root_certs = roots.str();
  EXPECT_EQ(Check(grpc::CreateChannel(address, grpc::SslCredentials(nameless)), Bearer(good)), grpc::StatusCode::UNAVAILABLE)
      << "TLS without a certificate";
}

TEST_F(OverTcp, TheStreamOfChecksKnowsItsPeerByTheCertificate) {
  const std::string address = AddressOf(stack(), "restriction"), good = stack().As("crm", "").token();
  CheckStreamClient gateway(ConnectTo(address, "gateway", Certified("g", "gateway")));
  EXPECT_EQ(gateway.Ask({{1, good}}, {1}).items[1], grpc::StatusCode::OK);
  gateway.End();
  CheckStreamClient stranger(ConnectTo(address, "gateway", Certified("h", "stranger")));
  EXPECT_EQ(stranger.Ask({{1, good}}, {1}).stream, grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace evenhand::testing
