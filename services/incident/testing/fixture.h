// A migrated database of incident-service and people who act on it, for tests of use cases without processes.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_ups.h"
#include "services/incident/app/heard.h"
#include "services/incident/app/importer.h"
#include "services/incident/app/incidents.h"
#include "services/incident/app/statistics.h"
#include "services/incident/wiring.h"
#include "services/platform/base/local_date.h"
#include "services/platform/testing/pg.h"

namespace evenhand::incident {

std::span<const Migration> Migrations();

inline Actor Someone(std::string id, std::vector<Role> roles, std::vector<std::string> areas = {"Housing"}) {
  return Actor{.id = std::move(id), .name = "", .roles = std::move(roles), .areas = std::move(areas), .through = nullptr};
}

// Everybody is registered; nothing is restricted.
class KindNeighbours final : public Neighbours {
 public:
  FoundPerson FindPerson(const Call&, const std::string& id) const override { return {answer, id}; }
  Outcome<restriction::v1::StatisticsPart> RestrictionFigures(const Call&, const std::string&, const std::string&,
                                                              const std::string&) const override {
    return part;
  }
  Outcome<appeal::v1::CountAppealsResponse> AppealFigures(const Call&, const std::string&, const std::string&) const override {
    return appeal::v1::CountAppealsResponse();
  }

  // The register's own rule, over `employees`; 503 while it is away.
  Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(
      const Call&, const restriction::v1::ListCloseColleaguesRequest& request) const override {
    if (register_away) return SubjectUnknown();
    Actor caller;
    caller.id = request.staff_id();
    caller.areas.assign(request.teams().begin(), request.teams().end());
    restriction::v1::ListCloseColleaguesResponse reply;
    for (const auto& [person, subject] : employees) {
      if (RefusalsToRead(caller, subject).empty()) continue;
      auto& one = *reply.add_colleagues();
      one.set_person_id(person);
      one.mutable_employment()->set_staff_id(subject.staff_id);
      one.mutable_employment()->set_team(subject.team);
      one.mutable_employment()->set_line_manager_id(subject.line_manager_id);
    }
    return reply;
  }

  FoundPerson::Answer answer = FoundPerson::Answer::kRegistered;
  bool register_away = false;
  std::map<std::string, Subject> employees;  // people of the register who work for the council
  restriction::v1::StatisticsPart part;
};

class WithDatabase : public ::testing::Test {
 protected:
  WithDatabase()
      : clock_(*ParseInstant("2026-11-25T10:00:00Z")),
        pool_({.connection = testing::Postgres::Shared().Fresh("incident", Migrations()), .schema = "incident", .size = 16}),
        work_(pool_, clock_, "scotland") {}

