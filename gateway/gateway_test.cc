// What a caller of the REST port may rely on, whichever service answers.
#include <gmock/gmock.h>
#include <google/api/annotations.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <nlohmann/json.hpp>

#include "gateway/call/messages.h"
#include "gateway/openapi/document.h"
#include "gateway/testing/edge.h"

namespace evenhand::gateway {
namespace {

using testing::Answer;
using ::testing::ContainsRegex;
using testing::Edge;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using ::testing::StartsWith;

class Gate : public ::testing::Test {
 protected:
  static Edge& edge() {
    static Edge* const shared = new Edge;
    return *shared;
  }
};

TEST_F(Gate, WhatIsMadeAnswers201AndWhere_WhatWasThereOrIsTried200) {
  const Answer made = edge().Call("POST", "/v1/incidents", R"({"sourceRef":"T-1"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.headers.at("location"), "/v1/incidents/0190");
  for (const auto& [path, ref] : {std::pair("/v1/incidents", "found"), std::pair("/v1/incidents?validateOnly=true", "T-1")}) {
    const Answer there = edge().Call("POST", path, absl::StrCat(R"({"sourceRef":")", ref, R"("})"));
    EXPECT_EQ(there.status, 200);
    EXPECT_FALSE(there.headers.contains("location"));
  }
  const Answer streamed = edge().Call("POST", "/v1/incidents/77/evidence", "abc", "Content-Type: text/plain\r\n");
  EXPECT_THAT(streamed.headers.at("location"), StartsWith("/v1/incidents/77/evidence/"));
}

TEST_F(Gate, AReadOfAStateAtHandAnswers304) {
  for (const char* same : {"\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"}) {
    const Answer answer = edge().Call("GET", "/v1/incidents/1", "", absl::StrCat("If-None-Match: ", same, "\r\n"));
    EXPECT_EQ(answer.status, 304) << same;
    EXPECT_EQ(answer.headers.at("etag"), "\"1\"");
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_EQ(edge().Call("GET", "/v1/incidents/1", "", "If-None-Match: \"2\"\r\n").status, 200);
}

TEST_F(Gate, UnaryCallGoesThereAndBack) {
  const Answer answer =
      edge().Call("POST", "/v1/incidents", R"({"sourceRef":"T-1","occurredAt":"2026-11-02T10:15:00Z","narrative":"Grüße \u20ac"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.at("etag"), "\"1\"");
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_THAT(answer.body, HasSubstr(R"("sourceRef":"T-1","occurredAt":"2026-11-02T10:15:00Z")"));
  EXPECT_THAT(answer.body, HasSubstr("Grüße €"));
}

TEST_F(Gate, PromisesTravelAsMetadata) {
  edge().Call("POST", "/v1/incidents?validateOnly=true", "{}",
              "Idempotency-Key: k1\r\nIf-Match: \"7\"\r\ntraceparent: "
              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-Request-Id: r-1\r\n");
  EXPECT_EQ(edge().services().HeardMetadata("idempotency-key"), "k1");
  EXPECT_EQ(edge().services().HeardMetadata("if-match"), "\"7\"");
  EXPECT_EQ(edge().services().HeardMetadata("x-validate-only"), "true");
  EXPECT_EQ(edge().services().HeardMetadata("x-request-id"), "r-1");
  EXPECT_THAT(edge().services().HeardMetadata("traceparent"), HasSubstr("0af7651916cd43dd8448eb211c80319c"));
  EXPECT_EQ(edge().services().HeardMetadata("authorization"), "Bearer " + edge().token());
}

TEST_F(Gate, RefusalIsAProblemThatNamesItsClause) {
  const Answer answer = edge().Call("POST", "/v1/incidents", R"({"sourceRef":"refuse"})");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  EXPECT_THAT(answer.body, HasSubstr(R"("clause":"7.3")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"PERMISSION_DENIED")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("traceId":")"));
  EXPECT_EQ(edge().Call("POST", "/v1/incidents", R"({"sourceRef":"reused"})").status, 422);
}

TEST_F(Gate, WhatIsNoClauseOfThePolicyIsPrintedAsItsSource) {
  const Answer answer = edge().Call("POST", "/v1/incidents", R"({"sourceRef":"rule"})");
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, Not(HasSubstr("clause")));
  EXPECT_THAT(answer.body, HasSubstr(R"("message":"Ask another senior manager.","source":"council rule")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("reason":"NOT_PERMITTED","source":"council rule")"));
}

TEST_F(Gate, ARefusalNeverOutgrowsItsTransport) {
  const Answer answer = edge().Call("POST", "/v1/incidents", R"({"sourceRef":"many"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr(R"("violations":[{"field":"grounds[0].effect")"));
  EXPECT_THAT(answer.body, ContainsRegex(R"("and [0-9]+ more")"));
}

TEST_F(Gate, ATransportsOwnLimitIsNotTheCallersFault) {
  const Answer answer = edge().Call("POST", "/v1/incidents", R"({"sourceRef":"exhausted"})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  EXPECT_THAT(answer.body, Not(HasSubstr("Threadpool")));
}

TEST_F(Gate, ReplayIsMarked) {
  EXPECT_EQ(edge().Call("POST", "/v1/incidents", R"({"sourceRef":"replay"})").headers.at("idempotent-replayed"), "true");
  EXPECT_FALSE(edge().Call("POST", "/v1/incidents", R"({"sourceRef":"first"})").headers.contains("idempotent-replayed"));
}

TEST_F(Gate, NoTokenOrABadOneIs401WithAChallenge) {
  const Answer none = edge().Call("POST", "/v1/contacts:check", R"({"phone":"1"})", "", false);
  EXPECT_EQ(none.status, 401);
  EXPECT_THAT(none.headers.at("www-authenticate"), HasSubstr("Bearer"));
  EXPECT_EQ(edge().Call("GET", "/v1/incidents", "", "Authorization: Bearer a.b.c\r\n", false).status, 401);
  EXPECT_EQ(edge().Call("GET", "/v1/incidents", "", "Authorization: Basic YTpi\r\n", false).status, 401);
}

// Requests of a thread share one message, cleared in between.
TEST_F(Gate, NothingOfOneRequestIsFoundInTheNext) {
  EXPECT_THAT(edge().Call("POST", "/v1/incidents", R"({"sourceRef":"T-1","narrative":"private"})").body, HasSubstr("private"));
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(edge().Call("POST", "/v1/incidents", R"({"sourceRef":"T-2"})").body, Not(HasSubstr("private")));
    EXPECT_EQ(edge().Call("POST", "/v1/incidents", R"({"sourceRef":"T-3","narrative":"private","zz":1})").status, 400);
  }
}

TEST(BorrowedMessage, ComesBackEmptyAndIsLentToOneAtATime) {
  using incident::v1::Incident;
  const auto& type = *Incident::descriptor();
  const auto fill = [](google::protobuf::Message& message) { static_cast<Incident&>(message).set_narrative("private"); };
  const google::protobuf::Message* kept;
  {
    const BorrowedMessage one = BorrowMessage(type, 10), other = BorrowMessage(type, 10), of_a_long_body = BorrowMessage(type, 1 << 20);
    EXPECT_NE(one.get(), other.get());
    for (const BorrowedMessage* message : {&one, &other, &of_a_long_body}) fill(**message);
    kept = other.get();  // the first to come back
  }
  const BorrowedMessage again = BorrowMessage(type, 10);
  EXPECT_EQ(again.get(), kept);
  EXPECT_EQ(again->ByteSizeLong(), 0u);
  EXPECT_EQ(BorrowMessage(*incident::v1::Incident::descriptor(), 0)->GetDescriptor(), incident::v1::Incident::descriptor());
}

TEST_F(Gate, PathAndQueryFillTheRequest) {
  EXPECT_THAT(edge().Call("GET", "/v1/incidents/INC%2F1+2").body, HasSubstr(R"("id":"INC/1+2")"));
  EXPECT_THAT(edge().Call("GET", "/v1/incidents?pageSize=7&serviceArea=Adult+Care").body, HasSubstr(R"("nextPageToken":"7 Adult Care")"));
  EXPECT_THAT(edge().Call("GET", "/v1/incidents?pageSize=7").body, HasSubstr(R"("incidents":[])"));
  const Answer wrong = edge().Call("GET", "/v1/incidents?pageSize=many&colour=red&pageSize=2");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr(R"("field":"pageSize")"));
  EXPECT_THAT(wrong.body, HasSubstr(R"("field":"colour")"));
  EXPECT_EQ(edge().Call("GET", "/v1/incidents/%00").status, 400);
  EXPECT_EQ(edge().Call("GET", "/v1/incidents/%zz").status, 400);
}

TEST_F(Gate, MethodsAsAnIntegratorExpectsThem) {
  const Answer head = edge().Call("HEAD", "/v1/incidents/1");
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.headers.at("content-length"), "0");
  const Answer wrong = edge().Call("DELETE", "/v1/incidents");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "POST, GET, HEAD, OPTIONS");
  EXPECT_EQ(edge().Call("TRACE", "/v1/incidents/1").headers.at("allow"), "GET, HEAD, OPTIONS");
  const Answer options =
      edge().Call("OPTIONS", "/v1/incidents", "", "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n", false);
  EXPECT_EQ(options.status, 204);
  EXPECT_FALSE(options.headers.contains("access-control-allow-origin"));
  EXPECT_EQ(edge().Call("GET", "/v1/nothing").status, 404);
  EXPECT_EQ(edge().Call("GET", "/v1/incidents/").status, 404);
  EXPECT_EQ(edge().Call("POST", "/v1/incidents/1:noSuchVerb", "{}").status, 404);
}

TEST_F(Gate, ChecksTravelTogetherAndComeBackApart) {
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(edge().Call("POST", "/v1/contacts:check", R"({"phone":"07700 900123"})").body, HasSubstr("CLEAR"));
  const Answer refused = edge().Call("POST", "/v1/contacts:check", R"({"phone":"refuse"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"("field":"phone")"));
}

// Answers that are the same bytes are printed once: each must find its own text again, however many others came in between.
TEST_F(Gate, EveryCheckIsAnsweredWithItsOwnAnswer) {
  for (int i = 0; i < 30; ++i) {
    const std::string other = "t" + std::to_string(i % 7);
    EXPECT_EQ(edge().Call("POST", "/v1/contacts:check", R"({"phone":"1"})").body, R"({"outcome":"CLEAR"})");
    EXPECT_EQ(edge().Call("POST", "/v1/contacts:check", R"({"phone":"1","consistencyToken":")" + other + "\"}").body,
              R"({"outcome":"CLEAR","consistencyToken":")" + other + "\"}");
  }
}

TEST(Hanging, OneCheckWaitsASecondTheOthersNotAtAll) {
  Edge edge({"--edge-threads=1"});
  EXPECT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"silent"})").status, 503) << "one that is lost spoils no other";
  EXPECT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"1"})").status, 200);
  edge.services().heard().hanging = true;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"hang"})").status, 503);
  const auto first = std::chrono::steady_clock::now();
  EXPECT_LT(first - began, std::chrono::milliseconds(1200));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"1"})").status, 503);
  EXPECT_LT(std::chrono::steady_clock::now() - first, std::chrono::milliseconds(300));
  edge.services().heard().hanging = false;
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"1"})").status, 200);
}

