// Appeals against a real PostgreSQL where races and crashes matter: one appeal a decision, one effect an appeal, the truth meanwhile.
#include <atomic>
#include <thread>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/appeal/app/deadline_alarm.h"
#include "services/appeal/app/decide_appeal.h"
#include "services/appeal/app/effect_saga.h"
#include "services/appeal/app/lodge_appeal.h"
#include "services/appeal/app/read_appeals.h"
#include "services/appeal/app/steps.h"
#include "services/appeal/app/told.h"
#include "services/appeal/store/effect_due.h"
#include "services/appeal/wiring.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/testing/pg.h"

namespace evenhand::appeal {

std::span<const Migration> Migrations();

namespace {

// The restriction's service, with moods. It knows which appeals it has applied, as the real one does.
class Restrictions final : public RestrictionPeer {
 public:
  Outcome<restriction::v1::DecisionFacts> Facts(const Call&, const std::string& restriction_id, const std::string&) override {
    restriction::v1::DecisionFacts facts;
    facts.set_restriction_id(restriction_id);
    facts.set_restriction_reference("RES-2026-000001");
    facts.set_person_id("p-1");
    facts.set_service_area("Housing");
    facts.mutable_decision()->set_decision_id("d-" + restriction_id);
    facts.mutable_decision()->set_decided_by("E2001");
    facts.set_imposed_by("E2001");
    return facts;
  }
  Outcome<restriction::v1::ApplyAppealOutcomeResponse> Apply(const Call&,
                                                             const restriction::v1::ApplyAppealOutcomeRequest& request) override {
    ++asked;
    if (away) return Away();
    if (refuses) return Invalid({{"5.4", "variation.measures", "The last channel would close."}});
    restriction::v1::ApplyAppealOutcomeResponse reply;
    reply.set_result(AppealResult::OVERTURNED);
    if (applied_for.exchange(true)) {
      reply.set_repeated(true);
    } else {
      ++effects;
    }
    if (after_apply) after_apply();
    if (reply_is_lost) return Away();
    reply.set_consistency_token("t-" + request.appeal_id());
    return reply;
  }
  Outcome<restriction::v1::ApplyAppealOutcomeResponse> TryOut(const Call&, const restriction::v1::ApplyAppealOutcomeRequest&) override {
    return restriction::v1::ApplyAppealOutcomeResponse();
  }
  Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(const Call&,
                                                                   const restriction::v1::ListCloseColleaguesRequest&) override {
    return restriction::v1::ListCloseColleaguesResponse();
  }
  Outcome<restriction::v1::PersonFacts> Person(const Call&, const std::string& id) override {
    restriction::v1::PersonFacts facts;
    facts.set_person_id(id);
    return facts;
  }
  static Refusal Away() { return {.kind = RefusalKind::kUnavailable, .reason = ErrorReason::UNAVAILABLE, .detail = "away"}; }

  std::atomic<bool> away = false, refuses = false, reply_is_lost = false, applied_for = false;
  std::atomic<int> asked = 0, effects = 0;
  std::function<void()> after_apply;
};

using How = notification::v1::Telling::How;

class Appeals : public ::testing::Test {
 protected:
  Appeals()
      : clock_(*ParseInstant("2026-11-25T10:00:00Z")),
        pool_({.connection = testing::Postgres::Shared().Fresh("appeal", Migrations()), .schema = "appeal", .size = 16}),
        work_(pool_, clock_, "scotland"),
        context_{.unit_of_work = work_,
                 .restrictions = peer_,
                 .periods = {.to_appeal = 20, .post_takes = 2, .to_acknowledge = 3, .to_decide = 20, .to_answer = 10, .longest_wait = 20}} {
  }

