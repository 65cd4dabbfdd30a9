// Records are kept for their time and no longer (12.1, scenario 25).
#include "services/restriction/testing/people_stories.h"

namespace evenhand::restriction {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = retention::v1::RetentionRecord::Kind;

class Retention : public PeopleStories {
 protected:
  Retention() : retain_(work_, incidents_) {}

  retention::v1::ListRetentionRecordsResponse Listed(const std::string& due_by = "", const Actor& actor = Who("u-ad", Role::kAuditor, {}),
                                                     bool held = false) {
    retention::v1::ListRetentionRecordsRequest request;
    request.set_due_on(due_by);
    request.set_held(held);
    auto listed = retain_.List(As(actor, "evenhand.retention.v1.RetentionService/ListRetentionRecords"), request);
    EXPECT_THAT(listed, Allowed());
    return *listed;
  }
  void On(const char* date) { clock_.Set(StartOf(*ParseDate(date)) + absl::Hours(12)); }
  std::string Rows(const std::string& table) { return Sql("select count(*) from " + table); }
  // Everything about a restriction, in every table that says anything.
  void ExpectGone(const std::string& id) {
    for (const char* table : {"restriction", "restriction_version", "restriction_measure", "restriction_incident", "restriction_decision",
                              "appeal_effect", "restriction_hold"})
      EXPECT_EQ(Sql(std::string("select count(*) from ") + table + " t where t::text like '%" + id + "%'"), "0") << table;
    EXPECT_EQ(Sql("select count(*) from check_history where facts::text like '%" + id + "%'"), "0");
    EXPECT_EQ(Sql("select count(*) from contact_check where position('" + id + "' in encode(answer, 'escape')) > 0"), "0");
  }

  RetainRecords retain_;
};

TEST_F(Retention, Clause12_1_WhatIsDueIsErasedOnItsDayAndNotBefore) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  EXPECT_EQ(Get(imposed.id()).retention_ends_on(), "2029-11-25");  // abuse: three years
  On("2029-11-24");
  EXPECT_THAT(Listed().retention_records(), IsEmpty());
  EXPECT_THAT(Listed("2029-11-25").retention_records(), SizeIs(1));
  EXPECT_FALSE(Listed("2029-11-25").retention_records(0).due());
  retain_.EraseDue();
  EXPECT_EQ(Get(imposed.id()).reference(), imposed.reference());
  On("2029-11-25");
  ASSERT_THAT(Listed().retention_records(), SizeIs(1));
  EXPECT_TRUE(Listed().retention_records(0).due());
  EXPECT_EQ(Listed().retention_records(0).kind(), Kind::RESTRICTION);
  retain_.EraseDue();
  retain_.EraseDue();
  ExpectGone(imposed.id());
  EXPECT_EQ(Sql("select count(*) from audit where action = 'restriction.erased' and clause = 'UK GDPR art. 5(1)(e)' and subject_id = '" +
                imposed.id() + "'"),
            "1");
  EXPECT_EQ(Events("restriction.erased"), 1);
  EXPECT_EQ(Rows("audit where action = 'restriction.imposed'"), "1") << "who did what stays";
}

TEST_F(Retention, Scenario25_RetentionDueWhileAnAppealIsOpenOrALegalHoldStandsIsHeld) {
  const auto appealed = Imposed(AProposal(APerson().id())), held = Imposed(AProposal(APerson("07700 900202").id()));
  Appealed<events::AppealLodged>(appealed, "a-1", common::v1::AppealState::LODGED);
  v1::SetLegalHoldRequest hold;
  hold.set_id(held.id());
  hold.set_hold(true);
  hold.set_reason("Court case");
  ASSERT_THAT(decide_.SetLegalHold(As(manager_, "RestrictionService/SetLegalHold"), hold), Allowed());
  ASSERT_THAT(Lift(appealed.id(), manager_), Allowed());
  ASSERT_THAT(Lift(held.id(), manager_), Allowed());
  On("2031-01-01");
  retain_.EraseDue();
  const auto listed = Listed("", Who("u-ad", Role::kAuditor, {}), true);
  ASSERT_THAT(listed.retention_records(), SizeIs(2));
  for (const auto& record : listed.retention_records()) {
    EXPECT_FALSE(record.due());
    ASSERT_THAT(record.holds(), SizeIs(1));
    EXPECT_EQ(record.holds(0).kind(), record.id() == held.id() ? v1::Hold::Kind::LEGAL : v1::Hold::Kind::APPEAL_OPEN);
  }
  EXPECT_EQ(Get(appealed.id()).appeals(0).state(), v1::AppealNote::State::OPEN);
  Appealed<events::AppealDecided>(appealed, "a-1", common::v1::AppealState::DECIDED);
  EXPECT_EQ(Get(appealed.id()).appeals(0).state(), v1::AppealNote::State::CLOSED);
  retain_.EraseDue();
  ExpectGone(appealed.id());
  EXPECT_EQ(Get(held.id()).holds(0).kind(), v1::Hold::Kind::LEGAL);
}

