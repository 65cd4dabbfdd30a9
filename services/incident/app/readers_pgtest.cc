// Who reads an incident, alone and in lists and figures, against a real PostgreSQL.
#include <random>

#include "services/incident/app/heard.h"
#include "services/incident/app/statistics.h"
#include "services/incident/store/incident_store.h"
#include "services/incident/testing/stories.h"

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Readers : public Stories {};

// That somebody read it is noted in a row that points at the incident: a lock for the key would make every reader wait for a writer.
TEST_F(Readers, AReaderDoesNotWaitForAWriter) {
  const v1::Incident incident = Recorded(AnIncident());
  const auto written = work_.Write<v1::Incident>(By(team_leader_), [&](Session& session) -> Outcome<v1::Incident> {
    LoadIncident(session, incident.id(), true);
    Call reader = By(safety_);
    reader.deadline = absl::Now() + absl::Seconds(3);
    v1::GetIncidentRequest get;
    get.set_id(incident.id());
    EXPECT_TRUE(GetIncident(work_, neighbours_, reader, get).ok());
    EXPECT_TRUE(ListIncidents(work_, neighbours_, reader, {}).ok());
    return v1::Incident();
  });
  EXPECT_TRUE(written.ok());
}

TEST_F(Readers, Scenario4_WhoReadItInAListOrInAReplyIsToldAsWell) {
  const v1::Incident incident = Recorded(AnIncident());
  ASSERT_TRUE(Link(incident.id(), kPat, line_manager_).ok());  // the reply shows it
  ASSERT_TRUE(ListIncidents(work_, neighbours_, By(safety_), {}).ok());
  v1::UnlinkPersonRequest unlink;
  unlink.set_id(incident.id());
  unlink.set_reason("It was somebody else");
  ASSERT_TRUE(UnlinkPerson(work_, neighbours_, By(team_leader_), unlink).ok());
  EXPECT_EQ(Sql("select data->>'readers' from outbox where type = 'incident.person_unlinked' limit 1"), "[\"E2001\", \"E6001\"]");
}

TEST_F(Readers, Clause12_4_WhoNeedsToKnowReadsAndNobodyElse) {
  const v1::Incident incident = Recorded(AnIncident());
  EXPECT_EQ(Get(incident.id(), officer_)->view(), IncidentView::FULL);
  EXPECT_EQ(Get(incident.id(), team_leader_)->view(), IncidentView::FULL);
  EXPECT_EQ(Get(incident.id(), safety_)->view(), IncidentView::FULL);
  for (const Actor& other : {colleague_, education_, hr_, communications_}) {
    EXPECT_EQ(Get(incident.id(), other).refusal().clause.empty() ? Get(incident.id(), other).refusal().violations[0].clause
                                                                 : Get(incident.id(), other).refusal().clause,
              "12.4");
  }
  EXPECT_EQ(Sql("select count(*) from audit where action = 'incident.read'"), "3");
}

TEST_F(Readers, Clause12_7_AStaffNamedCaseIsOpenToItsCircleAlone) {
  const v1::Incident incident = Recorded(AStaffNamedPost());
  for (const Actor& one : {line_manager_, officer_, hr_, communications_})
    EXPECT_EQ(Get(incident.id(), one)->view(), IncidentView::FULL) << one.id;
  for (const Actor& one : {team_leader_, director_, colleague_, education_}) EXPECT_FALSE(Get(incident.id(), one).ok()) << one.id;
  const auto counted = Get(incident.id(), safety_);
  EXPECT_EQ(counted->view(), IncidentView::REFERENCE);
  EXPECT_EQ(counted->narrative() + counted->web_link() + counted->line_manager_id(), "");
  EXPECT_EQ(counted->staff_size(), 0);
}

// A step of an appeal.
template <events::Event E>
E OfAppeal(const std::string& assignee, common::v1::AppealState::Value state, std::vector<std::string> incidents) {
  return {.appeal = events::AppealFacts{.appeal_id = "a-1",
                                        .appeal_reference = "APL-2026-000001",
                                        .restriction_id = "r-1",
                                        .decision_id = "d-1",
                                        .person_id = "p-1",
                                        .service_area = "Housing",
                                        .state = state,
                                        .assignee = assignee,
                                        .incident_ids = std::move(incidents)}};
}

