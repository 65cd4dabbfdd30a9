// The effect of a decided appeal on its way to the restriction: either process is killed (-9) at every step of it, and whatever the step,
// the effect happens once, the appeal says EFFECT_PENDING until it has, and the person gets one letter (7.3, scenarios 14 and 15).
//
// The products know nothing of this: triggers in the database make a transaction stand still at a chosen statement, or in the middle of
// its COMMIT, for as long as a gate is closed. What is killed then is killed exactly there.
#include <signal.h>

#include <future>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

const Headers kAny = {{"If-Match", "*"}};
constexpr char kAdvisoryClass[] = "4711";  // whoever stands at the gate holds a lock of this class until its transaction is over

struct Place {
  const char* name;
  const char* trigger;  // "before insert on …" at a statement; a deferred constraint trigger runs inside COMMIT
};
constexpr Place kPlaces[] = {
    {"decision",
     "constraint trigger %s after insert on appeal.appeal_version deferrable initially deferred for each row "
     "when (new.document->>'state' = 'EFFECT_PENDING')"},
    {"applying", "trigger %s before insert on restriction.appeal_effect for each row"},
    {"applied", "constraint trigger %s after insert on restriction.appeal_effect deferrable initially deferred for each row"},
    {"keeping", "trigger %s before insert on appeal.appeal_version for each row when (new.document->'effect'->>'state' = 'APPLIED')"},
    {"kept",
     "constraint trigger %s after insert on appeal.appeal_version deferrable initially deferred for each row "
     "when (new.document->'effect'->>'state' = 'APPLIED')"},
    {"end_told", "trigger %s before insert on notification.inbox for each row when (new.type like 'restriction.%%')"},
    {"outcome_told", "trigger %s before insert on notification.inbox for each row when (new.type = 'appeal.decided')"},
};

class Gates {
 public:
  explicit Gates(Stack& stack) : stack_(stack) {
    stack_.Sql("create table restriction.gate (place text primary key)");
    stack_.Sql(std::string("create function restriction.stand_at_gate() returns trigger language plpgsql security definer set "
                           "search_path = restriction, pg_catalog as $$ begin if exists (select from gate where place = tg_argv[0]) then "
                           "perform pg_advisory_xact_lock_shared(") +
               kAdvisoryClass +
               ", 1); while exists (select from gate where place = tg_argv[0]) loop perform pg_sleep(0.01); end loop; end if; return new; "
               "end $$");
    for (const Place& place : kPlaces) {
      char words[512];
      const std::string name = std::string("gate_") + place.name;
      snprintf(words, sizeof words, place.trigger, name.c_str());
      stack_.Sql(std::string("create ") + words + " execute function restriction.stand_at_gate('" + place.name + "')");
    }
  }
  void Close(const std::string& place) { stack_.Sql("insert into restriction.gate values ('" + place + "')"); }
  void Open() { stack_.Sql("delete from restriction.gate"); }
  // Transactions that stand at the gate, the orphans of a killed process too.
  bool SomebodyStands() const { return Standing() != "0"; }
  bool NobodyStands() const { return Standing() == "0"; }

 private:
  std::string Standing() const {
    return stack_.Sql(std::string("select count(*) from pg_locks where locktype = 'advisory' and classid = ") + kAdvisoryClass);
  }
  Stack& stack_;
};

// Where the way is cut. A process that dies at the gate dies with its statement unanswered; one that is frozen first, and killed after
// the gate has opened, dies with the statement done and its answer unread.
struct Cut {
  const char* what;
  const char* place;
  const char* victim;
  bool frozen_first;
};
constexpr Cut kCuts[] = {
    {"TheDecisionIsBeingKept", "decision", "appeal-service", false},
    {"TheDecisionIsKeptAndNobodyKnows", "decision", "appeal-service", true},
    {"TheRestrictionIsNotAskedYet", "decision", "restriction-service", true},
    {"WhoAskedDiesWhileItIsApplied", "applying", "appeal-service", false},
    {"WhoAppliesItDiesBeforeTheEnd", "applying", "restriction-service", false},
    {"WhoAppliesItDiesInItsCommit", "applied", "restriction-service", false},
    {"WhoAppliedItDiesBeforeItAnswers", "applied", "restriction-service", true},
    {"WhoAskedDiesBeforeTheAnswer", "applied", "appeal-service", true},
    {"TheAnswerIsBeingKept", "keeping", "appeal-service", false},
    {"TheAnswerIsKeptInItsCommit", "kept", "appeal-service", false},
    {"TheAnswerIsKeptAndNobodyKnows", "kept", "appeal-service", true},
    {"TheEndIsBeingTold", "end_told", "restriction-service", false},
    {"TheOutcomeIsBeingTold", "outcome_told", "appeal-service", false},
};

