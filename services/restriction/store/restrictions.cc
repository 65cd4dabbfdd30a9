#include "services/restriction/store/restrictions.h"

#include <set>

#include "services/platform/base/uuid.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/pg/document.h"
#include "services/restriction/store/array.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

std::string NameOf(RestrictionState::Value state) { return RestrictionState::Value_Name(state); }

RestrictionRecord FromRow(const pqxx::row& row) {
  RestrictionRecord record{FromDocument<v1::Restriction>(row[0].as<std::string>()), row[1].as<std::int64_t>()};
  record.doc.set_etag(EtagOf(record.version));
  return record;
}

}  // namespace

std::optional<RestrictionRecord> Restrictions::Load(const std::string& id, bool lock) {
  const std::string by = IsUuid(id) ? "id = $1::uuid" : "reference = $1";
  const auto rows = sql_.exec_params("select document::text, version from restriction where " + by + (lock ? " for update" : ""), id);
  if (rows.empty()) return std::nullopt;
  RestrictionRecord record = FromRow(rows[0]);
  SyncHolds(record.doc);
  return record;
}

std::optional<RestrictionRecord> Restrictions::Find(const std::string& id) { return Load(id, false); }
std::optional<RestrictionRecord> Restrictions::FindForUpdate(const std::string& id) { return Load(id, true); }

void Restrictions::Insert(v1::Restriction& restriction) {
  restriction.set_id(NewUuid());
  restriction.set_reference(NextReference(session_, "RES", "restriction_number"));
  restriction.set_etag(EtagOf(1));
  sql_.exec_params(
      "insert into restriction (id, reference, person_id, service_area, state, document, proposed_at, ends_on, look_again_on, "
      "retain_until, deciding_area) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      restriction.id(), restriction.reference(), restriction.person_id(), restriction.service_area(), NameOf(restriction.state()),
      ToDocument(restriction), FormatInstant(session_.now()), OrNull(restriction.ends_on()),
      OrNull(restriction.explanation().withheld().look_again_on()), OrNull(restriction.retention_ends_on()),
      OrNull(restriction.deciding_area()));
  KeepVersion(restriction, 1, v1::HistoryAction::PROPOSED);
  RestOn(restriction);
}

void Restrictions::RestOn(const v1::Restriction& restriction) {
  sql_.exec_params("delete from restriction_incident where restriction_id = $1", restriction.id());
  std::set<std::string> incidents;
  for (const auto& ground : restriction.grounds()) incidents.insert(ground.incident_ids().begin(), ground.incident_ids().end());
  for (const std::string& incident : incidents)
    sql_.exec_params("insert into restriction_incident (restriction_id, incident_id) values ($1, $2)", restriction.id(), incident);
}

void Restrictions::Save(RestrictionRecord& record, v1::HistoryAction::Value action) {
  ++record.version;
  v1::Restriction& doc = record.doc;
  doc.set_etag(EtagOf(record.version));
  doc.clear_consistency_token();
  const std::string from = doc.has_imposed_at() ? FormatInstant(FromProto(doc.imposed_at())) : "";
  const auto last_day = ParseDate(doc.ends_on());
  const std::string until = last_day ? FormatInstant(EndOf(*last_day)) : "";
  const std::string ended = doc.has_ended_at() ? FormatInstant(FromProto(doc.ended_at())) : "";
  const std::string suspended = doc.has_suspended_at() ? FormatInstant(FromProto(doc.suspended_at())) : "";
  sql_.exec_params(
      "update restriction set version = $2, state = $3, document = $4, in_force_from = $5, in_force_until = $6, ends_on = $7, "
      "review_due_on = $8, "
      "look_again_told = look_again_told and look_again_on is not distinct from $9::date, look_again_on = $9, terms_version = $10, "
      "ended_at = $11, "
      "retain_until = $12, person_id = $13, deciding_area = $14, "
      "suspension_alarmed = suspension_alarmed and suspended_at is not distinct from $15::timestamptz, suspended_at = $15 where id = $1",
      doc.id(), record.version, NameOf(doc.state()), ToDocument(doc), OrNull(from), OrNull(until), OrNull(doc.ends_on()),
      OrNull(doc.review_due_on()), OrNull(doc.explanation().withheld().look_again_on()), doc.terms_version(), OrNull(ended),
      OrNull(doc.retention_ends_on()), doc.person_id(), OrNull(doc.deciding_area()), OrNull(suspended));
  KeepVersion(doc, record.version, action);
}

void Restrictions::KeepVersion(const v1::Restriction& restriction, std::int64_t version, v1::HistoryAction::Value action) {
  sql_.exec_params("insert into restriction_version (restriction_id, version, at, by, action, document) values ($1, $2, $3, $4, $5, $6)",
                   restriction.id(), version, FormatInstant(session_.now()), session_.actor().id, v1::HistoryAction::Value_Name(action),
                   ToDocument(restriction));
}