TEST_F(Gate, WhatIsNotServedIs501) { EXPECT_EQ(edge().Call("GET", "/v1/appeals").status, 501); }

TEST_F(Gate, TheContractIsServed) {
  const Answer contract = edge().Call("GET", "/openapi.json", "", "", false);
  EXPECT_THAT(contract.body, HasSubstr(R"("/v1/restrictions/{id}:impose":{"post")"));
  EXPECT_THAT(contract.body, HasSubstr("Imposes a restriction"));
  EXPECT_THAT(edge().Call("GET", "/docs", "", "", false).body, HasSubstr("<html"));
  EXPECT_EQ(edge().Call("POST", "/docs", "", "", false).status, 405);
}

TEST(Contract, ADeprecatedRouteAndFieldSayTheyAre) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("aging.proto");
  file.set_package("evenhand.incident.v9");
  auto* message = file.add_message_type();
  message->set_name("Old");
  auto* field = message->add_field();
  field->set_name("colour");
  field->set_number(1);
  field->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
  field->mutable_options()->set_deprecated(true);
  file.add_service()->set_name("AgingService");
  auto* method = file.mutable_service(0)->add_method();
  method->set_name("ListOld");
  method->set_input_type(".evenhand.incident.v9.Old");
  method->set_output_type(".evenhand.incident.v9.Old");
  method->mutable_options()->set_deprecated(true);
  method->mutable_options()->MutableExtension(google::api::http)->set_get("/v9/old");
  google::protobuf::DescriptorPool pool;
  constexpr Retirement kRow{"evenhand.incident.v9.AgingService/ListOld", "2026-07-01", "2027-07-01", "/v9/new"};
  const std::string contract = MakeOpenApi(Router(RoutesOf({pool.BuildFile(file)}, {&kRow, 1})));
  const auto operation = nlohmann::json::parse(contract)["paths"]["/v9/old"]["get"];
  EXPECT_EQ(operation["deprecated"], true) << operation;
  EXPECT_EQ(operation["parameters"][0]["deprecated"], true) << operation;
  for (const char* header : {"Deprecation", "Sunset", "Link"})
    EXPECT_TRUE(operation["responses"]["200"]["headers"].contains(header)) << header;
}