  Call By(const std::string& id, Role role) const {
    static const Rule rule{.method = "m",
                           .in_own_area = {},
                           .in_any_area = {Role::kTeamLeader, Role::kStrategicDirector},
                           .services = {},
                           .clause = "7.3",
                           .refusal = ""};
    Call call;
    call.actor = Actor{.id = id, .name = "", .roles = {role}, .areas = {"Housing"}, .through = nullptr};
    call.rule = &rule;
    call.if_match = "*";
    call.deadline = absl::Now() + absl::Seconds(60);
    return call;
  }
  Outcome<v1::Appeal> Lodge(const std::string& restriction = "r-1") {
    v1::LodgeAppealRequest request;
    request.set_restriction_id(restriction);
    request.set_received_on("2026-11-25");
    request.set_by(v1::Appeal::By::PERSON);
    request.set_grounds("It was not me");
    return LodgeAppeal(context_, By("E1900", Role::kTeamLeader), request);
  }
  std::string Decided() {
    const auto appeal = Lodge();
    EXPECT_TRUE(appeal.ok());
    v1::DecideAppealRequest request;
    request.set_id(appeal->id());
    request.set_outcome(AppealOutcome::UPHELD);
    request.set_reasons("The evidence does not support it");
    const auto decided = DecideAppeal(context_, By("E9100", Role::kStrategicDirector), request);
    EXPECT_TRUE(decided.ok());
    EXPECT_EQ(decided->state(), AppealState::EFFECT_PENDING);
    return appeal->id();
  }
  v1::Appeal Now(const std::string& id) {
    v1::GetAppealRequest request;
    request.set_id(id);
    auto appeal = GetAppeal(context_, By("E9100", Role::kStrategicDirector), request);
    EXPECT_TRUE(appeal.ok());
    return appeal.ok() ? *appeal : v1::Appeal();
  }
  // An event of another service, in a transaction of its own.
  template <events::Event E>
  void Hear(const E& event) {
    const IncomingEvent incoming = IncomingEvent::Of(event, "e", clock_.Now());
    const auto handlers = HandlersOfTold(context_);
    const auto heard = work_.Write<v1::Appeal>(OwnCall("test"), [&](Session& session) -> Outcome<v1::Appeal> {
      if (auto no = handlers.at(incoming.type)(session, incoming)) return *no;
      return v1::Appeal();
    });
    EXPECT_TRUE(heard.ok()) << incoming.name();
  }
  static events::TellingRef Telling(const std::string& letter, How::Value how) {
    return {.decision_id = "d-r-1", .restriction_id = "r-1", .person_id = "p-1", .letter_id = letter, .how = how};
  }
  void Told(How::Value how, const std::string& on, const std::string& letter = "l-1", const std::string& promised = "") {
    events::NotificationTold told{.telling = Telling(letter, how), .told_on = on};
    if (!promised.empty()) told.promised_on = promised;
    Hear(told);
  }
  void CameBack(const std::string& letter = "l-1") { Hear(events::NotificationToldUndone{.telling = Telling(letter, How::POSTED)}); }
  // A process that has just started runs what is due.
  void FreshSaga() {
    clock_.Advance(absl::Minutes(1));
    EffectSaga(context_).RunOnce();
  }
  std::string Sql(const std::string& query) {
    const auto connection = pool_.Open();
    pqxx::nontransaction sql(*connection);
    const auto rows = sql.exec(query);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
  }
  void ExpectAppliedOnce(const std::string& id) {
    const v1::Appeal appeal = Now(id);
    EXPECT_EQ(appeal.state(), AppealState::DECIDED);
    EXPECT_EQ(appeal.effect().state(), v1::Effect::State::APPLIED);
    EXPECT_EQ(peer_.effects, 1);
    EXPECT_EQ(Sql("select count(distinct event_id) from outbox where type = 'appeal.decided'"), "1");
    EXPECT_EQ(Sql("select count(*) from audit where action = 'appeal.effect_applied'"), "1");
  }

