#include "services/incident/app/rejections.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/import_batch.h"
#include "services/incident/app/importer.h"
#include "services/incident/store/array_literal.h"
#include "services/incident/store/visibility.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

constexpr int kMaxPage = 100;
constexpr int kDefaultPage = 50;
constexpr char kSelect[] =
    "select r.id, r.version, r.state, r.record_no, r.line, r.column_name, r.code, r.reason, r.service_area, r.fields::text as fields, "
    "(extract(epoch from r.first_seen_at) * 1000000)::bigint as first_seen, (extract(epoch from r.last_seen_at) * 1000000)::bigint as "
    "last_seen, "
    "r.times_seen, r.resolved_by, (extract(epoch from r.resolved_at) * 1000000)::bigint as resolved, r.outcome, r.incident_id, i.reference "
    "from import_rejection r left join incident i on i.id = r.incident_id where ";

v1::ImportRejection FromRow(const pqxx::row& row) {
  v1::ImportRejection r;
  r.set_id(row["id"].as<std::string>());
  r.set_etag(EtagOf(row["version"].as<std::int64_t>()));
  r.set_state(row["state"].as<std::string>() == "OPEN" ? v1::ImportRejection::State::OPEN : v1::ImportRejection::State::RESOLVED);
  r.set_record_no(row["record_no"].as<std::string>());
  r.set_line(row["line"].as<int>());
  r.set_column(row["column_name"].as<std::string>());
  r.set_code(row["code"].as<std::string>());
  r.set_reason(row["reason"].as<std::string>());
  r.set_service_area(row["service_area"].as<std::string>());
  const PortalRow columns = ColumnsFromJson(row["fields"].as<std::string>());
  for (std::size_t i = 0; i < kColumnCount; ++i) (*r.mutable_fields())[std::string(NameOf(static_cast<Column>(i)))] = columns.text[i];
  SetTime(r.mutable_first_seen_at(), absl::FromUnixMicros(row["first_seen"].as<std::int64_t>()));
  SetTime(r.mutable_last_seen_at(), absl::FromUnixMicros(row["last_seen"].as<std::int64_t>()));
  r.set_times_seen(row["times_seen"].as<int>());
  r.set_resolved_by(row["resolved_by"].as<std::string>());
  if (!row["resolved"].is_null()) SetTime(r.mutable_resolved_at(), absl::FromUnixMicros(row["resolved"].as<std::int64_t>()));
  v1::ImportOutcome::Value outcome{};
  if (v1::ImportOutcome::Value_Parse(row["outcome"].as<std::string>(), &outcome)) r.set_outcome(outcome);
  if (!row["incident_id"].is_null()) r.set_incident_id(row["incident_id"].as<std::string>());
  if (!row["reference"].is_null()) r.set_incident_reference(row["reference"].as<std::string>());
  return r;
}

// A refused row holds what an incident holds: the portal and health and safety see all, managers those of their areas (12.4).
bool SeesAll(const Actor& actor) {
  return actor.Has(Role::kPortal) || actor.Has(Role::kHealthSafetyAdviser) || actor.Has(Role::kAdministrator);
}

std::optional<v1::ImportRejection> Load(Session& session, const std::string& id, bool for_update) {
  if (!IsUuid(id)) return std::nullopt;
  const auto rows = session.sql().exec_params(std::string(kSelect) + "r.id = $1::uuid" + (for_update ? " for update of r" : ""), id);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::optional<Refusal> MayRead(const Actor& actor, const v1::ImportRejection& r) {
  if (SeesAll(actor) || actor.Holds(Role::kTeamLeader, r.service_area())) return std::nullopt;
  return NotPermitted("12.4", "Only those who need to know may read this.");
}

Refusals Mend(const v1::RetryImportRejectionRequest& request, PortalRow& columns) {
  Refusals no;
  for (const auto& [name, text] : request.fields()) {
    const HeaderMap map = ReadHeader({name});
    if (map.column_at[0] < 0)
      no.push_back({"4.4", "fields." + name, "There is no such column."});
    else
      columns.text[static_cast<std::size_t>(map.column_at[0])] = text;
  }
  return no;
}

}  // namespace

