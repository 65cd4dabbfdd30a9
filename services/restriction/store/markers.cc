#include "services/restriction/store/markers.h"

#include "services/platform/base/uuid.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/pg/document.h"
#include "services/restriction/store/array.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

MarkerRecord FromRow(const pqxx::row& row) {
  MarkerRecord record{FromDocument<marker::v1::Marker>(row[0].as<std::string>()), row[1].as<std::int64_t>()};
  record.doc.set_etag(EtagOf(record.version));
  return record;
}

}  // namespace

void Markers::Insert(marker::v1::Marker& marker) {
  marker.set_id(NewUuid());
  marker.set_reference(NextReference(session_, "PVP", "marker_number"));
  marker.set_etag(EtagOf(1));
  sql_.exec_params(
      "insert into marker (id, reference, person_id, service_area, state, category, instruction, uprn, review_on, proposed_at, document) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      marker.id(), marker.reference(), marker.person_id(), marker.service_area(), marker::v1::Marker::State::Value_Name(marker.state()),
      Behaviour::Value_Name(marker.category()), marker.instruction(), OrNull(marker.uprn()), OrNull(marker.review_on()),
      FormatInstant(session_.now()), ToDocument(marker));
  KeepVersion(marker, 1);
  for (const auto& incident : marker.incident_ids())
    sql_.exec_params("insert into marker_incident (marker_id, incident_id) values ($1, $2) on conflict do nothing", marker.id(), incident);
}

void Markers::Save(MarkerRecord& record) {
  ++record.version;
  marker::v1::Marker& doc = record.doc;
  doc.set_etag(EtagOf(record.version));
  doc.clear_consistency_token();
  const std::string removed = doc.has_removed_at() ? FormatInstant(FromProto(doc.removed_at())) : "";
  sql_.exec_params(
      "update marker set version = $2, state = $3, review_on = $4, removed_at = $5, document = $6, person_id = $7, retain_until = $8 where "
      "id "
      "= $1",
      doc.id(), record.version, marker::v1::Marker::State::Value_Name(doc.state()), OrNull(doc.review_on()), OrNull(removed),
      ToDocument(doc), doc.person_id(), OrNull(doc.retention_ends_on()));
  KeepVersion(doc, record.version);
}

void Markers::KeepVersion(const marker::v1::Marker& marker, std::int64_t version) {
  sql_.exec_params("insert into marker_version (marker_id, version, at, by, document) values ($1, $2, $3, $4, $5)", marker.id(), version,
                   FormatInstant(session_.now()), session_.actor().id, ToDocument(marker));
}

std::optional<MarkerRecord> Markers::Find(const std::string& person_id, const std::string& id, bool lock) {
  const std::string by = IsUuid(id) ? "id = $2::uuid" : "reference = $2";
  const auto rows = sql_.exec_params(
      "select document::text, version from marker where person_id = $1 and " + by + (lock ? " for update" : ""), person_id, id);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::vector<marker::v1::Marker> Markers::OfPerson(const std::string& person_id) {
  std::vector<marker::v1::Marker> found;
  for (const auto& row : sql_.exec_params("select document::text, version from marker where person_id = $1 order by id", person_id))
    found.push_back(Present(FromRow(row).doc, session_.now()));
  return found;
}

std::vector<marker::v1::Marker> Markers::Undecided(const std::vector<std::string>& areas, LocalDate review_by) {
  std::vector<marker::v1::Marker> found;
  for (const auto& row : sql_.exec_params("select document::text, version from marker where service_area = any ($1) and (state = "
                                          "'PROVISIONAL' or (state = 'CONFIRMED' and "
                                          "review_on <= $2::date)) order by id",
                                          ArrayOf(areas), FormatDate(review_by)))
    found.push_back(FromRow(row).doc);
  return found;
}

std::vector<MarkerRecord> Markers::RestingOn(const std::string& incident_id) {
  std::vector<MarkerRecord> found;
  const auto rows = sql_.exec_params(
      "select m.document::text, m.version from marker_incident i join marker m on m.id = i.marker_id where i.incident_id = $1 and m.state "
      "<> 'REMOVED' "
      "order by m.id for update of m",
      incident_id);
  for (const auto& row : rows) found.push_back(FromRow(row));
  return found;
}

marker::v1::Marker Present(marker::v1::Marker marker, absl::Time now) {
  const auto due = ParseDate(marker.review_on());
  marker.set_review_overdue(marker.state() != marker::v1::Marker::State::REMOVED && due && DateOf(now) > *due);
  if (marker.state() == marker::v1::Marker::State::CONFIRMED && !marker.has_told())
    marker.add_alerts(marker::v1::Marker::Alert::TOLD_NOT_RECORDED);
  return marker;
}

}  // namespace evenhand::restriction
