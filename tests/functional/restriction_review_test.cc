// Looking again, through the REST door: who may start a review and decide it, what each outcome makes, and where the guard on the last
// channel meets it.
#include <future>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

using ::testing::ElementsAre;

const Headers kAny = {{"If-Match", "*"}};

std::string Path(const Reply& reply) { return "/v1/restrictions/" + reply.id(); }

std::vector<std::string> Of(const Json& list, const char* field) {
  std::vector<std::string> values;
  for (const Json& one : list) values.push_back(one.value(field, ""));
  return values;
}

Reply ImposedOnHarmOf(Stack& stack, const std::string& person, const std::string& staff) {
  const std::string incident =
      EvidenceAbout(stack, person, {{"staff", {{{"staffId", staff}, {"name", "M. Harmed"}, {"role", "AFFECTED"}}}}});
  const Reply proposed = stack.As("team_leader").Post("/v1/restrictions", ARestriction(person, {EvidenceAbout(stack, person), incident}));
  EXPECT_THAT(proposed, Succeeds());
  EXPECT_THAT(stack.As("senior_manager", "Housing", staff).Post(Path(proposed) + ":decline", {{"reason", "x"}}, kAny),
              Refused(403, "council rule"));
  const Reply imposed = stack.As("senior_manager").Post(Path(proposed) + ":impose", Json::object(), proposed.IfMatch());
  EXPECT_THAT(imposed, Succeeds());
  return imposed;
}