Outcome<v1::ListImportRejectionsResponse> ListImportRejections(UnitOfWork& work, const Call& call,
                                                               const v1::ListImportRejectionsRequest& request) {
  return work.Read<v1::ListImportRejectionsResponse>(call, [&](Session& session) -> Outcome<v1::ListImportRejectionsResponse> {
    Query query;
    if (!SeesAll(call.actor)) query.And("r.service_area = any(" + query.Bind(TextArray(call.actor.areas)) + "::text[])");
    if (request.state() != 0) query.And("r.state = " + query.Bind(v1::ImportRejection::State::Value_Name(request.state())));
    if (!request.record_no().empty()) query.And("r.record_no = " + query.Bind(request.record_no()));
    if (!request.code().empty()) query.And("r.code = " + query.Bind(request.code()));
    if (!request.page_token().empty()) {
      const std::size_t dot = request.page_token().find('.');
      std::int64_t micros = 0;
      if (dot == std::string::npos || !absl::SimpleAtoi(request.page_token().substr(0, dot), &micros) ||
          !IsUuid(request.page_token().substr(dot + 1))) {
        return Invalid({{"4.4", "pageToken", "This is not a page token of this list."}});
      }
      query.And("(r.first_seen_at, r.id) > (" + query.Bind(FormatInstant(absl::FromUnixMicros(micros))) + "::timestamptz, " +
                query.Bind(request.page_token().substr(dot + 1)) + "::uuid)");
    }
    if (request.page_size() < 0) return Invalid({{"4.4", "pageSize", "A page has from 1 to 100 entries."}});
    const int size = request.page_size() > 0 ? std::min(request.page_size(), kMaxPage) : kDefaultPage;
    v1::ListImportRejectionsResponse reply;
    const std::string sql = kSelect + query.where + " order by r.first_seen_at, r.id limit " + std::to_string(size + 1);
    for (const auto& row : session.sql().exec_params(sql, pqxx::prepare::make_dynamic_params(query.parameters))) {
      if (reply.import_rejections_size() == size) {
        const v1::ImportRejection& last = reply.import_rejections(size - 1);
        reply.set_next_page_token(absl::StrCat(absl::ToUnixMicros(TimeOf(last.first_seen_at())), ".", last.id()));
        break;
      }
      *reply.add_import_rejections() = FromRow(row);
    }
    session.Audit({"import.rejections_read", "import", std::to_string(reply.import_rejections_size()), "12.4", "", "", ""});
    return reply;
  });
}

Outcome<v1::ImportRejection> GetImportRejection(UnitOfWork& work, const Call& call, const v1::GetImportRejectionRequest& request) {
  return work.Read<v1::ImportRejection>(call, [&](Session& session) -> Outcome<v1::ImportRejection> {
    const auto rejection = Load(session, request.id(), false);
    if (!rejection) return NotFound("import rejection");
    if (auto no = MayRead(call.actor, *rejection)) return *no;
    session.Audit({"import.rejection_read", "import_rejection", rejection->id(), "12.4", "", "", ""});
    return *rejection;
  });
}

Outcome<v1::ImportRejection> RetryImportRejection(UnitOfWork& work, const Call& call, const v1::RetryImportRejectionRequest& request) {
  return work.Write<v1::ImportRejection>(call, [&](Session& session) -> Outcome<v1::ImportRejection> {
    const auto rejection = Load(session, request.id(), true);
    if (!rejection) return NotFound("import rejection");
    if (auto no = MayRead(call.actor, *rejection)) return *no;
    if (auto no = call.StaleAgainst(rejection->etag())) return *no;
    PortalRow columns;
    for (std::size_t i = 0; i < kColumnCount; ++i) columns.text[i] = rejection->fields().at(std::string(NameOf(static_cast<Column>(i))));
    if (Refusals no = Mend(request, columns); !no.empty()) return Invalid(std::move(no));
    if (rejection->state() != v1::ImportRejection::State::OPEN)
      return Conflict("WRONG_STATE", "4.4", "This row was mended and taken in already.");
    const ImportRow row = PrepareColumns(std::move(columns), session.now(), *session.call().areas);
    if (row.fault) return Invalid({{"4.4", "fields." + std::string(NameOf(row.fault->column)), row.fault->reason}});
    Recorder recorder(session, kPortal, {row.incoming.content.source_ref()});
    const Taken taken = recorder.Take(row.incoming);
    WriteSet set = recorder.Finish();
    set.audit.push_back({"import.rejection_resolved", "import_rejection", rejection->id(), "4.4", "", "OPEN", "RESOLVED"});
    Apply(session, set);
    static constexpr const char* kOutcomes[] = {"CREATED", "AMENDED", "WITHDRAWN", "DUPLICATE"};
    session.sql().exec_params(
        "update import_rejection set state = 'RESOLVED', version = version + 1, resolved_by = $2, resolved_at = $3::timestamptz, outcome = "
        "$4, "
        "incident_id = $5::uuid where id = $1::uuid",
        rejection->id(), call.actor.id, FormatInstant(session.now()), kOutcomes[static_cast<int>(taken.decision.outcome)],
        taken.incident_id);
    return *Load(session, request.id(), false);
  });
}

}  // namespace evenhand::incident