TEST_F(Readers, Clause7_3_WhoHearsAnAppealReadsWhatItRestsOnUntilItHasEnded) {
  const v1::Incident ordinary = Recorded(AnIncident()), named = Recorded(AStaffNamedPost());
  const Actor hears = Someone("E9100", {Role::kStrategicDirector}, {"Education"}),
              next = Someone("E9200", {Role::kStrategicDirector}, {"Education"});
  using State = common::v1::AppealState;
  EXPECT_FALSE(Get(ordinary.id(), hears).ok());
  Hear(By(hears), OfAppeal<events::AppealAssigned>("E9100", State::ASSIGNED, {ordinary.id(), named.id()}));
  for (const std::string& id : {ordinary.id(), named.id()}) {
    ASSERT_TRUE(Get(id, hears).ok()) << "nobody decides blind, not on a named colleague's case either";
    EXPECT_EQ(Get(id, hears)->view(), IncidentView::FULL);
  }
  EXPECT_EQ(ListIncidents(work_, neighbours_, By(hears), {})->incidents_size(), 2);
  EXPECT_FALSE(Get(ordinary.id(), Someone("E9100", {Role::kEmployee}, {"Education"})).ok());
  v1::WithdrawIncidentRequest withdraw;
  withdraw.set_id(ordinary.id());
  withdraw.set_reason("It never happened");
  EXPECT_FALSE(WithdrawIncident(work_, neighbours_, By(hears), withdraw).ok()) << "reads, and changes nothing";
  Hear(By(hears), OfAppeal<events::AppealWaitEnded>("E9100", State::ASSIGNED, {}));  // the machine's own step knows of no incidents
  EXPECT_TRUE(Get(ordinary.id(), hears).ok());
  Hear(By(hears), OfAppeal<events::AppealAssigned>("E9200", State::ASSIGNED, {ordinary.id()}));
  EXPECT_FALSE(Get(ordinary.id(), hears).ok());
  EXPECT_TRUE(Get(ordinary.id(), next).ok());
  Hear(By(hears), OfAppeal<events::AppealDecided>("E9200", State::DECIDED, {}));
  EXPECT_FALSE(Get(ordinary.id(), next).ok());
  EXPECT_EQ(ListIncidents(work_, neighbours_, By(next), {})->incidents_size(), 0);
  Hear(By(hears), OfAppeal<events::AppealReopened>("E9200", State::ASSIGNED, {}));
  EXPECT_TRUE(Get(ordinary.id(), next).ok());
}

TEST_F(Readers, Clause7_3_WhoDecidesReadsWhatItRestsOnWhateverAreaItHappenedInWhileItStands) {
  const v1::Incident ordinary = Recorded(AnIncident()), named = Recorded(AStaffNamedPost());
  const Actor decides = Someone("E8100", {Role::kSeniorManager}, {"Education"}), lent = Someone("E8200", {Role::kEmployee}, {"Education"});
  using State = common::v1::RestrictionState;
  const std::vector<std::string> grounds = {ordinary.reference(), named.id()};
  Hear(By(decides), OfRestriction<events::RestrictionProposed>("r-1", "Education", State::PROPOSED, grounds));
  EXPECT_TRUE(Get(ordinary.id(), decides).ok());
  EXPECT_FALSE(Get(named.id(), decides).ok()) << "a closed circle stays closed (12.6)";
  EXPECT_EQ(ListIncidents(work_, neighbours_, By(decides), {})->incidents_size(), 1);
  EXPECT_FALSE(Get(ordinary.id(), Someone("E8300", {Role::kTeamLeader}, {"Education"})).ok()) << "team leaders decide nothing";
  EXPECT_FALSE(Get(ordinary.id(), lent).ok());
  google::protobuf::Timestamp starts, ends;
  SetTime(&starts, *ParseInstant("2026-11-20T00:00:00Z"));
  SetTime(&ends, *ParseInstant("2026-12-20T00:00:00Z"));
  Hear(By(decides), events::DelegationCreated{
                        .delegation_id = "x", .delegate_id = "E8200", .service_area = "Education", .starts_at = starts, .ends_at = ends});
  EXPECT_TRUE(Get(ordinary.id(), lent).ok());
  Hear(By(decides), events::DelegationRevoked{.delegation_id = "x"});
  EXPECT_FALSE(Get(ordinary.id(), lent).ok());
  Hear(By(decides), OfRestriction<events::RestrictionLifted>("r-1", "Education", State::LIFTED, grounds));
  EXPECT_FALSE(Get(ordinary.id(), decides).ok());
}

TEST_F(Readers, TheListObeysTheSameTable) {
  const v1::Incident ordinary = Recorded(AnIncident()), named = Recorded(AStaffNamedPost());
  const auto ids = [&](const Actor& actor) {
    std::vector<std::string> seen;
    const auto list = ListIncidents(work_, neighbours_, By(actor), {});
    EXPECT_TRUE(list.ok());
    for (const auto& one : list->incidents()) seen.push_back(one.id() + "/" + IncidentView::Value_Name(one.view()));
    return seen;
  };
  EXPECT_THAT(ids(team_leader_), ElementsAre(ordinary.id() + "/FULL"));
  EXPECT_THAT(ids(hr_), ElementsAre(named.id() + "/FULL"));
  EXPECT_THAT(ids(line_manager_), UnorderedElementsAre(ordinary.id() + "/FULL", named.id() + "/FULL"));
  EXPECT_THAT(ids(safety_), UnorderedElementsAre(ordinary.id() + "/FULL", named.id() + "/REFERENCE"));
  EXPECT_THAT(ids(colleague_), IsEmpty());
  EXPECT_THAT(ids(education_), IsEmpty());
}