v1::Decision& Restrictions::Decide(v1::Restriction& restriction, v1::Decision decision) {
  const int n = restriction.decisions_size() + 1;
  decision.set_id(NewUuid());
  decision.set_reference(restriction.reference() + "/" + std::to_string(n));
  decision.set_appealable(true);
  *decision.mutable_decided_at() = ToProto(session_.now());
  *decision.mutable_measures() = restriction.measures();
  *decision.mutable_explanation() = restriction.explanation();
  decision.set_review_due_on(restriction.review_due_on());
  decision.set_ends_on(restriction.ends_on());
  decision.set_terms_version(restriction.terms_version());
  sql_.exec_params(
      "insert into restriction_decision (id, restriction_id, n, kind, decided_by, decided_at, delegation_id, appeal_id, document) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      decision.id(), restriction.id(), n, DecisionKind::Value_Name(decision.kind()), decision.decided_by(), FormatInstant(session_.now()),
      OrNull(decision.delegation_id()), OrNull(decision.appeal_id()), ToDocument(decision));
  *restriction.add_decisions() = std::move(decision);
  return *restriction.mutable_decisions(n - 1);
}

std::vector<v1::Restriction> Restrictions::List(const RestrictionFilter& filter) {
  const std::string today = FormatDate(DateOf(session_.now()));
  const std::string now = FormatInstant(session_.now());
  const std::string areas = filter.areas ? ArrayOf(*filter.areas) : "";
  // What has reached its end is listed as expired, swept or not.
  const auto rows = sql_.exec_params(
      "select document::text, version from restriction r where ($1::uuid is null or person_id = $1) and ($2::text is null or service_area "
      "= $2) "
      "and ($3::text is null or case when state = 'IN_FORCE' and in_force_until <= $4 then 'EXPIRED' else state end = $3) "
      "and (not $5 or (state = 'IN_FORCE' and (in_force_until is null or in_force_until > $4) and review_due_on < $6::date)) "
      "and ($7::text[] is null or service_area = any ($7) or deciding_area = any ($7)) and ($8::uuid is null or id < $8) order by id desc "
      "limit $9",
      OrNull(filter.person_id), OrNull(filter.service_area), OrNull(filter.state), now, filter.review_overdue, today,
      filter.areas ? areas.c_str() : nullptr, OrNull(filter.after), filter.limit);
  std::vector<v1::Restriction> found;
  for (const auto& row : rows) {
    found.push_back(FromRow(row).doc);
    SyncHolds(found.back());
  }
  return found;
}

std::vector<v1::Restriction> Restrictions::OfPerson(const std::string& person_id) { return List({.person_id = person_id, .limit = 1000}); }

std::vector<v1::Restriction> Restrictions::Undecided(const std::vector<std::string>& areas, LocalDate review_by) {
  std::vector<v1::Restriction> found;
  for (const auto& row : sql_.exec_params(
           "select document::text, version from restriction where (service_area = any ($1) or deciding_area = any ($1)) and (state = "
           "'PROPOSED' or (state = 'IN_FORCE' and (in_force_until is null or in_force_until > $2) and (review_due_on <= $3::date or "
           "document "
           "-> 'openReview' is not null))) order by id",
           ArrayOf(areas), FormatInstant(session_.now()), FormatDate(review_by)))
    found.push_back(FromRow(row).doc);
  return found;
}

std::vector<v1::Restriction> Restrictions::InForceOf(const std::string& person_id, const std::string& service_area,
                                                     const std::string& except_id) {
  std::vector<v1::Restriction> found;
  const auto rows = sql_.exec_params(
      "select document::text, version from restriction where person_id = $1 and ($2::text is null or service_area = $2) and state = "
      "'IN_FORCE' and suspended_at is null "
      "and (in_force_until is null or in_force_until > $3) and ($4::uuid is null or id <> $4) order by in_force_from, id",
      person_id, OrNull(service_area), FormatInstant(session_.now()), OrNull(except_id));
  for (const auto& row : rows) found.push_back(FromRow(row).doc);
  return found;
}

std::vector<RestrictionRecord> Restrictions::DueToExpire(const std::string& person_id, int limit) {
  std::vector<RestrictionRecord> due;
  const auto rows = sql_.exec_params(
      "select document::text, version from restriction where state = 'IN_FORCE' and suspended_at is null and in_force_until <= $1 "
      "and ($2::uuid is null or person_id = $2) "
      "order by in_force_until, id limit $3 for update skip locked",
      FormatInstant(session_.now()), OrNull(person_id), limit);
  for (const auto& row : rows) due.push_back(FromRow(row));
  return due;
}

std::vector<std::string> Restrictions::RelyingOn(const std::string& incident_id) {
  std::vector<std::string> ids;
  const auto rows = sql_.exec_params(
      "select r.id::text from restriction_incident i join restriction r on r.id = i.restriction_id "
      "where i.incident_id = $1 and r.state in ('PROPOSED', 'IN_FORCE') order by r.id",
      incident_id);
  for (const auto& row : rows) ids.push_back(row[0].as<std::string>());
  return ids;
}

std::vector<std::string> Restrictions::SupersededBy(const std::string& id) {
  std::vector<std::string> ids;
  const auto rows = sql_.exec_params(
      "select o.id::text from restriction r join restriction o on o.person_id = r.person_id and o.state = 'SUPERSEDED' and "
      "o.document->>'supersededBy' = r.id::text where r.id = $1 order by o.id",
      id);
  for (const auto& row : rows) ids.push_back(row[0].as<std::string>());
  return ids;
}

}  // namespace evenhand::restriction