  // Hears an event of another service in a transaction of its own.
  template <events::Event E>
  void Hear(const Call& call, const E& event) {
    const IncomingEvent heard = IncomingEvent::Of(event, "e", clock_.Now());
    const auto done = work_.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
      if (auto no = HandlersOfHeard().at(heard.type)(session, heard)) return *no;
      return v1::Incident();
    });
    EXPECT_TRUE(done.ok()) << heard.name();
  }
  // A restriction that rests on these incidents.
  template <events::Event E>
  static E OfRestriction(const std::string& id, const std::string& area, common::v1::RestrictionState::Value state,
                         std::vector<std::string> incidents) {
    return {.restriction = events::RestrictionRef{.restriction_id = id, .person_id = "p", .service_area = area},
            .terms = events::RestrictionTerms{.state = state,
                                              .measure_kinds = std::vector<common::v1::MeasureKind::Value>(),
                                              .channels = std::vector<common::v1::Channel::Value>(),
                                              .behaviours = std::vector<common::v1::Behaviour::Value>(),
                                              .incident_ids = std::move(incidents),
                                              .withheld = false}};
  }

  // A call by this actor that accepts any etag.
  Call By(const Actor& actor) const {
    static const Rule rule{
        .method = "m",
        .in_own_area = {},
        .in_any_area = {Role::kEmployee, Role::kTeamLeader, Role::kSeniorManager, Role::kStrategicDirector, Role::kHrBusinessPartner,
                        Role::kCommunicationsLead, Role::kHealthSafetyAdviser, Role::kPortal, Role::kCrm, Role::kUnionRepresentative},
        .services = {},
        .clause = "12.4",
        .refusal = ""};
    Call call;
    call.actor = actor;
    call.rule = &rule;
    call.if_match = "*";
    call.deadline = absl::Now() + absl::Seconds(60);
    return call;
  }

  // Housing, abuse by phone, reported by E1001 about themselves under line manager E2001.
  v1::Incident AnIncident() {
    v1::Incident r;
    r.set_source_system("CRM");
    r.set_source_ref("T-" + std::to_string(++made_));
    SetTime(r.mutable_occurred_at(), *ParseInstant("2026-11-02T10:15:00Z"));
    r.set_channel(Channel::PHONE);
    r.add_behaviours(Behaviour::ABUSE);
    r.set_service_area("Housing");
    v1::StaffMember& one = *r.add_staff();
    one.set_staff_id("E1001");
    one.set_role(v1::StaffMember::Role::AFFECTED);
    r.set_line_manager_id("E2001");
    r.mutable_warning()->set_given(true);
    r.set_contact_ended(true);
    r.mutable_person()->set_name("Pat Example");
    r.mutable_person()->set_phone("+447700900123");
    r.set_narrative("Shouted and swore for several minutes.");
    return r;
  }

  v1::Incident Recorded(const v1::Incident& request) {
    auto made = RecordIncident(work_, neighbours_, By(officer_), request);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.refusal().detail);
    return made.ok() ? made.value() : v1::Incident();
  }

  v1::FollowUp FollowUpOf(const std::string& incident_id, FollowUpKind::Value kind, const Actor& reader) {
    v1::GetIncidentRequest get;
    get.set_id(incident_id);
    const auto incident = GetIncident(work_, neighbours_, By(reader), get);
    EXPECT_TRUE(incident.ok());
    for (const v1::FollowUp& f : incident->follow_ups()) {
      if (f.kind() == kind) return f;
    }
    return {};
  }

  struct Imported {
    std::vector<v1::ImportIncidentsRow> rows;
    v1::ImportSummary summary;
    std::optional<Refusal> refusal;
  };

  Imported Import(const std::string& file, bool validate_only = false, std::size_t piece = 64 * 1024) {
    Imported done;
    Call call = By(portal_);
    call.validate_only = validate_only;
    Importer importer(work_, neighbours_, call, clock_, [&](const v1::ImportIncidentsRow& row) {
      if (row.has_summary())
        done.summary = row.summary();
      else
        done.rows.push_back(row);
      return true;
    });
    for (std::size_t at = 0; at < file.size() && !done.refusal; at += piece)
      done.refusal = importer.Feed(std::string_view(file).substr(at, piece));
    if (!done.refusal) done.refusal = importer.Finish();
    return done;
  }

  std::string Sql(const std::string& query) {
    const auto connection = pool_.Open();
    pqxx::nontransaction sql(*connection);
    const auto rows = sql.exec(query);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
  }

  FakeClock clock_;
  Pool pool_;
  UnitOfWork work_;
  KindNeighbours neighbours_;
  int made_ = 0;

  const Actor officer_ = Someone("E1001", {Role::kEmployee});
  const Actor colleague_ = Someone("E1002", {Role::kEmployee});
  const Actor line_manager_ = Someone("E2001", {Role::kTeamLeader});
  const Actor team_leader_ = Someone("E2002", {Role::kTeamLeader});
  const Actor education_ = Someone("E3001", {Role::kSeniorManager}, {"Education"});
  const Actor hr_ = Someone("E4001", {Role::kHrBusinessPartner}, {});
  const Actor communications_ = Someone("E4002", {Role::kCommunicationsLead}, {});
  const Actor director_ = Someone("E5001", {Role::kStrategicDirector});
  const Actor safety_ = Someone("E6001", {Role::kHealthSafetyAdviser}, {});
  const Actor union_ = Someone("E7001", {Role::kUnionRepresentative}, {});
  const Actor portal_ = Someone("portal", {Role::kPortal}, {});
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace evenhand::incident