TEST_F(Retention, Clause12_1_TheDatabaseItselfErasesNothingBeforeItsTime) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  EXPECT_EQ(Sql("select erase_restriction('" + imposed.id() + "', '2099-01-01', now())"), "f") << "in force";
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  EXPECT_EQ(Sql("select erase_restriction('" + imposed.id() + "', '2029-11-24', now())"), "f") << "the day before";
  // The service's own role may do it by that function alone.
  const auto connection = pool_.Open();
  pqxx::work sql(*connection);
  EXPECT_THROW(sql.exec("delete from restriction_version"), pqxx::insufficient_privilege);
}

TEST_F(Retention, Clause12_1_APersonIsErasedWhenNothingRestsOnThemAndTheYearIsOver) {
  const auto idle = APerson("07700 900210"), marked = APerson("07700 900211"), reported = APerson("07700 900212");
  const auto folded = APerson("07700 900213");
  Merged(idle.id(), folded.id());
  const auto marker = ProposeMarker(marked.id(), incidents_.Add(marked.id(), {"E1001"}, {Behaviour::VIOLENCE}));
  ASSERT_THAT(marker, Allowed());
  incidents_.known[incidents_.Add(reported.id(), {"E1001"}, {Behaviour::VIOLENCE})].occurred_at = clock_.Now();
  for (auto& [id, fact] : incidents_.known)
    if (fact.person_id == marked.id()) fact.person_id = "";
  On("2027-11-24");
  retain_.EraseDue();
  EXPECT_EQ(GetPerson(folded.reference()).id(), idle.id());
  On("2027-11-26");
  retain_.EraseDue();
  for (const auto& id : {idle.id(), folded.id()}) {
    EXPECT_EQ(Rows("person where id = '" + id + "'"), "0");
    EXPECT_EQ(Rows("person_version where person_id = '" + id + "'"), "0");
    EXPECT_EQ(Rows("person_handle where person_id = '" + id + "'"), "0");
  }
  EXPECT_EQ(Rows("person_merge"), "0");
  EXPECT_EQ(GetPerson(marked.id()).markers_size(), 1) << "an entry rests on them";
  EXPECT_EQ(GetPerson(reported.id()).display_name(), "Pat Example") << "an incident about them is kept for five years";
  EXPECT_THAT(Resolve([](auto& r) { r.set_phone("07700 900210"); }).people(), IsEmpty());
  EXPECT_EQ(Events("person.erased"), 1);
}

TEST_F(Retention, Clause12_1_AProposalThatNobodyDecidesIsErasedByItsKindUnlessSomethingHoldsIt) {
  auto demand = AProposal(APerson().id());
  demand.mutable_grounds(0)->set_behaviour(Behaviour::CONTACT_OUTSIDE_OFFICE);
  auto threat = AProposal(APerson("07700 900202").id());
  threat.mutable_grounds(0)->set_behaviour(Behaviour::PHYSICAL_THREAT);
  const auto contact = Proposed(demand), abuse = Proposed(AProposal(APerson("07700 900201").id())), violence = Proposed(threat);
  const auto held = Proposed(AProposal(APerson("07700 900203").id()));
  EXPECT_EQ(contact.retention_ends_on(), "2027-11-25");
  EXPECT_EQ(abuse.retention_ends_on(), "2029-11-25");
  EXPECT_EQ(violence.retention_ends_on(), "2031-11-25");
  v1::SetLegalHoldRequest hold;
  hold.set_id(held.id());
  hold.set_hold(true);
  hold.set_reason("Court case");
  ASSERT_THAT(decide_.SetLegalHold(As(manager_, "RestrictionService/SetLegalHold"), hold), Allowed());
  On("2027-11-24");
  retain_.EraseDue();
  EXPECT_EQ(Get(contact.id()).state(), RestrictionState::PROPOSED);
  On("2027-11-25");
  EXPECT_THAT(Get(contact.id()).alerts(), ::testing::Contains(v1::Restriction::Alert::RETENTION_DUE));
  ASSERT_THAT(Listed().retention_records(), SizeIs(1));
  retain_.EraseDue();
  ExpectGone(contact.id());
  EXPECT_EQ(Sql("select count(*) from audit where action = 'restriction.erased' and subject_id = '" + contact.id() + "'"), "1");
  On("2029-11-25");
  retain_.EraseDue();
  ExpectGone(abuse.id());
  EXPECT_THAT(Get(held.id()).alerts(), ::testing::Contains(v1::Restriction::Alert::RETENTION_HELD));
  On("2031-11-25");
  retain_.EraseDue();
  ExpectGone(violence.id());
  EXPECT_EQ(Get(held.id()).reference(), held.reference());
  EXPECT_EQ(Sql("select count(*) from erased_restriction where state = 'PROPOSED'"), "3");
}

