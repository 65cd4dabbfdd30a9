// What other services tell of people and of the register, and what is erased or asked for because of it, against a real PostgreSQL.
#include "services/incident/app/heard.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/testing/fixture.h"

namespace evenhand::incident {
namespace {

using Kind = FollowUpKind;
using Out = FollowUpOutcome;
using Link = v1::PersonLink::State;
using ::testing::HasSubstr;

constexpr char kPat[] = "0190f7a0-0000-7000-8000-000000000001";
constexpr char kSam[] = "0190f7a0-0000-7000-8000-000000000002";
constexpr char kMarker[] = "0190f7a0-0000-7000-8000-00000000000a";

class OfPeople : public WithDatabase {
 protected:
  template <events::Event E>
  void Heard(const E& event) {
    Hear(By(safety_), event);
    clock_.Advance(absl::Minutes(1));
  }
  void Merge() { Heard(events::PersonMerged{.person = events::PersonRef{.person_id = kPat}, .merged_person_id = kSam}); }
  void Unmerge() { Heard(events::PersonUnmerged{.person = events::PersonRef{.person_id = kPat}, .merged_person_id = kSam}); }

  v1::Incident About(const std::string& person) {
    auto r = AnIncident();
    r.mutable_person()->set_person_id(person);
    clock_.Advance(absl::Minutes(1));
    return Recorded(r);
  }
  v1::Incident Now(const v1::Incident& incident, const Actor& by) {
    v1::GetIncidentRequest get;
    get.set_id(incident.id());
    auto read = GetIncident(work_, neighbours_, By(by), get);
    EXPECT_TRUE(read.ok());
    return read.ok() ? read.value() : v1::Incident();
  }
  v1::Incident Now(const v1::Incident& incident) { return Now(incident, team_leader_); }
  std::string Open(const std::string& kind) { return Sql("select count(*) from follow_up where state = 'OPEN' and kind = '" + kind + "'"); }
};

TEST_F(OfPeople, Scenario5_UnmergeReturnsWhatIsCertainAndQueuesWhatIsNot) {
  const v1::Incident pats = About(kPat), sams = About(kSam);
  Merge();
  EXPECT_EQ(Now(sams).person_id(), kPat);
  const v1::Incident since = About(kPat);
  Now(sams, safety_);
  Unmerge();
  EXPECT_EQ(Now(pats).person_id(), kPat);
  EXPECT_EQ(Now(sams).person_id(), kSam);
  EXPECT_EQ(Now(since).person_id(), kPat);  // until a manager has looked
  EXPECT_EQ(Open("PERSON_CHECK"), "1");
  const v1::FollowUp check = FollowUpOf(since.id(), Kind::PERSON_CHECK, team_leader_);
  EXPECT_EQ(check.owner_role(), "team_leader");
  EXPECT_THAT(check.detail(), HasSubstr(kSam));
  EXPECT_EQ(Sql("select data->>'readers' from outbox where type = 'incident.person_returned' limit 1"), "[\"E2002\", \"E6001\"]");
  EXPECT_EQ(Sql("select count(*) from audit where action in ('incident.person_returned', 'incident.person_in_doubt')"), "2");
}

TEST_F(OfPeople, Scenario5_TheCheckEndsWithAReasonOrWhenTheLinkIsSettled) {
  Merge();
  const v1::Incident first = About(kPat), second = About(kPat);
  Unmerge();
  v1::CompleteFollowUpRequest done;
  done.set_id(FollowUpOf(first.id(), Kind::PERSON_CHECK, team_leader_).id());
  done.set_outcome(Out::STATED);
  EXPECT_EQ(CompleteFollowUp(work_, neighbours_, By(team_leader_), done).refusal().kind, RefusalKind::kInvalid);
  done.mutable_record()->set_reason("The call was about Pat's own tenancy");
  EXPECT_TRUE(CompleteFollowUp(work_, neighbours_, By(team_leader_), done).ok());
  v1::UnlinkPersonRequest unlink;
  unlink.set_id(second.id());
  unlink.set_reason("It was Sam");
  ASSERT_TRUE(UnlinkPerson(work_, neighbours_, By(team_leader_), unlink).ok());
  EXPECT_EQ(FollowUpOf(second.id(), Kind::PERSON_CHECK, team_leader_).state(), v1::FollowUp::State::NO_LONGER_DUE);
  Merge();
  About(kPat);
  Unmerge();
  EXPECT_EQ(Open("PERSON_CHECK"), "1");  // the newest alone: the first was decided before they became one again
}

TEST_F(OfPeople, Scenario5_ALinkTakenBackMeanwhileStaysTakenBack) {
  const v1::Incident sams = About(kSam);
  Merge();
  v1::UnlinkPersonRequest unlink;
  unlink.set_id(sams.id());
  unlink.set_reason("Somebody else altogether");
  ASSERT_TRUE(UnlinkPerson(work_, neighbours_, By(team_leader_), unlink).ok());
  Unmerge();
  EXPECT_EQ(Now(sams).person_id(), "");
  EXPECT_EQ(Open("PERSON_CHECK"), "0");
}

TEST_F(OfPeople, Clause12_2_ANamedPersonIsNeverLostWhileTheRegisterIsAway) {
  neighbours_.answer = FoundPerson::Answer::kAway;
  const v1::Incident waiting = About(kPat), other = About(kSam);
  EXPECT_EQ(waiting.link().state(), Link::UNCONFIRMED);
  EXPECT_EQ(waiting.link().person_id(), kPat);
  EXPECT_EQ(waiting.person_id(), "");  // grounds nothing yet
  AskForNamedPeople(work_, neighbours_);
  EXPECT_EQ(Now(waiting).link().state(), Link::UNCONFIRMED);
  neighbours_.answer = FoundPerson::Answer::kRegistered;
  AskForNamedPeople(work_, neighbours_);
  const v1::Incident confirmed = Now(waiting);
  EXPECT_EQ(confirmed.link().state(), Link::CONFIRMED);
  EXPECT_EQ(confirmed.person_id(), kPat);
  EXPECT_EQ(confirmed.flags_size(), 0);
  EXPECT_EQ(Now(other).person_id(), kSam);
  EXPECT_EQ(Sql("select count(*) from outbox where type = 'incident.person_linked' and destination = 'notification'"), "2");
  AskForNamedPeople(work_, neighbours_);
  EXPECT_EQ(Now(waiting).etag(), confirmed.etag());
}

TEST_F(OfPeople, Clause12_2_AnIdThatNobodyHasIsSaidOnceTheRegisterAnswers) {
  neighbours_.answer = FoundPerson::Answer::kAway;
  const v1::Incident waiting = About(kPat);
  neighbours_.answer = FoundPerson::Answer::kUnknown;
  AskForNamedPeople(work_, neighbours_);
  EXPECT_EQ(Now(waiting).link().person_id(), "");
  ASSERT_EQ(Now(waiting).flags_size(), 1);
  EXPECT_EQ(Now(waiting).flags(0).code(), "PERSON_NOT_REGISTERED");
  EXPECT_EQ(Sql("select count(*) from incident where person_pending <> ''"), "0");
}

TEST_F(OfPeople, ALaterVersionOfTheSourceMaySayWhoItWas) {
  auto r = AnIncident();
  const v1::Incident first = Recorded(r);
  EXPECT_EQ(first.person_id(), "");
  r.set_source_version(2);
  r.mutable_person()->set_person_id(kPat);
  EXPECT_EQ(Recorded(r).person_id(), kPat);
  v1::UnlinkPersonRequest unlink;
  unlink.set_id(first.id());
  unlink.set_reason("Somebody else");
  ASSERT_TRUE(UnlinkPerson(work_, neighbours_, By(team_leader_), unlink).ok());
  r.set_source_version(3);
  EXPECT_EQ(Recorded(r).person_id(), "");  // a human took it back; no source brings it again
}

TEST_F(OfPeople, Clause10_4_TimeAwayIsAskedForAtTheRecordingOrInATalk) {
  auto r = AnIncident();
  r.mutable_staff(0)->set_time_away_requested(true);
  const v1::Incident incident = Recorded(r);
  v1::FollowUp away = FollowUpOf(incident.id(), Kind::TIME_AWAY, line_manager_);
  EXPECT_EQ(away.staff_id(), "E1001");
  EXPECT_EQ(away.owner(), "E2001");
  v1::CompleteFollowUpRequest given;
  given.set_id(away.id());
  given.set_outcome(Out::GIVEN);
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(line_manager_), given).ok());
  v1::CompleteFollowUpRequest held;
  held.set_id(FollowUpOf(incident.id(), Kind::DEBRIEF, line_manager_).id());
  held.set_outcome(Out::HELD);
  held.mutable_record()->add_agreed_actions("A week on the back office rota");
  held.mutable_record()->set_time_away_requested(true);
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(line_manager_), held).ok());
  EXPECT_EQ(Open("TIME_AWAY"), "1");
  v1::CompleteFollowUpRequest decided;
  decided.set_id(FollowUpOf(incident.id(), Kind::REGISTER_DECISION, team_leader_).id());
  decided.set_outcome(Out::NOT_TO_REGISTER);
  decided.mutable_record()->set_reason("A single call");
  decided.mutable_record()->set_time_away_requested(true);
  EXPECT_EQ(CompleteFollowUp(work_, neighbours_, By(team_leader_), decided).refusal().violations.at(0).clause, "10.4");
}