TEST(RestrictionReview, Clause7_4_StartedOnceAndEachOutcomeIsInTheHistoryUnderItsClause) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack), harmed_id = Unique("m");
  const Reply imposed = ImposedOnHarmOf(stack, person, harmed_id);
  const Client manager = stack.As("senior_manager"), harmed = stack.As("senior_manager", "Housing", harmed_id);
  const std::string review = Path(imposed) + ":review";
  for (const char* outcome : {"START", "CONTINUE", "VARY", "LIFT"})
    EXPECT_THAT(harmed.Post(review, {{"outcome", outcome}, {"reason", "x"}}, kAny), Refused(403, "council rule")) << outcome;
  EXPECT_THAT(manager.Post(review, {{"reason", "x"}}, kAny), Violates("outcome"));
  EXPECT_EQ(manager.Post(review, {{"outcome", "START"}}).status, 428);
  const Reply started = manager.Post(review, {{"outcome", "START"}}, imposed.IfMatch());
  ASSERT_THAT(started, Succeeds());
  EXPECT_EQ(started.json["openReview"]["startedBy"], "u-senior_manager");
  EXPECT_EQ(started.Text("state"), "IN_FORCE") << "it persists while it is looked at";
  EXPECT_EQ(started.json["decisions"].size(), 1u) << "to look again decides nothing yet";
  EXPECT_EQ(manager.Post(review, {{"outcome", "START"}}, kAny).status, 409);
  EXPECT_EQ(manager.Post(review, {{"outcome", "CONTINUE"}, {"reason", "x"}}, imposed.IfMatch()).status, 412);
  const Reply continued = manager.Post(review, {{"outcome", "CONTINUE"}, {"reason", "Calls went on"}}, started.IfMatch());
  ASSERT_THAT(continued, Succeeds());
  EXPECT_FALSE(continued.json.contains("openReview"));
  const Reply varied =
      manager.Post(review,
                   {{"outcome", "VARY"},
                    {"reason", "Calmer now"},
                    {"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 2}, {"period", "WEEK"}}}}},
                   continued.IfMatch());
  ASSERT_THAT(varied, Succeeds());
  EXPECT_THAT(Of(varied.json["decisions"], "kind"), ElementsAre("IMPOSITION", "CONTINUATION", "VARIATION"));
  for (const Json& decision : varied.json["decisions"]) EXPECT_EQ(decision["appealable"], true);
  const Reply lifted = manager.Post(review, {{"outcome", "LIFT"}, {"reason", "Contact is good"}}, varied.IfMatch());
  ASSERT_THAT(lifted, Succeeds());
  EXPECT_THAT(Of(lifted.json["history"], "action"),
              ElementsAre("PROPOSED", "IMPOSED", "REVIEW_STARTED", "CONTINUED", "VARIED_AT_REVIEW", "LIFTED_AT_REVIEW"));
  EXPECT_THAT(Of(lifted.json["history"], "clause"), ElementsAre("7.3", "7.3", "7.4", "7.4", "7.4", "7.4"));
  EXPECT_EQ(manager.Post(review, {{"outcome", "START"}}, kAny).status, 409);
  EXPECT_NE(lifted.Text("retentionEndsOn"), "");
}

TEST(RestrictionReview, Clause5_4_EveryNewDecisionLooksAtTheLastChannelAgainWithWhatOthersClosed) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const Reply phone = Impose(stack, person);
  const Reply letter = Impose(stack, person, {{"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "LETTER"}}}}});
  ASSERT_THAT(stack.As("employee")
                  .Post("/v1/people/" + person + "/adjustments",
                        {{"description", "By phone, e-mail or letter"}, {"usableChannels", {"PHONE", "EMAIL", "LETTER"}}}),
              Succeeds());
  const Client manager = stack.As("senior_manager");
  // One is left. Varied to close it too: refused, with the field named, until an alternative is named that is open.
  const Json email = {{"reason", "Mails as well"},
                      {"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "PHONE"}}, {{"kind", "BLOCK_CHANNEL"}, {"channel", "EMAIL"}}}}};
  const auto with = [](Json body, const std::string& alternative) {
    body["alternativeChannel"] = alternative;
    return body;
  };
  EXPECT_THAT(manager.Post(Path(phone) + ":vary", email, kAny), Violates("alternativeChannel"));
  for (const char* closed : {"LETTER", "e-mail", "Phone"})
    EXPECT_THAT(manager.Post(Path(phone) + ":vary", with(email, closed), kAny), Violates("alternativeChannel")) << closed;
  ASSERT_THAT(manager.Post(Path(phone) + ":vary", with(email, "IN_PERSON"), kAny), Succeeds());
  // The other one continues: it closes a channel of somebody who has none left by now, and names no alternative of its own.
  EXPECT_THAT(manager.Post(Path(letter) + ":review", {{"outcome", "CONTINUE"}, {"reason", "Letters went on"}}, kAny),
              Violates("alternativeChannel"));
  EXPECT_THAT(manager.Post(Path(letter) + ":review",
                           {{"outcome", "CONTINUE"}, {"reason", "Letters went on"}, {"alternativeChannel", "IN_PERSON"}}, kAny),
              Succeeds());
}

TEST(RestrictionReview, CaseG_TwoVariationsToTheSameMeasureAtOnceLeaveOne) {
  Stack& stack = Stack::Shared();
  const std::string person = RegisterPerson(stack);
  const std::vector<Reply> imposed = {Impose(stack, person), Impose(stack, person, {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}}),
                                      Impose(stack, person, {{"measures", {{{"kind", "NAMED_CONTACT"}, {"name", "Duty desk"}}}}})};
  const Client manager = stack.As("senior_manager");
  const Json vary = {{"reason", "By letter alone"}, {"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "EMAIL"}}}}};
  std::vector<std::future<Reply>> calls;
  for (const Reply& one : imposed)
    calls.push_back(std::async(std::launch::async, [&] { return manager.Post(Path(one) + ":vary", vary, kAny); }));
  std::multiset<int> statuses;
  for (auto& call : calls) statuses.insert(call.get().status);
  EXPECT_THAT(statuses, ElementsAre(200, 409, 409));
  // The two that were refused hold on as they were.
  EXPECT_EQ(stack.Sql("select count(*) from restriction.restriction_measure where in_force and person_id = '" + person + "'"), "3");
}

}  // namespace
}  // namespace evenhand::testing
