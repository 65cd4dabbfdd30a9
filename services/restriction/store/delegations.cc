#include "services/restriction/store/delegations.h"

#include <algorithm>

#include "services/platform/base/uuid.h"
#include "services/platform/pg/document.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {

void Delegations::Insert(delegation::v1::Delegation& delegation) {
  delegation.set_id(NewUuid());
  delegation.set_reference(NextReference(session_, "DEL", "delegation_number"));
  delegation.set_state(delegation::v1::Delegation::State::ACTIVE);
  delegation.set_etag(EtagOf(1));
  sql_.exec_params(
      "insert into delegation (id, reference, delegated_by, delegate_id, service_area, starts_at, ends_at, document) values ($1, $2, $3, "
      "$4, $5, $6, $7, $8)",
      delegation.id(), delegation.reference(), delegation.delegated_by(), delegation.delegate_id(), delegation.service_area(),
      FormatInstant(FromProto(delegation.starts_at())), FormatInstant(FromProto(delegation.ends_at())), ToDocument(delegation));
}

void Delegations::Save(DelegationRecord& record) {
  ++record.version;
  record.doc.set_etag(EtagOf(record.version));
  const std::string revoked = record.doc.has_revoked_at() ? FormatInstant(FromProto(record.doc.revoked_at())) : "";
  sql_.exec_params("update delegation set version = $2, revoked_at = $3, document = $4 where id = $1", record.doc.id(), record.version,
                   revoked.empty() ? nullptr : revoked.c_str(), ToDocument(record.doc));
}

std::optional<DelegationRecord> Delegations::FindForUpdate(const std::string& id) {
  const std::string by = IsUuid(id) ? "id = $1::uuid" : "reference = $1";
  const auto rows = sql_.exec_params("select document::text, version from delegation where " + by + " for update", id);
  if (rows.empty()) return std::nullopt;
  DelegationRecord record{FromDocument<delegation::v1::Delegation>(rows[0][0].as<std::string>()), rows[0][1].as<std::int64_t>()};
  record.doc.set_etag(EtagOf(record.version));
  return record;
}

std::string Delegations::LenderOf(const std::string& id) {
  const auto rows = sql_.exec_params("select delegated_by from delegation where id::text = $1 or reference = $1", id);
  return rows.empty() ? "" : rows[0][0].as<std::string>();
}

std::vector<delegation::v1::Delegation> Delegations::List(const std::optional<std::vector<std::string>>& areas, const std::string& area,
                                                          int limit, const std::string& after) {
  std::vector<delegation::v1::Delegation> found;
  const auto rows = sql_.exec_params(
      "select document::text, service_area from delegation where ($1 = '' or service_area = $1) and ($2 = '' or id::text < $2) order by id "
      "desc",
      area, after);
  for (const auto& row : rows) {
    const std::string where = row[1].as<std::string>();
    if (areas && std::ranges::find(*areas, where) == areas->end()) continue;
    if (static_cast<int>(found.size()) == limit) break;
    found.push_back(FromDocument<delegation::v1::Delegation>(row[0].as<std::string>()));
  }
  return found;
}

std::vector<std::string> Delegations::AreasHeldNow(const std::string& delegate_id) {
  std::vector<std::string> areas;
  for (const auto& row : sql_.exec_params("select distinct service_area from delegation where delegate_id = $1 and revoked_at is null and "
                                          "starts_at <= $2 and ends_at > $2",
                                          delegate_id, FormatInstant(session_.now())))
    areas.push_back(row[0].as<std::string>());
  return areas;
}

std::vector<Lent> Delegations::HeldNow(const std::string& delegate_id, const std::string& area) {
  std::vector<Lent> held;
  for (const auto& row : sql_.exec_params(
           "select id::text, delegated_by from delegation where delegate_id = $1 and service_area = $2 and revoked_at is null and "
           "starts_at <= $3 and ends_at > $3 order by id",
           delegate_id, area, FormatInstant(session_.now())))
    held.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
  return held;
}

}  // namespace evenhand::restriction