TEST_F(OfPeople, Clause10_4_TimeAwayNoLongerAskedForIsClosedAsSuch) {
  auto r = AnIncident();
  r.mutable_staff(0)->set_time_away_requested(true);
  const v1::Incident incident = Recorded(r);
  v1::AmendIncidentRequest amend;
  amend.set_id(incident.id());
  amend.set_reason("They would rather stay at work");
  *amend.mutable_incident()->add_staff() = AnIncident().staff(0);
  ASSERT_TRUE(AmendIncident(work_, neighbours_, By(officer_), amend).ok());
  EXPECT_EQ(FollowUpOf(incident.id(), Kind::TIME_AWAY, line_manager_).state(), v1::FollowUp::State::NO_LONGER_DUE);
}

TEST_F(OfPeople, Clause4_3_WhatAnOldRegisterBringsOverOpensNoFollowUps) {
  auto r = AnIncident();
  r.set_source_system("REGISTER_IMPORT");
  r.set_behaviours(0, Behaviour::PHYSICAL_THREAT);
  r.mutable_threat()->set_target(v1::Threat::Target::STAFF);
  EXPECT_EQ(RecordIncident(work_, neighbours_, By(officer_), r).refusal().kind, RefusalKind::kNotPermitted);
  for (const char* when : {"2019-03-01T10:00:00Z", "2026-11-20T10:00:00Z"}) {
    SetTime(r.mutable_occurred_at(), *ParseInstant(when));
    r.set_source_ref(when);
    ASSERT_TRUE(RecordIncident(work_, neighbours_, By(team_leader_), r).ok());
  }
  Heard(OfRestriction<events::RestrictionImposed>(kPat, "Housing", common::v1::RestrictionState::IN_FORCE,
                                                  {Sql("select min(id::text) from incident"), Sql("select max(id::text) from incident")}));
  clock_.Advance(absl::Hours(24 * 60));
  EscalateLateFollowUps(work_);
  EXPECT_EQ(Sql("select count(*) from follow_up"), "0");
  EXPECT_EQ(Sql("select count(*) from outbox where type in ('incident.follow_up_overdue', 'incident.register_decision_due')"), "0");
}

