// For tests of the stories: a database of their own, a clock they set, incidents they invent, and builders that say only what matters.
#pragma once

#include <gmock/gmock.h>

#include <memory>

#include "services/authority/authority.h"
#include "services/platform/base/check.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/platform/testing/pg.h"
#include "services/restriction/app/decide_restriction.h"
#include "services/restriction/app/propose_restriction.h"
#include "services/restriction/app/read_restrictions.h"
#include "services/restriction/app/register_person.h"

namespace evenhand::restriction {

std::span<const Migration> Migrations();

// Incidents that tests invent; they change as incident-service's would.
class InventedIncidents final : public EvidenceSource {
 public:
  Outcome<Evidence> Facts(const Call&, const std::set<std::string>& ids) override {
    Evidence found;
    for (const auto& id : ids)
      if (known.contains(id)) found.emplace(id, known.at(id));
    return found;
  }
  Outcome<std::vector<EvidenceFact>> OfPeople(const Call&, const std::vector<std::string>& person_ids) override {
    std::vector<EvidenceFact> found;
    for (const auto& [id, fact] : known)
      if (std::ranges::find(person_ids, fact.person_id) != person_ids.end()) found.push_back(fact);
    return found;
  }
  std::string Add(const std::string& person_id, std::vector<std::string> harmed = {"E1001"},
                  std::vector<Behaviour::Value> behaviours = {Behaviour::ABUSE}) {
    const std::string id = NewUuid();
    known[id] = {.id = id,
                 .stands = true,
                 .person_id = person_id,
                 .service_area = "Housing",
                 .behaviours = std::move(behaviours),
                 .harmed_staff = std::move(harmed),
                 .occurred_at = absl::UnixEpoch()};
    return id;
  }
  std::map<std::string, EvidenceFact> known;
};

inline absl::Time At(const char* rfc3339) { return *ParseInstant(rfc3339); }

class Stories : public ::testing::Test {
 protected:
  Stories()
      : pool_({.connection = testing::Postgres::Shared().Fresh("restriction", Migrations()), .schema = "restriction", .size = 12}),
        work_(pool_, clock_),
        propose_(work_, incidents_),
        decide_(work_, incidents_),
        read_(work_),
        people_(work_) {}

  static Actor Who(const std::string& id, Role role, std::vector<std::string> areas = {"Housing"}) {
    return {.id = id, .roles = {role}, .areas = std::move(areas)};
  }
  Call As(const Actor& actor, const std::string& method, const std::string& if_match = "*") {
    Call call;
    call.actor = actor;
    call.method = method.starts_with("evenhand.") ? method : "evenhand.restriction.v1." + method;
    call.rule = authority_.Find(call.method);
    EVENHAND_CHECK(call.rule != nullptr, "a test names a method that has no rule");
    call.if_match = if_match;
    return call;
  }

  v1::Person APerson(const std::string& phone = "07700 900123", const std::function<void(v1::Person&)>& change = {}) {
    v1::Person request;
    request.set_display_name("Pat Example");
    if (!phone.empty()) {
      auto* handle = request.add_handles();
      handle->set_kind(v1::Handle::Kind::PHONE);
      handle->set_value(phone);
    }
    if (change) change(request);
    return people_.Create(As(leader_, "PersonService/CreatePerson"), request).value();
  }

  v1::Restriction AProposal(const std::string& person_id) {
    v1::Restriction r;
    r.set_person_id(person_id);
    r.set_service_area("Housing");
    auto* measure = r.add_measures();
    measure->set_kind(MeasureKind::BLOCK_CHANNEL);
    measure->set_channel(Channel::PHONE);
    auto* ground = r.add_grounds();
    ground->set_behaviour(Behaviour::ABUSE);
    ground->add_incident_ids(incidents_.Add(person_id));
    ground->set_summary("Three abusive calls in a week");
    r.set_necessity("Staff harmed; warnings did not help");
    r.set_proportionality("Phone only; e-mail and letters stay open");
    auto* alternative = r.add_alternatives_considered();
    alternative->set_alternative("Named contact");
    alternative->set_why_not_sufficient("Abuse continued to two named contacts");
    auto* not_attempted = r.mutable_restorative()->mutable_not_attempted();
    not_attempted->set_reason(v1::Restorative::NotAttempted::Reason::NOT_APPROPRIATE);
    not_attempted->set_explanation("Threatening language from the first call");
    r.set_adjustments_considered("None recorded; asked on 2 November");
    r.mutable_review();
    r.mutable_explanation()->set_to_person("Calls in October were hard for staff. Please write to us instead.");
    return r;
  }