class AppealSaga : public ::testing::TestWithParam<Cut> {
 protected:
  static Stack& TheStack() {
    static Stack stack;
    return stack;
  }
  static Gates& TheGates() {
    static Gates gates(TheStack());
    return gates;
  }
  static Client Director() { return TheStack().As("strategic_director", "Education", "u-sd"); }

  // An appeal that waits for its decision, of somebody whose letters can be posted.
  void Lodge() {
    Stack& stack = TheStack();
    const Reply person =
        stack.As("team_leader")
            .Post("/v1/people", {{"displayName", "Pat Example"},
                                 {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                                 {"postalAddress", {{"lines", {"1 High Street", "Alloa", "FK10 1AA"}}, {"confirmed", true}}}});
    ASSERT_THAT(person, Succeeds());
    restriction_ = Impose(stack, person.id()).id();
    const std::string today = stack.Sql("select (now() at time zone 'Europe/London')::date");
    const Reply appeal =
        stack.As("team_leader")
            .Post("/v1/appeals", {{"restrictionId", restriction_}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "It was not me"}});
    ASSERT_THAT(appeal, Succeeds());
    appeal_ = appeal.id();
    // What began the story has been told, so that what is told from now on is its end.
    ASSERT_TRUE(Eventually([&] { return Told("restriction.imposed") == "1"; }));
  }
  Reply Decide(const Json& decision) const {
    Headers headers = kAny;
    headers["Idempotency-Key"] = "decide-" + appeal_;
    return Director().Post("/v1/appeals/" + appeal_ + ":decide", decision, headers);
  }
  Json Appeal() const {
    const Json now = TheStack().As("auditor", "").Get("/v1/appeals/" + appeal_).json;
    return now.is_object() ? now : Json::object();  // while its service is away
  }
  // As it is kept: while restriction-service is away nobody can be told whether the case is a colleague's, so everybody is told 503.
  bool IsPending() const { return TheStack().Sql("select state from appeal.appeal where id = '" + appeal_ + "'") == "EFFECT_PENDING"; }
  std::string Told(const std::string& type) const {
    return TheStack().Sql("select count(*) from notification.occasion where type = '" + type +
                          "' and coalesce(data->'appeal', data->'restriction')->>'restrictionId' = '" + restriction_ +
                          "' and done_at is not null");
  }
  std::string Count(const std::string& schema, const std::string& action, const std::string& subject) const {
    return TheStack().Sql("select count(*) from " + schema + ".audit where action = '" + action + "' and subject_id = '" + subject + "'");
  }
  std::vector<std::string> LettersAfterTheDecision() const {
    std::vector<std::string> kinds;
    const Json letters =
        TheStack().As("senior_manager").Get("/v1/letters?restrictionId=" + restriction_).json.value("letters", Json::array());
    for (const Json& letter : letters) {
      if (letter["kind"] != "RESTRICTION") kinds.push_back(letter["kind"]);
    }
    return kinds;
  }

  // Decides it with the gate closed at this place, and kills the victim there.
  void DecideAndCut(const Cut& cut, const Json& decision) {
    Stack& stack = TheStack();
    Gates& gates = TheGates();
    const std::string place = cut.place;
    const bool is_kept = place == "end_told" || place == "outcome_told";
    gates.Close(place);
    std::future<Reply> deciding = std::async(std::launch::async, [&] { return Decide(decision); });
    if (place != "decision") {
      const Reply decided = deciding.get();
      EXPECT_EQ(decided.Text("state"), "EFFECT_PENDING") << decided;
    }
    EXPECT_TRUE(Eventually([&] { return gates.SomebodyStands(); }, 20)) << "nobody came to " << place;
    if (place != "decision" && !is_kept) {
      EXPECT_TRUE(IsPending()) << Appeal();
    }
    if (cut.frozen_first) {
      stack.Signal(cut.victim, SIGSTOP);
      gates.Open();
      EXPECT_TRUE(Eventually([&] { return gates.NobodyStands(); }));
      if (std::string(cut.what) == "TheRestrictionIsNotAskedYet") {
        EXPECT_EQ(deciding.get().Text("state"), "EFFECT_PENDING");
        EXPECT_TRUE(IsPending()) << Appeal();
      }
    }
    stack.Signal(cut.victim, SIGKILL);
    if (place == "applying" || place == "keeping") {
      // It comes back to where it was, and says so as long as the effect can't be had.
      EXPECT_TRUE(Eventually([&] { return IsPending(); }, 60)) << Appeal();
    }
    gates.Open();
    if (deciding.valid()) deciding.wait();
    ASSERT_TRUE(stack.Ready(60));
  }