TEST_F(OfPeople, Clause12_2_TimeToRegisterIsMeasuredToTheConfirmedEntry) {
  const v1::Incident incident = About(kPat);  // happened on 2 November at 10:15
  const events::MarkerRef marker{.marker_id = kMarker, .person_id = kPat, .service_area = "Housing"};
  const events::MarkerGrounds grounds{.category = common::v1::Behaviour::VIOLENCE, .incident_ids = std::vector<std::string>{incident.id()}};
  Heard(events::MarkerProposed{.marker = marker, .grounds = grounds});
  EXPECT_EQ(GetStatistics(work_, neighbours_, By(safety_), {})->time_to_register().entered(), 0);
  clock_.Set(*ParseInstant("2026-11-27T10:15:00Z"));
  Heard(events::MarkerConfirmed{.marker = marker, .grounds = grounds});
  Heard(events::MarkerConfirmed{.marker = marker, .grounds = grounds});
  const v1::TimeToRegister time = GetStatistics(work_, neighbours_, By(safety_), {})->time_to_register();
  EXPECT_EQ(time.entered(), 1);
  EXPECT_DOUBLE_EQ(time.entry_median_hours(), 25 * 24);
  EXPECT_FALSE(GetStatistics(work_, neighbours_, By(union_), {})->time_to_register().has_entered());
  SetGauges(work_);
}

TEST_F(OfPeople, AnExportFindsEveryIncidentOfAPersonWhateverItsState) {
  const v1::Incident first = About(kPat), second = About(kPat);
  About(kSam);
  v1::WithdrawIncidentRequest withdraw;
  withdraw.set_id(second.id());
  withdraw.set_reason("By mistake");
  ASSERT_TRUE(WithdrawIncident(work_, neighbours_, By(team_leader_), withdraw).ok());
  v1::ListIncidentsOfPeopleRequest ask;
  ask.add_person_ids(kPat);
  const auto all = ListIncidentsOfPeople(work_, By(safety_), ask);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->incidents_size(), 2);
  ask.add_person_ids("nobody");
  EXPECT_EQ(ListIncidentsOfPeople(work_, By(safety_), ask).refusal().kind, RefusalKind::kInvalid);
}