  Outcome<v1::Restriction> Propose(const v1::Restriction& request, const Actor& actor) {
    return propose_(As(actor, "RestrictionService/ProposeRestriction"), request);
  }
  v1::Restriction Proposed(const v1::Restriction& request) {
    auto outcome = Propose(request, leader_);
    EVENHAND_CHECK(outcome.ok(), outcome.refusal().violations.empty() ? outcome.refusal().detail.c_str()
                                                                      : outcome.refusal().violations[0].message.c_str());
    return *outcome;
  }
  Outcome<v1::Restriction> Impose(const std::string& id, const Actor& actor, const std::string& if_match = "*") {
    v1::ImposeRestrictionRequest request;
    request.set_id(id);
    return decide_.Impose(As(actor, "RestrictionService/ImposeRestriction", if_match), request);
  }
  v1::Restriction Imposed(const v1::Restriction& request) {
    auto outcome = Impose(Proposed(request).id(), manager_);
    EVENHAND_CHECK(outcome.ok(), outcome.refusal().detail.c_str());
    return *outcome;
  }
  Outcome<v1::Restriction> Lift(const std::string& id, const Actor& actor) {
    v1::LiftRestrictionRequest request;
    request.set_id(id);
    request.set_reason("Contact has been good since");
    return decide_.Lift(As(actor, "RestrictionService/LiftRestriction"), request);
  }
  v1::Restriction Get(const std::string& id) {
    v1::GetRestrictionRequest request;
    request.set_id(id);
    return read_.Get(As(manager_, "RestrictionService/GetRestriction"), request).value();
  }
  v1::Person GetPerson(const std::string& id) {
    v1::GetPersonRequest request;
    request.set_id(id);
    return people_.Get(As(manager_, "PersonService/GetPerson"), request).value();
  }
  Outcome<v1::Restriction> Review(const std::string& id, v1::ReviewRestrictionRequest::Outcome::Value outcome, const Actor& actor,
                                  const std::function<void(v1::ReviewRestrictionRequest&)>& change = {}) {
    v1::ReviewRestrictionRequest request;
    request.set_id(id);
    request.set_outcome(outcome);
    request.set_reason("Looked at again");
    if (change) change(request);
    return decide_.Review(As(actor, "RestrictionService/ReviewRestriction"), request);
  }

  std::string Sql(const std::string& query) {
    pqxx::connection connection(testing::Postgres::Shared().owner());
    pqxx::work sql(connection);
    sql.exec("set local search_path = restriction");
    const auto rows = sql.exec(query);
    sql.commit();
    return rows.empty() ? "" : rows[0][0].as<std::string>("");
  }
  int Events(const std::string& type) { return std::stoi(Sql("select count(distinct event_id) from outbox where type = '" + type + "'")); }
  // Kinds of the measures that a check would see now, by channel.
  std::string InForce(const std::string& person_id) {
    return Sql(
        "select coalesce(string_agg(kind || coalesce(':' || channel, ''), ' ' order by kind, channel), '') from restriction_measure where "
        "in_force and person_id = '" +
        person_id + "'");
  }

  FakeClock clock_{At("2026-11-25T10:00:00Z")};
  const Authority authority_{RestrictionRules()};
  Pool pool_;
  UnitOfWork work_;
  InventedIncidents incidents_;
  RestrictionProposer propose_;
  DecideRestriction decide_;
  ReadRestrictions read_;
  RegisterPerson people_;
  const Actor employee_ = Who("u-e", Role::kEmployee);
  const Actor leader_ = Who("u-tl", Role::kTeamLeader);
  const Actor manager_ = Who("u-sm", Role::kSeniorManager);
  const Actor director_ = Who("u-sd", Role::kStrategicDirector);
};

MATCHER_P2(RefusedBy, kind, clause, "is refused under that clause") {
  if (arg.ok()) return false;
  const Refusal& refusal = arg.refusal();
  *result_listener << "refused: " << refusal.clause << " " << refusal.detail;
  for (const auto& v : refusal.violations) *result_listener << "; " << v.clause << " " << v.field;
  if (refusal.kind != kind) return false;
  if (refusal.clause == clause) return true;
  for (const auto& v : refusal.violations)
    if (v.clause == clause) return true;
  return false;
}

MATCHER_P(NamesField, field, "names that field") {
  if (arg.ok()) return false;
  for (const auto& v : arg.refusal().violations)
    if (v.field == field) return true;
  for (const auto& v : arg.refusal().violations) *result_listener << v.field << " ";
  return false;
}

MATCHER(Allowed, "is allowed") {
  if (arg.ok()) return true;
  *result_listener << "refused: " << arg.refusal().clause << " " << arg.refusal().detail;
  for (const auto& v : arg.refusal().violations) *result_listener << "; " << v.clause << " " << v.field << " " << v.message;
  return false;
}

}  // namespace evenhand::restriction