  std::string restriction_, appeal_;
};

TEST_P(AppealSaga, Scenario14_KilledAtThisStepTheEffectHappensOnceAndOneLetterTellsOfIt) {
  Lodge();
  const Json decision = {{"outcome", "UPHELD"}, {"reasons", "The evidence does not support it."}};
  DecideAndCut(GetParam(), decision);
  ASSERT_TRUE(Eventually([&] { return Appeal().value("state", "") == "DECIDED"; }, 60)) << Appeal();
  EXPECT_EQ(Appeal()["effect"]["state"], "APPLIED");
  EXPECT_EQ(Appeal()["effect"]["result"], "OVERTURNED");
  // Whom it tells to try again, since the other process is only just back, tries again.
  Reply again;
  Eventually([&] { return (again = Decide(decision)).status != 503; });
  EXPECT_THAT(again, Succeeds()) << "a director who heard no answer asks again and hears the first one";
  EXPECT_EQ(TheStack().As("team_leader").Get("/v1/restrictions/" + restriction_).Text("state"), "OVERTURNED");

  ASSERT_TRUE(Eventually([&] { return Told("appeal.decided") == "1" && Told("restriction.overturned") == "1"; }, 60));
  EXPECT_EQ(Count("restriction", "restriction.overturned", restriction_), "1");
  EXPECT_EQ(Count("restriction", "restriction.appeal_applied", restriction_), "1");
  EXPECT_EQ(Count("appeal", "appeal.effect_applied", appeal_), "1");
  EXPECT_EQ(LettersAfterTheDecision(), std::vector<std::string>{"APPEAL_OUTCOME"});
  int ends = 0;
  const Json ledger = TheStack().As("senior_manager").Get("/v1/shares?restrictionId=" + restriction_).json;
  for (const Json& share : ledger["shares"]) ends += share["occasion"] == "restriction.overturned" ? 1 : 0;
  EXPECT_EQ(ends, 1) << ledger.dump(1);
}

class AppealVariationSaga : public AppealSaga {};

TEST_P(AppealVariationSaga, Scenario15_KilledAtThisStepTheVariationHappensOnceAndOneLetterTellsOfIt) {
  Lodge();
  const Json decision = {
      {"outcome", "PARTLY_UPHELD"},
      {"reasons", "Less would do."},
      {"variation", {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 2}, {"period", "DAY"}}}}}}};
  DecideAndCut(GetParam(), decision);
  ASSERT_TRUE(Eventually([&] { return Appeal().value("state", "") == "DECIDED"; }, 60)) << Appeal();
  EXPECT_EQ(Appeal()["effect"]["result"], "VARIED");
  const Json now = TheStack().As("team_leader").Get("/v1/restrictions/" + restriction_).json;
  EXPECT_EQ(now["state"], "IN_FORCE");
  ASSERT_EQ(now["decisions"].size(), 2U) << now.dump(1);
  EXPECT_EQ(now["decisions"][1]["id"], Appeal()["effect"]["newDecisionId"]);
  ASSERT_EQ(now["measures"].size(), 1U);
  EXPECT_EQ(now["measures"][0]["kind"], "LIMIT_VOLUME");
  EXPECT_EQ(
      TheStack().Sql("select count(*) from restriction.restriction_measure where restriction_id = '" + restriction_ + "' and in_force"),
      "1");
  ASSERT_TRUE(Eventually([&] { return Told("appeal.decided") == "1" && Told("restriction.varied") == "1"; }, 60));
  EXPECT_EQ(LettersAfterTheDecision(), std::vector<std::string>{"APPEAL_OUTCOME"});
}

std::string NameOf(const ::testing::TestParamInfo<Cut>& info) { return info.param.what; }

INSTANTIATE_TEST_SUITE_P(AtEveryStep, AppealSaga, ::testing::ValuesIn(kCuts), NameOf);
// What differs with a variation is what the restriction's service does, and what is kept of its answer.
INSTANTIATE_TEST_SUITE_P(AtItsSteps, AppealVariationSaga, ::testing::Values(kCuts[4], kCuts[5], kCuts[6], kCuts[8]), NameOf);

}  // namespace
}  // namespace evenhand::testing