class Erasing : public OfPeople {
 protected:
  v1::Incident Outside() {
    auto r = AnIncident();
    r.set_behaviours(0, Behaviour::CONTACT_OUTSIDE_OFFICE);
    r.set_channel(Channel::OUTSIDE_WORK);
    r.set_narrative("Marigold greeted me in the supermarket.");
    r.add_witnesses("E1500");
    return Recorded(r);
  }
  void Tell(const v1::Incident& incident) {
    v1::AddStatementRequest statement;
    statement.set_id(incident.id());
    statement.mutable_statement()->set_text("Marigold was there, I saw it.");
    ASSERT_TRUE(AddStatement(work_, neighbours_, By(Someone("E1500", {Role::kEmployee})), statement).ok());
    v1::CompleteFollowUpRequest held;
    held.set_id(FollowUpOf(incident.id(), Kind::DEBRIEF, line_manager_).id());
    held.set_outcome(Out::HELD);
    held.mutable_record()->add_agreed_actions("Talked about Marigold");
    ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(line_manager_), held).ok());
    v1::AmendIncidentRequest amend;
    amend.set_id(incident.id());
    amend.set_reason("Marigold's name was misspelt");
    amend.mutable_incident()->set_narrative("Marigold greeted me in the supermarket twice.");
    ASSERT_TRUE(AmendIncident(work_, neighbours_, By(officer_), amend).ok());
  }
  // Every table and column of the schema, as text, bytes included.
  std::string Everything() {
    std::string all;
    const auto connection = pool_.Open();
    pqxx::nontransaction sql(*connection);
    for (const auto& row : sql.exec("select tablename from pg_tables where schemaname = 'incident'")) {
      const std::string table = row[0].as<std::string>();
      for (const auto& line : sql.exec("select encode(convert_to(t::text, 'UTF8'), 'escape') from " + table + " t"))
        all += line[0].as<std::string>();
    }
    return all;
  }
};

TEST_F(Erasing, Clause8_9_WhatIsNotRecordedLeavesNoStatementFileNoteOrReply) {
  const v1::Incident incident = Outside();
  Tell(incident);
  const std::string file =
      "insert into evidence (id, version, incident_id, state, name, content_type, size, sha256, distressing, uploaded_by, "
      "uploaded_at, key_id, wrapped_key) select '" +
      std::string(kMarker) +
      "', 1, id, 'UNSCANNED', 'Marigold.jpg', 'image/jpeg', 3, "
      "'aa', false, 'E1001', now(), 'k', '' from incident returning 1";
  ASSERT_EQ(Sql(file), "1");
  ASSERT_THAT(Everything(), HasSubstr("4d617269676f6c64"));  // "Marigold" in the documents, as hex
  ASSERT_THAT(Everything(), HasSubstr("Marigold"));
  v1::CompleteFollowUpRequest decide;
  decide.set_id(FollowUpOf(incident.id(), Kind::OUTSIDE_CONTACT_DECISION, line_manager_).id());
  decide.set_outcome(Out::DO_NOT_RECORD);
  decide.mutable_record()->set_reason("A greeting");
  ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(line_manager_), decide).ok());
  EXPECT_THAT(Everything(), ::testing::Not(HasSubstr("4d617269676f6c64")));
  EXPECT_THAT(Everything(), ::testing::Not(HasSubstr("Marigold")));
  EXPECT_EQ(Sql("select count(*) from statement") + Sql("select count(*) from evidence"), "00");
  EXPECT_EQ(Sql("select string_agg(action, ' ' order by action) from audit where clause = '8.9' and action like '%erased'"),
            "evidence.erased statement.erased");
  const v1::Incident left = Now(incident, line_manager_);
  EXPECT_EQ(left.state(), v1::IncidentState::NOT_KEPT);
  EXPECT_EQ(left.recorded_by(), "E1001");
  EXPECT_EQ(FollowUpOf(incident.id(), Kind::OUTSIDE_CONTACT_DECISION, line_manager_).record().reason(), "A greeting");
}

TEST_F(Erasing, WhatIsKeptCantBeErasedEvenByTheServiceItself) {
  const v1::Incident incident = Outside();
  Tell(incident);
  for (const char* sql : {"delete from statement", "update statement set text = ''", "update incident_version set reason = ''",
                          "delete from incident_version", "update audit set actor = ''"})
    EXPECT_THROW(Sql(sql), pqxx::sql_error) << sql;
}

}  // namespace
}  // namespace evenhand::incident