  FakeClock clock_;
  Pool pool_;
  UnitOfWork work_;
  Restrictions peer_;
  Context context_;
};

TEST_F(Appeals, CaseK_ManyWhoLodgeAtOnceMakeOneAppealAndTheOthersPointAtIt) {
  std::vector<std::thread> threads;
  std::atomic<int> lodged = 0, pointed = 0;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      const auto appeal = Lodge();
      if (appeal.ok()) ++lodged;
      if (!appeal.ok() && appeal.refusal().reason == ErrorReason::ALREADY_APPEALED && !appeal.refusal().other_reference.empty()) ++pointed;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lodged, 1);
  EXPECT_EQ(pointed, 11);
}

TEST_F(Appeals, Scenario14_AwayBeforeTheEffectTheStateSaysPendingAndThenItIsAppliedOnce) {
  const std::string id = Decided();
  peer_.away = true;
  for (int i = 0; i < 3; ++i) {
    FreshSaga();
    EXPECT_EQ(Now(id).state(), AppealState::EFFECT_PENDING);
    EXPECT_EQ(Now(id).effect().state(), v1::Effect::State::PENDING);
  }
  EXPECT_EQ(Sql("select next_effect_at = '" + FormatInstant(clock_.Now() + absl::Seconds(2)) + "' from appeal"), "t")
      << "the pause grows from one process to the next";
  peer_.away = false;
  FreshSaga();
  ExpectAppliedOnce(id);
  EXPECT_EQ(Now(id).effect().attempts(), 4);
  const int asked = peer_.asked;
  FreshSaga();
  EXPECT_EQ(peer_.asked, asked) << "what is done is not asked again";
}

TEST_F(Appeals, Scenario14_KilledAfterTheEffectBeforeItsAnswerItIsStillAppliedOnce) {
  const std::string id = Decided();
  peer_.reply_is_lost = true;
  FreshSaga();
  EXPECT_EQ(peer_.effects, 1);
  EXPECT_EQ(Now(id).state(), AppealState::EFFECT_PENDING) << "the truth as far as it is known";
  peer_.reply_is_lost = false;
  FreshSaga();
  ExpectAppliedOnce(id);
}

TEST_F(Appeals, Scenario14_TheDatabaseCrashesBetweenTheAnswerAndItsKeeping) {
  const std::string id = Decided();
  peer_.after_apply = [] { testing::Postgres::Shared().Crash(); };
  FreshSaga();
  peer_.after_apply = nullptr;
  testing::Postgres::Shared().Start();
  EXPECT_EQ(peer_.effects, 1);
  EXPECT_EQ(Now(id).state(), AppealState::EFFECT_PENDING);
  FreshSaga();
  ExpectAppliedOnce(id);
}

TEST_F(Appeals, Scenario14_TwoProcessesCarryTheSameEffectAndItIsKeptOnce) {
  const std::string id = Decided();
  clock_.Advance(absl::Minutes(1));
  std::vector<std::thread> processes;
  for (int i = 0; i < 6; ++i) processes.emplace_back([&] { EffectSaga(context_).RunOnce(); });
  for (std::thread& process : processes) process.join();
  ExpectAppliedOnce(id);
}

TEST_F(Appeals, AnEffectIsDueFromTheDecisionUntilItIsAppliedAndAgainOnlyAfterItsPause) {
  EXPECT_FALSE(EffectIsDue(pool_, clock_.Now()));
  const std::string id = Decided();
  EXPECT_TRUE(EffectIsDue(pool_, clock_.Now()));
  peer_.away = true;
  FreshSaga();
  EXPECT_FALSE(EffectIsDue(pool_, clock_.Now())) << "put off";
  clock_.Advance(absl::Minutes(1));
  EXPECT_TRUE(EffectIsDue(pool_, clock_.Now()));
  peer_.away = false;
  FreshSaga();
  ExpectAppliedOnce(id);
  EXPECT_FALSE(EffectIsDue(pool_, clock_.Now()));
}

TEST_F(Appeals, ALookForMissedDeadlinesThatFindsNoneWritesNothing) {
  ASSERT_TRUE(Lodge().ok());
  const std::string marks = Sql("select count(*) from idempotency");
  AnnounceMissedDeadlines(context_);
  EXPECT_EQ(Sql("select count(*) from idempotency"), marks);
}

TEST_F(Appeals, TermsThatAreRefusedAfterwardsAreSaidOnceAndTriedUntilTheyHold) {
  const std::string id = Decided();
  peer_.refuses = true;
  FreshSaga();
  FreshSaga();
  EXPECT_EQ(Now(id).state(), AppealState::EFFECT_PENDING);
  EXPECT_EQ(Now(id).effect().problem(), "The last channel would close.");
  EXPECT_EQ(Sql("select count(distinct event_id) from outbox where type = 'appeal.effect_refused'"), "1");
  peer_.refuses = false;
  FreshSaga();
  ExpectAppliedOnce(id);
  EXPECT_EQ(Now(id).effect().problem(), "");
}

TEST_F(Appeals, CaseC_NobodyCountsAsToldUntilSomebodySaysSo) {
  const v1::Appeal appeal = *Lodge();
  EXPECT_EQ(appeal.state(), AppealState::LODGED);
  EXPECT_EQ(appeal.timeliness(), v1::Appeal::Timeliness::WINDOW_NOT_STARTED);
  EXPECT_EQ(appeal.deadlines().told_on() + appeal.deadlines().appeal_closes_on(), "");
  Told(How::POSTED, "2026-11-24");
  EXPECT_EQ(Now(appeal.id()).deadlines().told_on(), "2026-11-26") << "the post takes two working days";
  EXPECT_EQ(Now(appeal.id()).timeliness(), v1::Appeal::Timeliness::IN_TIME);
}

TEST_F(Appeals, CaseC_WhatIsHandedOverCountsAtOnceAndWhatALetterPromisedHolds) {
  const std::string id = Lodge()->id();
  Told(How::HANDED_OVER, "2026-11-24", "l-1", "2027-01-29");
  EXPECT_EQ(Now(id).deadlines().told_on(), "2026-11-24");
  EXPECT_EQ(Now(id).deadlines().appeal_closes_on(), "2027-01-29");
}

TEST_F(Appeals, Scenario20_ALetterThatComesBackUndoesItsOwnTellingAndWhatElseToldThemStands) {
  const std::string id = Lodge()->id();
  Told(How::POSTED, "2026-11-20");
  Told(How::SPOKEN, "2026-11-25");
  CameBack();
  EXPECT_EQ(Now(id).deadlines().told_on(), "2026-11-25") << "said to them, whatever became of the letter";
  Told(How::POSTED, "2026-11-20", "l-2");
  CameBack("l-2");
  EXPECT_EQ(Now(id).deadlines().told_on(), "2026-11-25");
}

TEST_F(Appeals, Scenario20_NobodyIsTooLateForADecisionWhoseLetterCameBack) {
  Told(How::POSTED, "2026-09-01");
  const std::string id = Lodge()->id();
  ASSERT_EQ(Now(id).state(), AppealState::LATE);
  v1::RefuseAppealRequest refuse;
  refuse.set_id(id);
  refuse.set_reason("Too late");
  ASSERT_TRUE(RefuseAppeal(context_, By("E9100", Role::kStrategicDirector), refuse).ok());
  CameBack();
  EXPECT_EQ(Now(id).state(), AppealState::LODGED) << "refused as too late, and it was not";
  EXPECT_EQ(Sql("select count(distinct event_id) from outbox where type = 'appeal.reopened'"), "1");
  Told(How::POSTED, "2026-11-25");
  EXPECT_EQ(Now(id).timeliness(), v1::Appeal::Timeliness::IN_TIME) << "a later telling opens it anew";
}

TEST_F(Appeals, Scenario5_AppealsFollowTheirPersonIntoAMergeAndOutOfIt) {
  const std::string id = Lodge()->id();
  Hear(events::PersonMerged{.person = events::PersonRef{.person_id = "p-9"}, .merged_person_id = "p-1"});
  EXPECT_EQ(Now(id).person_id(), "p-9");
  v1::GetAppealsOfRequest of;
  of.set_person_id("p-9");
  EXPECT_EQ(GetAppealsOf(context_, OwnCall("test"), of)->appeals_size(), 1);
  Hear(events::PersonUnmerged{.person = events::PersonRef{.person_id = "p-9"}, .merged_person_id = "p-1"});
  EXPECT_EQ(Now(id).person_id(), "p-1");
}

TEST_F(Appeals, Scenario25_WhatWasMergedIsErasedWithItsSurvivor) {
  const std::string id = Decided();
  FreshSaga();
  Hear(events::PersonMerged{.person = events::PersonRef{.person_id = "p-9"}, .merged_person_id = "p-1"});
  Hear(events::PersonErased{.person = events::PersonRef{.person_id = "p-9"}});
  EXPECT_EQ(Sql("select count(*) from appeal where document::text like '%It was not me%' and id = '" + id + "'"), "0");
}

TEST_F(Appeals, CaseD_AQuestionStopsTheClockUntilItsDayAndALateAnswerIsStillTaken) {
  const std::string id = Lodge()->id();
  v1::RequestInformationRequest ask;
  ask.set_id(id);
  ask.set_question("Who rang?");
  const auto asked = RequestInformation(context_, By("E9100", Role::kStrategicDirector), ask);
  ASSERT_TRUE(asked.ok());
  EXPECT_EQ(asked->information_requests(0).answer_due_on(), "2026-12-10");
  EXPECT_TRUE(asked->deadlines().clock_stopped());
  clock_.Advance(absl::Hours(24 * 40));
  EXPECT_FALSE(Now(id).deadlines().clock_stopped());
  EXPECT_EQ(Now(id).deadlines().stopped_days(), 10);
  EndWaits(context_);
  EXPECT_EQ(Now(id).state(), AppealState::LODGED);
  EndWaits(context_);
  EXPECT_EQ(Sql("select count(distinct event_id) from outbox where type = 'appeal.wait_ended'"), "1");
  v1::ReceiveInformationRequest answer;
  answer.set_id(id);
  answer.set_answer("A neighbour");
  EXPECT_TRUE(ReceiveInformation(context_, By("E9100", Role::kStrategicDirector), answer).ok());
  EXPECT_FALSE(ReceiveInformation(context_, By("E9100", Role::kStrategicDirector), answer).ok()) << "nothing more was asked";
}

TEST_F(Appeals, Scenario25_WhenTheRecordIsErasedWhatWasSaidGoesAndWhatIsCountedStays) {
  const std::string open = Lodge("r-2")->id();
  const std::string id = Decided();
  FreshSaga();
  const auto erased = [&](const std::string& restriction) {
    Hear(events::RestrictionErased{
        .restriction = events::RestrictionRef{.restriction_id = restriction, .person_id = "p-1", .service_area = "Housing"}});
  };
  erased("r-1");
  erased("r-2");
  EXPECT_EQ(Sql("select count(*) from appeal where document::text like '%It was not me%' and id = '" + id + "'"), "0");
  EXPECT_EQ(Sql("select count(*) from appeal_version where appeal_id = '" + id + "'"), "0");
  EXPECT_EQ(Sql("select document->'decision'->>'outcome' from appeal where id = '" + id + "'"), "UPHELD");
  EXPECT_EQ(Now(open).grounds(), "It was not me") << "an open appeal holds its record";
}

}  // namespace
}  // namespace evenhand::appeal