TEST_F(Gate, ImportAnswersALineForEachRowAndTheSummaryLast) {
  const Answer answer = edge().Call("POST", "/v1/incidents:import", "a\nb\nc\n", "Content-Type: text/csv\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/x-ndjson");
  EXPECT_THAT(answer.body, StartsWith("{\"line\":1,\"recordNo\":\"a\"}\n{\"line\":2,\"recordNo\":\"b\"}\n{\"line\":3,\"recordNo\":\"c\"}\n"
                                      "{\"summary\":{\"rows\":3,\"created\":0,"));
  EXPECT_EQ(edge().Call("POST", "/v1/incidents:import", "{}", "Content-Type: application/json\r\n").status, 415);
  const Answer refused = edge().Call("POST", "/v1/incidents:import", "refuse\n", "Content-Type: text/csv\r\n");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("13.1"));
}

TEST_F(Gate, AClientThatOnlyWritesBeforeItReadsDoesNotBlockTheImport) {
  RawClient client(edge().port());
  constexpr int kRows = 150'000;
  std::string file;
  for (int i = 0; i < kRows; ++i) file += "row " + std::to_string(i) + " of a file whose replies are longer than any socket's buffer\n";
  client.Send(
      edge().Head("POST", "/v1/incidents:import", "Content-Type: text/csv\r\nContent-Length: " + std::to_string(file.size()) + "\r\n"));
  client.Send(file);
  const Answer answer = client.Read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), kRows + 1);
}

