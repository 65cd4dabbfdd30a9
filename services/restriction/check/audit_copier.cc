#include "services/restriction/check/audit_copier.h"

#include <absl/strings/str_cat.h>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;

std::string People(const CheckContactResponse& answer) {
  std::string array = "{";
  for (const v1::ContactMatch& match : answer.matches())
    if (!match.person_id().empty()) absl::StrAppend(&array, array.size() > 1 ? "," : "", match.person_id());
  return array + "}";
}

absl::Time At(const v1::ContactCheckRecord& record) {
  return absl::FromUnixSeconds(record.at().seconds()) + absl::Nanoseconds(record.at().nanos());
}

// Both tables take a record or neither does, and a record that is there already is passed over: whatever is killed, each counts once.
void Keep(pqxx::work& sql, const v1::ContactCheckRecord& record) {
  const std::string bytes = record.answer().SerializeAsString();
  sql.exec_params(
      "with kept as (insert into contact_check (id, at, actor, acting_through, channel, service_area, staff_id, outcome, person_ids, "
      "answer, trace_id) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9::uuid[], $10, $11) on conflict (id) do nothing returning person_ids) "
      "insert into audit (at, actor, acting_through, action, subject_kind, subject_id, person_id, clause, after, trace_id) "
      "select $2, $3, $4, 'contact.checked', 'person', p::text, p::text, '12.4', $1, $11 from kept, unnest(kept.person_ids) p",
      record.id(), FormatInstant(At(record)), record.actor(), record.acting_through(), v1::ContactChannel::Value_Name(record.channel()),
      record.service_area(), record.staff_id(), CheckContactResponse::Outcome_Name(record.answer().outcome()), People(record.answer()),
      pqxx::binarystring(bytes), record.trace_id());
}

}  // namespace

void CopyAudit(CheckSpool& spool, Pool& pool) {
  if (spool.waiting_bytes() == 0) return;
  spool.Drain([&](const std::vector<v1::ContactCheckRecord>& records) {
    const std::unique_ptr<pqxx::connection> connection = pool.Open();
    pqxx::work sql(*connection);
    for (const v1::ContactCheckRecord& record : records) Keep(sql, record);
    sql.commit();
  });
}

}  // namespace evenhand::restriction::check