TEST_F(Retention, Clause12_1_OnceImposedARestrictionHasNoDateUntilItEndsAndADeclinedOneHasItsOwn) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  EXPECT_EQ(imposed.retention_ends_on(), "");
  const auto declined = Proposed(AProposal(APerson("07700 900201").id()));
  On("2029-11-24");
  v1::DeclineRestrictionRequest decline;
  decline.set_id(declined.id());
  decline.set_reason("Things are calm");
  ASSERT_THAT(decide_.Decline(As(manager_, "RestrictionService/DeclineRestriction"), decline), Allowed());
  On("2040-01-01");
  retain_.EraseDue();
  ExpectGone(declined.id());
  EXPECT_EQ(Get(imposed.id()).state(), RestrictionState::IN_FORCE) << "it persists until somebody decides (7.4)";
  EXPECT_THAT(Get(imposed.id()).alerts(), ::testing::Not(::testing::Contains(v1::Restriction::Alert::RETENTION_DUE)));
}

TEST_F(Retention, Clause12_1_ErasingReadsTheChecksOfItsPeopleAndNotEveryCheckThereEverWas) {
  const auto pat = APerson();
  const auto imposed = Imposed(AProposal(pat.id()));
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id(), {"E1001"}, {Behaviour::VIOLENCE}));
  marker::v1::RemoveMarkerRequest remove;
  remove.set_id(pat.id());
  remove.set_mid(marker->id());
  remove.set_reason("A quiet year");
  ASSERT_THAT(register_.Remove(As(manager_, "evenhand.marker.v1.MarkerService/RemoveMarker"), remove), Allowed());
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  const std::string rows =
      "insert into contact_check (id, at, actor, acting_through, channel, service_area, staff_id, outcome, person_ids, answer, trace_id) "
      "select gen_random_uuid(), '2026-11-25T10:00:00Z', 'crm', '', 'PHONE', '', '', 'GUIDANCE', ";
  Sql(rows + "array[gen_random_uuid()], 'x', '' from generate_series(1, 20000) returning 1");
  Sql(rows + "array['" + pat.id() + "'::uuid], convert_to('" + imposed.id() + "', 'UTF8'), '' returning 1");
  Sql("insert into audit (at, actor, action, subject_kind, subject_id, person_id, clause, after) "
      "select at, actor, 'contact.checked', 'person', p::text, p::text, '12.4', id::text from contact_check, unnest(person_ids) p "
      "returning 1");
  Sql("analyze contact_check, audit; select 1");
  pqxx::connection connection(testing::Postgres::Shared().owner());
  pqxx::work sql(connection);
  sql.exec("set local search_path = restriction");
  EXPECT_TRUE(sql.exec1("select erase_restriction('" + imposed.id() + "', '2040-01-01', now())")[0].as<bool>());
  EXPECT_TRUE(sql.exec1("select erase_marker('" + marker->id() + "', '2040-01-01')")[0].as<bool>());
  EXPECT_TRUE(sql.exec1("select erase_person('" + pat.id() + "', '2040-01-01')")[0].as<bool>());
  for (const std::string table : {"contact_check", "audit"})
    EXPECT_EQ(sql.exec1("select seq_scan from pg_stat_xact_user_tables where relname = '" + table + "'")[0].as<int>(), 0) << table;
  EXPECT_EQ(sql.exec1("select count(*) from contact_check where answer = ''")[0].as<int>(), 1);
}