TEST_F(Readers, AListIsReadPageByPageInAStableOrder) {
  for (int i = 0; i < 7; ++i) Recorded(AnIncident());
  v1::ListIncidentsRequest list;
  list.mutable_page()->set_page_size(3);
  std::set<std::string> seen;
  int pages = 0;
  do {
    const auto page = ListIncidents(work_, neighbours_, By(safety_), list);
    for (const auto& one : page->incidents()) seen.insert(one.id());
    list.mutable_page()->set_page_token(page->next_page_token());
    ++pages;
  } while (!list.page().page_token().empty());
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(pages, 3);
}

TEST_F(Readers, Clause13_SmallNumbersAreWithheldFromWhoHasNoCaseAccess) {
  for (int i = 0; i < 9; ++i) Recorded(AnIncident());
  for (int i = 0; i < 2; ++i) {
    auto r = AnIncident();
    r.set_service_area("Education");
    Recorded(r);
  }
  const auto exact = GetStatistics(work_, neighbours_, By(safety_), {});
  ASSERT_EQ(exact->rows_size(), 2);
  EXPECT_EQ(exact->rows(0).key(), "Education");
  EXPECT_EQ(exact->rows(0).count(), 2);
  EXPECT_EQ(exact->total(), 11);
  const auto shown = GetStatistics(work_, neighbours_, By(union_), {});
  int visible = 0, withheld = 0;
  for (const auto& row : shown->rows()) row.has_count() ? visible += row.count() : ++withheld;
  EXPECT_TRUE(shown->suppressed());
  EXPECT_NE(shown->total() - visible, 2);
  EXPECT_EQ(withheld, 2);
  const auto own = GetStatistics(work_, neighbours_, By(education_), {});
  ASSERT_EQ(own->rows_size(), 1);
  EXPECT_EQ(own->rows(0).count(), 2);
}

// The condition of SQL and the table of rules are two writings of one thing: random incidents and readers hold them together.
TEST_F(Readers, TheListAgreesWithTheTableOfReaders) {
  std::mt19937 random(11);
  const auto pick = [&](std::vector<std::string> from) { return from[random() % from.size()]; };
  neighbours_.employees = {{kPat, {"E1002", "Education", "E2001"}}, {kSam, {"E3001", "", "E5001"}}};
  const std::vector<std::string> people = {"E1001", "E1002", "E2001", "E2002", "E3001", "E5001"}, areas = {"Housing", "Education"};
  std::vector<v1::Incident> all;
  for (int i = 0; i < 60; ++i) {
    auto r = random() % 2 == 0 ? AStaffNamedPost() : AnIncident();
    r.set_service_area(pick(areas));
    r.set_line_manager_id(pick(people));
    r.mutable_staff(0)->set_staff_id(pick(people));
    if (random() % 3 == 0) r.mutable_staff(0)->set_role(v1::StaffMember::Role::OTHER);
    if (random() % 3 == 0) r.add_witnesses(pick(people));
    if (random() % 4 == 0) {
      r.mutable_person()->mutable_employee()->set_staff_id(pick(people));
      r.mutable_person()->mutable_employee()->set_line_manager_id(pick(people));
      if (random() % 2 == 0) r.mutable_person()->mutable_employee()->set_service_area(pick(areas));
    }
    if (random() % 3 == 0) r.mutable_person()->set_person_id(pick({kPat, kSam}));
    const Actor recorder = Someone(pick(people), {Role::kEmployee});
    if (r.line_manager_id() == recorder.id) r.clear_line_manager_id();  // nobody makes themself that
    v1::Incident made = *RecordIncident(work_, neighbours_, By(recorder), r);
    v1::Incident whole;
    whole.MergeFrom(r);
    whole.set_id(made.id());
    whole.set_recorded_by(recorder.id);
    whole.set_person_id(r.person().person_id());
    all.push_back(whole);
  }
  for (const Role role : {Role::kEmployee, Role::kTeamLeader, Role::kSeniorManager, Role::kStrategicDirector, Role::kHrBusinessPartner,
                          Role::kCommunicationsLead, Role::kHealthSafetyAdviser}) {
    for (const std::string& id : people) {
      const Actor actor = Someone(id, {role}, {pick(areas)});
      std::set<std::string> want, got;
      for (const v1::Incident& one : all) {
        const Call call = By(actor);
        if (ViewOf(ClosenessOf(neighbours_.ClosureOf(call), actor, one, false)) != View::NONE) want.insert(one.id());
      }
      v1::ListIncidentsRequest list;
      list.mutable_page()->set_page_size(100);
      const auto listed = ListIncidents(work_, neighbours_, By(actor), list);
      ASSERT_TRUE(listed.ok());
      for (const auto& one : listed->incidents()) got.insert(one.id());
      EXPECT_EQ(got, want) << id << " " << NameOf(role);
    }
  }
}

}  // namespace
}  // namespace evenhand::incident
