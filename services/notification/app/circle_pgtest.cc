// A task and an alarm obey the circle of what they are about (12.6, 7.3), letters follow the people they are to (12.1), and an audience is
// its own service's.
#include "services/notification/app/audiences.h"
#include "services/notification/app/fan_out.h"
#include "services/notification/app/letters.h"
#include "services/notification/app/people_heard.h"
#include "services/notification/app/shares.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/webhooks.h"
#include "services/notification/store/occasion_store.h"
#include "services/notification/store/webhook_store.h"
#include "services/notification/testing/messages.h"

namespace evenhand::notification {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Circles : public Messages {
 protected:
  void Keep(const std::string& id, const std::string& staff, const std::string& area = "", const std::string& escalate_to = "") {
    InSession([&](Session& session) {
      v1::Audience audience = FindAudience(session, id).value_or(v1::Audience());
      audience.set_id(id);
      audience.set_service_area(area);
      audience.set_escalate_to(escalate_to);
      audience.set_escalate_email(escalate_to.empty() ? "" : "boss@example.org");
      auto& member = *audience.add_members();
      member.set_staff_id(staff);
      member.set_email(staff + "@example.org");
      PutAudience(session, audience);
    });
  }
  template <events::Event E>
  void Happens(const E& event) {
    InSession([&](Session& session) {
      const IncomingEvent incoming = IncomingEvent::Of(event, NewUuid(), session.now());
      ASSERT_FALSE(HandlersOfEvents(context_).at(incoming.type)(session, incoming));
    });
    FanOut(context_).RunOnce();
  }
  static events::IncidentFollowUpOverdue Overdue(const std::string& incident, std::optional<std::string> owner_role, bool staff_named) {
    return {.incident = events::IncidentRef{.incident_id = incident, .service_area = "Housing", .staff_named = staff_named},
            .follow_up_id = "f-1",
            .kind = common::v1::FollowUpKind::DEBRIEF,
            .owner_role = std::move(owner_role)};
  }
  std::string Told() {
    return Sql("select coalesce(string_agg(recipient, ',' order by recipient), '') from notification where kind = 'ALERT'");
  }
  int Sees(const std::string& id, Role role, std::vector<std::string> areas = {"Housing"}) {
    const auto tasks = ListTasks(context_, As(id, role, "TaskService/ListTasks", std::move(areas)), v1::ListTasksRequest());
    EXPECT_TRUE(tasks.ok());
    return tasks.ok() ? tasks->tasks_size() : -1;
  }
};

TEST_F(Circles, Clause12_6_AnOverdueTaskOfTheCircleIsToldToTheRoleThatOwnsItAndToNobodyOfTheService) {
  Keep("service-housing", "E1001", "Housing", "E3001");
  Keep("hr-business-partner", "E5001");
  Keep("communications", "E6001");
  peers_.incident.set_id("i-1");
  peers_.incident.set_reference("INC-2026-000001");
  peers_.incident.set_service_area("Housing");
  peers_.incident.set_staff_named(true);
  Happens(Overdue("i-1", "hr_business_partner", false));
  EXPECT_EQ(Told(), "E5001");
  Happens(Overdue("i-1", "communications_lead", false));
  EXPECT_EQ(Told(), "E5001,E6001");
  Happens(Overdue("i-1", "team_leader", false));
  EXPECT_EQ(Told(), "E5001,E5001,E6001") << "owned by a role of the service: HR's, in a closed circle";
  EXPECT_EQ(Sees("E3001", Role::kSeniorManager), 0);
  EXPECT_EQ(Sees("A1", Role::kAdministrator), 0);
  EXPECT_EQ(Sees("E5001", Role::kHrBusinessPartner), 3);
  EXPECT_EQ(Sql("select count(*) from notification where kind = 'ALERT' and document->>'clause' <> '12.6'"), "0");
  EXPECT_THAT(Sql("select document->>'description' from task limit 1"), HasSubstr("INC-2026-000001"));
}

TEST_F(Circles, Clause12_6_WhereNobodyOfTheCircleIsKeptItIsHrsTaskAndNobodyElses) {
  Keep("service-housing", "E1001", "Housing", "E3001");
  Happens(Overdue("i-9", std::nullopt, true));
  EXPECT_EQ(Told(), "");
  EXPECT_EQ(Sees("E3001", Role::kSeniorManager), 0);
  EXPECT_EQ(Sees("E5001", Role::kHrBusinessPartner), 1);
}

TEST_F(Circles, Clause7_3_ALateAppealAlarmsADirectorWhoHadNoPartInTheDecisionAndNeverWhoImposed) {
  Keep("service-housing", "E1001", "Housing", "E3001");
  Keep("strategic-director", "E4001");
  Keep("strategic-director", "E4002");
  peers_.appeal.set_id("a-1");
  peers_.appeal.set_reference("APL-2026-000001");
  peers_.appeal.set_restriction_id("r-1");
  using Did = restriction::v1::HistoryAction;
  for (const auto& [by, action] :
       std::vector<std::pair<std::string, Did::Value>>{{"E2001", Did::PROPOSED}, {"E3001", Did::IMPOSED}, {"E4001", Did::CONTINUED}}) {
    auto& entry = *peers_.restriction.add_history();
    entry.set_by(by);
    entry.set_action(action);
  }
  Happens(events::AppealDecisionOverdue{.appeal = events::AppealFacts{.appeal_id = "a-1",
                                                                      .appeal_reference = "APL-2026-000001",
                                                                      .restriction_id = "r-1",
                                                                      .decision_id = "d-1",
                                                                      .person_id = "p-1",
                                                                      .service_area = "Housing",
                                                                      .state = common::v1::AppealState::ASSIGNED,
                                                                      .assignee = "E3001",
                                                                      .incident_ids = std::vector<std::string>()}});
  EXPECT_EQ(Told(), "E4002");
  EXPECT_EQ(Sees("E3001", Role::kSeniorManager), 0) << "who imposed neither sees it nor ticks it off";
  EXPECT_EQ(Sees("E4001", Role::kStrategicDirector), 0);
  EXPECT_EQ(Sees("E4002", Role::kStrategicDirector, {"Education"}), 1) << "directors hear appeals from any area";
  v1::CompleteTaskRequest done;
  done.set_id(Sql("select id from task"));
  done.set_outcome("Done");
  EXPECT_EQ(CompleteTask(context_, As("E3001", Role::kSeniorManager, "TaskService/CompleteTask"), done).refusal().kind,
            RefusalKind::kNotPermitted);
}

TEST_F(Circles, Clause12_7_TheLedgerOfANamedColleagueIsForThoseWhoWereToldByItAndNoDirectorElse) {
  Keep("strategic-director", "E4001");
  peers_.incident.set_id("i-1");
  peers_.incident.set_service_area("Housing");
  peers_.incident.set_staff_named(true);
  Happens(events::IncidentStaffNamed{
      .incident = events::IncidentRef{.incident_id = "i-1", .service_area = "Housing", .staff_named = true},
      .facts = events::IncidentFacts{.behaviours = std::vector<common::v1::Behaviour::Value>{common::v1::Behaviour::NAMED_PUBLICLY}},
      .director_stands_in = false});
  v1::ListSharesRequest ledger;
  ledger.set_incident_id("i-1");
  const auto reads = [&](const std::string& id, Role role) {
    return ListShares(context_, As(id, role, "ShareService/ListShares", {"Education"}), ledger).ok();
  };
  EXPECT_TRUE(reads("E4001", Role::kStrategicDirector)) << "told in the absence of HR";
  EXPECT_FALSE(reads("E4009", Role::kStrategicDirector));
  EXPECT_TRUE(reads("E5001", Role::kHrBusinessPartner));
}

TEST_F(Circles, Clause12_5_AServicesAudienceIsItsOwn) {
  v1::Audience request;
  request.set_id("service-education");
  request.set_service_area("Housing");
  const Call stranger = As("E3001", Role::kSeniorManager, "AudienceService/PutAudience");
  EXPECT_EQ(notification::PutAudience(context_, stranger, request).refusal().kind, RefusalKind::kNotPermitted);
  const Call own = As("E3002", Role::kSeniorManager, "AudienceService/PutAudience", {"Education", "Housing"});
  EXPECT_EQ(notification::PutAudience(context_, own, request).refusal().violations.at(0).field, "serviceArea");
  request.set_service_area("Education");
  EXPECT_TRUE(notification::PutAudience(context_, own, request).ok());
  EXPECT_EQ(notification::PutAudience(context_, stranger, request).refusal().kind, RefusalKind::kNotPermitted);
}

TEST_F(Circles, Clause12_1_LettersMessagesAndTasksFollowAMergeAndComeBackAndAreErasedByTheSurvivorsId) {
  const auto person_of = [&] {
    return Sql(
        "select string_agg(distinct person_id, ',') from (select person_id from letter union all select person_id from task union all "
        "select person_id from notification) t");
  };
  InSession([&](Session& session) {
    restriction::v1::PersonFacts person;
    person.set_person_id("p-2");
    person.set_display_name("Sam Example");
    LetterOrder order{.kind = LetterKind::WARNING,
                      .format = Format::STANDARD,
                      .event_id = NewUuid(),
                      .service_area = "Housing",
                      .words = {{"addressee", "Sam"}, {"area", "Housing"}, {"reason", "Two calls."}, {"expectation", "Calm."}},
                      .person = &person};
    IssueLetter(context_, session, order);
    Outgoing message{.notification = {}, .event_id = "e", .provider = "smtp", .address = "a@example.org", .payload = "x"};
    message.notification.set_person_id("p-2");
    message.notification.set_recipient("E1001");
    NotificationStore(session).Insert(message);
  });
  Happens(events::PersonMerged{.person = events::PersonRef{.person_id = "p-1"}, .merged_person_id = "p-2"});
  EXPECT_EQ(person_of(), "p-1");
  EXPECT_EQ(Sql("select document->>'personId' from letter"), "p-1");
  EXPECT_EQ(Sql("select document->>'etag' from letter"), Sql("select '\"' || version || '\"' from letter"));
  Happens(events::PersonUnmerged{.person = events::PersonRef{.person_id = "p-1"}, .merged_person_id = "p-2"});
  EXPECT_EQ(Sql("select person_id from letter"), "p-2");
  Happens(events::PersonMerged{.person = events::PersonRef{.person_id = "p-1"}, .merged_person_id = "p-2"});
  InSession([](Session& session) {
    session.sql().exec("update notification set state = 'SENT', document = document || '{\"state\": \"SENT\"}'");
  });
  Happens(events::PersonErased{.person = events::PersonRef{.person_id = "p-1"}});
  EXPECT_EQ(Sql("select (document ? 'paragraphs')::text || addressee from letter"), "false");
  EXPECT_EQ(Sql("select count(*) from letter where person_id <> '' or document ? 'personId'"), "0");
  EXPECT_EQ(Sql("select count(*) from notification where (person_id <> '' or document ? 'personId') and kind <> 'WEBHOOK'"), "0");
  EXPECT_EQ(Sql("select count(*) from task where person_id <> '' or document ? 'personId'"), "0");
}

TEST_F(Circles, AWebhooksSecretIsShownOnceAndKeptSealed) {
  v1::Webhook request;
  request.set_url("https://hooks.example.org/h");
  Call call = As("A1", Role::kAdministrator, "WebhookService/CreateWebhook", {});
  call.idempotency_key = "once";
  call.payload_hash = "h";
  const auto first = CreateWebhook(context_, call, request);
  ASSERT_TRUE(first.ok()) << first.refusal().detail;
  EXPECT_THAT(first->secret(), HasSubstr("whsec_"));
  const auto again = CreateWebhook(context_, call, request);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(call.replayed);
  EXPECT_EQ(again->id(), first->id());
  EXPECT_EQ(again->secret(), "") << "a repetition shows it to whoever repeats";
  EXPECT_EQ(Sql("select count(*) from idempotency where position('whsec_'::bytea in reply) > 0"), "0");
  EXPECT_THAT(Sql("select secret from webhook"), HasSubstr("sealed:"));
  const std::string sealed = Sql("select secret from webhook");
  EXPECT_THAT(sealed, Not(HasSubstr("whsec_")));
  EXPECT_EQ(*context_.secrets.Open(sealed, first->id()), first->secret());
  v1::RollWebhookSecretRequest roll;
  roll.set_id(first->id());
  const auto rolled = RollWebhookSecret(context_, As("A1", Role::kAdministrator, "WebhookService/RollWebhookSecret", {}), roll);
  ASSERT_TRUE(rolled.ok());
  const auto signing = [&] {
    std::vector<std::string> opened;
    InSession([&](Session& session) {
      for (const std::string& one : SecretsOf(session, first->id())) opened.push_back(*context_.secrets.Open(one, first->id()));
    });
    return opened;
  };
  EXPECT_THAT(signing(), ::testing::ElementsAre(rolled->secret(), first->secret())) << "both, the new one first";
  clock_.Advance(absl::Hours(25));
  EXPECT_THAT(signing(), ::testing::ElementsAre(rolled->secret()));
  v1::DeleteWebhookRequest gone;
  gone.set_id(first->id());
  ASSERT_TRUE(DeleteWebhook(context_, As("A1", Role::kAdministrator, "WebhookService/DeleteWebhook", {}), gone).ok());
  EXPECT_EQ(Sql("select secret || old_secret from webhook"), "") << "taken out: nothing is kept";
}

TEST_F(Circles, AWebhookForNoEventIsRefusedWithTheList) {
  v1::Webhook request;
  request.set_url("https://hooks.example.org/h");
  for (const char* type : {"restriction.*", "restricton.*", "incident.staff_named", "foo", ""}) request.add_event_types(type);
  const auto made = CreateWebhook(context_, As("A1", Role::kAdministrator, "WebhookService/CreateWebhook", {}), request);
  ASSERT_EQ(made.refusal().violations.size(), 4U);
  EXPECT_EQ(made.refusal().violations[0].field, "eventTypes[1]");
  EXPECT_THAT(made.refusal().violations[0].message, HasSubstr("restriction.imposed"));
}

}  // namespace
}  // namespace evenhand::notification