TEST_F(Retention, Clause4_3_ARemovedEntryIsErasedAfterItsYears) {
  const auto pat = APerson();
  const auto marker = ProposeMarker(pat.id(), incidents_.Add(pat.id(), {"E1001"}, {Behaviour::VIOLENCE}));
  ASSERT_THAT(Confirm(*marker, manager_), Allowed());
  marker::v1::RemoveMarkerRequest remove;
  remove.set_id(pat.id());
  remove.set_mid(marker->id());
  remove.set_reason("A quiet year");
  ASSERT_THAT(register_.Remove(As(manager_, "evenhand.marker.v1.MarkerService/RemoveMarker"), remove), Allowed());
  On("2031-11-24");
  retain_.EraseDue();
  EXPECT_EQ(Rows("marker"), "1");
  On("2031-11-25");
  retain_.EraseDue();
  EXPECT_EQ(Rows("marker"), "0");
  EXPECT_EQ(Rows("marker_version"), "0");
  EXPECT_EQ(Rows("check_history where facts::text like '%" + marker->id() + "%'"), "0");
  EXPECT_EQ(Events("marker.erased"), 1);
}

TEST_F(Retention, Clause13_TheFiguresStandAfterTheRecordIsErased) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  ASSERT_THAT(Review(imposed.id(), v1::ReviewRestrictionRequest::Outcome::CONTINUE, manager_), Allowed());
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  CountStatistics count(work_);
  const auto figures = [&](const std::string& by) {
    v1::GetStatisticsPartRequest request;
    request.set_by(by);
    const auto part = count(As({.id = "system:incident"}, "RestrictionInternalService/GetStatisticsPart"), request);
    std::map<std::string, int> found;
    for (const auto& row : part->rows())
      if (row.figure() != "people") found[row.figure() + " " + row.group()] += row.value();
    return found;
  };
  std::map<std::string, std::map<std::string, int>> before;
  for (const char* by : {"service", "behaviour", "measure", "state", "month", ""}) before[by] = figures(by);
  On("2030-01-01");
  retain_.EraseDue();
  EXPECT_EQ(Rows("restriction"), "0");
  for (const auto& [by, was] : before) EXPECT_EQ(figures(by), was) << by;
  EXPECT_EQ(before["behaviour"]["reviewsDecided ABUSE"], 1);
  EXPECT_EQ(Sql("select count(*) from information_schema.columns where table_name = 'erased_restriction' and column_name like '%person%'"),
            "0");
}

TEST_F(Retention, Clause12_4_ASeniorManagerSeesTheRecordsOfTheirAreasAlone) {
  const auto imposed = Imposed(AProposal(APerson().id()));
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  APerson("07700 900220");
  On("2035-01-01");
  EXPECT_THAT(Listed("", manager_).retention_records(), SizeIs(1));
  EXPECT_THAT(Listed("", Who("u-x", Role::kSeniorManager, {"Education"})).retention_records(), IsEmpty());
  EXPECT_THAT(Listed().retention_records(), SizeIs(2)) << "a person belongs to no area";
  retention::v1::ListRetentionRecordsRequest request;
  request.set_due_on("tomorrow");
  EXPECT_THAT(retain_.List(As(manager_, "evenhand.retention.v1.RetentionService/ListRetentionRecords"), request), NamesField("dueOn"));
}

TEST_F(Retention, Scenario7_AColleaguesManagerSeesNothingOfTheirRecords) {
  const auto colleague = APerson("07700 900220", [](auto& r) {
    r.set_is_employee(true);
    r.mutable_employment()->set_staff_id("E-77");
    r.mutable_employment()->set_line_manager_id("u-boss");
  });
  const auto imposed = Imposed(AProposal(colleague.id()));
  ASSERT_THAT(Lift(imposed.id(), manager_), Allowed());
  On("2035-01-01");
  EXPECT_THAT(Listed("", manager_).retention_records(), SizeIs(1));
  for (const char* close : {"u-boss", "E-77"}) EXPECT_THAT(Listed("", Who(close, Role::kSeniorManager)).retention_records(), IsEmpty());
}

TEST_F(Retention, Clause12_1_ALongListIsPagedAndTheSweepTakesAllOfIt) {
  for (int i = 0; i < 7; ++i) APerson("07700 9003" + std::to_string(10 + i));
  On("2030-01-01");
  retention::v1::ListRetentionRecordsRequest request;
  request.mutable_page()->set_page_size(3);
  std::set<std::string> seen;
  do {
    const auto page =
        retain_.List(As(Who("u-ad", Role::kAuditor, {}), "evenhand.retention.v1.RetentionService/ListRetentionRecords"), request);
    ASSERT_THAT(page, Allowed());
    for (const auto& record : page->retention_records()) EXPECT_TRUE(seen.insert(record.id()).second);
    request.mutable_page()->set_page_token(page->next_page_token());
  } while (!request.page().page_token().empty());
  EXPECT_THAT(seen, SizeIs(7));
  retain_.EraseDue();
  EXPECT_EQ(Rows("person"), "0");
}

}  // namespace
}  // namespace evenhand::restriction