TEST_F(Gate, AnImportThatBreaksIsNotTakenForWhole) {
  const Answer answer = edge().Call("POST", "/v1/incidents:import", "a\nbreak\nc\n", "Content-Type: text/csv\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.whole);
  EXPECT_THAT(answer.body, HasSubstr("INTERNAL_FAULT"));
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
}

TEST_F(Gate, EvidenceGoesUpInPiecesAndComesDownUnchanged) {
  const std::string file(1'000'000, 'x');
  const Answer up = edge().Call("POST", "/v1/incidents/77/evidence", file,
                                "Content-Type: image/png\r\nX-Evidence-Name: sh%20ot.png\r\nX-Evidence-Distressing: true\r\n");
  EXPECT_EQ(up.status, 201);
  EXPECT_THAT(up.body, HasSubstr(R"("name":"sh ot.png!")"));
  EXPECT_EQ(up.headers.at("etag"), "1000000");
  EXPECT_EQ(edge().Call("GET", "/v1/incidents/77/evidence/1:content").status, 428);
  const Answer down = edge().Call("GET", "/v1/incidents/77/evidence/1:content", "", "X-Acknowledge-Distressing: true\r\n");
  EXPECT_EQ(down.status, 200);
  EXPECT_EQ(down.body.size(), 48u * 64 * 1024);
  EXPECT_EQ(down.headers.at("content-type"), "image/png");
  EXPECT_THAT(down.headers.at("content-disposition"), HasSubstr("a%20%22b%22.png"));
}

TEST_F(Gate, AFileOverTheLimitIsRefusedBeforeItIsSent) {
  RawClient client(edge().port());
  client.Send(edge().Head("POST", "/v1/incidents/77/evidence", "Content-Length: 104857601\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(Gate, AClientThatLeavesEndsItsCall) {
  const int before = edge().services().heard().cancelled;
  {
    RawClient client(edge().port());
    const std::string body = R"({"sourceRef":"slow"})";
    client.Send(edge().Head("POST", "/v1/incidents", "Content-Length: " + std::to_string(body.size()) + "\r\n") + body);
    absl::SleepFor(absl::Milliseconds(200));
  }
  for (int i = 0; i < 200 && edge().services().heard().cancelled == before; ++i) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(edge().services().heard().cancelled, before + 1);
}

TEST_F(Gate, HealthAndReadiness) {
  EXPECT_EQ(edge().Call("GET", "/healthz", "", "", false).status, 200);
  for (int i = 0; i < 500 && edge().Call("GET", "/readyz", "", "", false).status != 200; ++i) absl::SleepFor(absl::Milliseconds(10));
  const Answer ready = edge().Call("GET", "/readyz", "", "", false);
  EXPECT_EQ(ready.status, 200) << ready.body;
}

TEST(Away, ServicesThatCannotBeReachedAre503) {
  Edge edge;
  edge.services().Stop();
  EXPECT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"1"})").status, 503);
  EXPECT_EQ(edge.Call("GET", "/v1/incidents").status, 503);
  EXPECT_EQ(edge.Call("POST", "/v1/incidents:import", "a\n", "Content-Type: text/csv\r\n").status, 503);
  for (int i = 0; i < 500 && edge.Call("GET", "/readyz", "", "", false).status == 200; ++i) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(edge.Call("GET", "/readyz", "", "", false).status, 503);
}

// Each check of an outage looks for the service anew.
TEST(Away, ALongOutageOfTheCheckLeavesNothingBehind) {
  Edge edge;
  edge.services().Stop();
  const auto check = [&] { EXPECT_EQ(edge.Call("POST", "/v1/contacts:check", R"({"phone":"1"})").status, 503); };
  check();
  const std::size_t before = mallinfo2().uordblks;
  for (int i = 0; i < 200; ++i) check();
  EXPECT_LT(mallinfo2().uordblks, before + 2'000'000);
}

}  // namespace
}  // namespace evenhand::gateway
