#include "services/notification/store/audience_store.h"

#include <absl/strings/str_cat.h>

#include "services/platform/base/local_date.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {

std::optional<v1::Audience> FindAudience(Session& session, const std::string& id, bool for_update) {
  const auto rows =
      session.sql().exec_params(absl::StrCat("select document from audience where id = $1", for_update ? " for update" : ""), id);
  if (rows.empty()) return std::nullopt;
  return FromDocument<v1::Audience>(rows[0][0].c_str());
}

std::vector<v1::Audience> ListAudiences(Session& session, const std::string& service_area) {
  std::vector<v1::Audience> audiences;
  for (const auto& row :
       session.sql().exec_params("select document from audience where $1 = '' or service_area = $1 order by id", service_area)) {
    audiences.push_back(FromDocument<v1::Audience>(row[0].c_str()));
  }
  return audiences;
}

void PutAudience(Session& session, v1::Audience& audience) {
  const std::int64_t version = audience.etag().empty() ? 1 : std::stoll(audience.etag().substr(1)) + 1;
  audience.set_etag(EtagOf(version));
  const std::string document = ToDocument(audience);
  const std::string now = FormatInstant(session.now());
  session.sql().exec_params(
      "insert into audience (id, version, service_area, document, updated_at) values ($1, $2, $3, $4, $5) "
      "on conflict (id) do update set version = excluded.version, service_area = excluded.service_area, document = excluded.document, "
      "updated_at = excluded.updated_at",
      audience.id(), version, audience.service_area(), document, now);
  session.sql().exec_params("insert into audience_version (id, version, at, by, document) values ($1, $2, $3, $4, $5)", audience.id(),
                            version, now, session.actor().id, document);
}

bool IsAway(Session& session, const std::string& staff_id, LocalDate today) {
  return session.sql()
      .exec_params1(
          "select exists (select from audience, jsonb_array_elements(document->'members') member, jsonb_array_elements(member->'absences') "
          "days "
          "where member->>'staffId' = $1 and $2::date between (days->>'from')::date and (days->>'to')::date)",
          staff_id, FormatDate(today))[0]
      .as<bool>();
}

std::string AddressOfStaff(Session& session, const std::string& staff_id) {
  const auto rows = session.sql().exec_params(
      "select member->>'email' from audience, jsonb_array_elements(document->'members') member where member->>'staffId' = $1 and "
      "member->>'email' <> '' limit 1",
      staff_id);
  return rows.empty() ? std::string() : std::string(rows[0][0].c_str());
}

}  // namespace evenhand::notification
