#include "services/incident/app/rejections.h"

#include <set>

#include <absl/strings/str_cat.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/import_batch.h"
#include "services/incident/app/importer.h"
#include "services/incident/app/position.h"
#include "services/incident/domain/change_rights.h"
#include "services/incident/store/incident_store.h"
#include "services/incident/store/visibility.h"
#include "services/platform/base/canonical.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"

namespace evenhand::incident {
namespace {

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

std::optional<v1::ImportRejection> Load(Session& session, const std::string& id, bool for_update) {
  if (!IsUuid(id)) return std::nullopt;
  const auto rows = session.sql().exec_params(std::string(kSelect) + "r.id = $1::uuid" + (for_update ? " for update of r" : ""), id);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

PortalRow RowOf(const v1::ImportRejection& r) {
  PortalRow columns;
  for (std::size_t i = 0; i < kColumnCount; ++i) columns.text[i] = r.fields().at(std::string(NameOf(static_cast<Column>(i))));
  return columns;
}

// A refused row holds what an incident holds, and opens to whom the incident would (12.4, 12.6).
Closeness RowCloseness(const Call& call, const PortalRow& row, bool staff_named) {
  Closeness c{.actor = call.actor};
  c.service_area = call.areas->Resolve(row[Column::kService]).value_or(row[Column::kService]);
  c.line_manager_id = CanonicalStaffNumber(row[Column::kLineManagerNo]);
  if (const std::string staff = CanonicalStaffNumber(row[Column::kEmployeeNo]); !staff.empty()) {
    c.affected = c.involved = {staff};
    const std::set<std::string> meant = StaffNumbersIn(staff);
    c.harmed.assign(meant.begin(), meant.end());
  }
  c.staff_named = staff_named;
  return c;
}

// As far as the row goes.
View::Value ViewOfRow(const Call& call, const v1::ImportRejection& r) {
  const Actor& actor = call.actor;
  if (actor.Has(Role::kPortal)) return View::FULL;
  const PortalRow row = RowOf(r);
  const StaffNamedRow named = IsStaffNamedRow(row, r.code());
  const View::Value open = ViewOf(RowCloseness(call, row, false)), closed = ViewOf(RowCloseness(call, row, true));
  if (named == StaffNamedRow::kNo || !ProtectionOn(Protection::kRejectionCircle)) return open;
  if (named == StaffNamedRow::kYes || !actor.Has(Role::kHealthSafetyAdviser)) return closed;
  return open;  // health and safety finds out what it was
}

// A row of a record that is held opens to whom that record opens, too.
View::Value ViewOfRejection(const Closure& closure, const Call& call, const v1::ImportRejection& r, const HeldIncident* held) {
  const View::Value row = ViewOfRow(call, r);
  if (held == nullptr || call.actor.Has(Role::kPortal)) return row;
  return std::min(row, ViewOf(incident::ClosenessOf(closure, call.actor, held->incident, held->director_stands_in)));
}

View::Value ViewOfRejection(Session& session, const Closure& closure, const v1::ImportRejection& r) {
  const auto held = FindBySource(session, SourceKey(kPortal), {RecordKey(r.record_no())});
  return ViewOfRejection(closure, session.call(), r, held.empty() ? nullptr : &held.begin()->second);
}

v1::ImportRejection Shown(v1::ImportRejection r, View::Value view) {
  if (view == View::FULL) return r;
  r.clear_fields();
  r.clear_incident_id();
  r.clear_incident_reference();
  return r;
}

Refusal MayNotRead() { return NotPermitted("12.4", "Only those who need to know may read this."); }

Refusals Mend(const v1::RetryImportRejectionRequest& request, PortalRow& columns) {
  Refusals no;
  for (const auto& [name, text] : request.fields()) {
    const HeaderMap map = ReadHeader({name});
    if (map.column_at[0] < 0)
      no.push_back({"council rule", "fields." + name, "There is no such column."});
    else
      columns.text[static_cast<std::size_t>(map.column_at[0])] = text;
  }
  return no;
}

// Which record and version a row is of is the portal's to say: nobody else moves a row onto another record, unless just that was at fault.
// And what gives a right in a row is changed by who decides on it, as in an incident (12.4).
Refusals RefusalsToMend(const Call& call, const v1::ImportRejection& r, const PortalRow& before, const PortalRow& after) {
  if (call.actor.Has(Role::kPortal)) return {};
  Refusals no;
  for (const Column column : {Column::kRecordNo, Column::kVersion}) {
    const std::string name(NameOf(column));
    if (before[column].empty() || RecordKey(before[column]) == RecordKey(after[column]) || r.column() == name) continue;
    no.push_back(
        {"council rule", "fields." + name, "Which record a row is of is not changed; the portal sends another row for another record."});
  }
  std::vector<std::string> rights;
  for (const Column column : {Column::kService, Column::kEmployeeNo, Column::kLineManagerNo, Column::kCategories, Column::kWitnesses})
    if (CanonicalKey(before[column]) != CanonicalKey(after[column])) rights.push_back("fields." + std::string(NameOf(column)));
  const bool named = IsStaffNamedRow(before, r.code()) == StaffNamedRow::kYes;
  for (Violation& one : RefusalsToChangeRights(rights, RowCloseness(call, before, named))) no.push_back(std::move(one));
  return no;
}

constexpr int kAtOnce = 500;     // rows read at once
constexpr int kMaxScan = 5'000;  // and looked through for one page

}  // namespace

Outcome<v1::ListImportRejectionsResponse> ListImportRejections(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                               const v1::ListImportRejectionsRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<v1::ListImportRejectionsResponse>(call, [&](Session& session) -> Outcome<v1::ListImportRejectionsResponse> {
    Query query;
    if (request.state() != 0) query.And("r.state = " + query.Bind(v1::ImportRejection::State::Value_Name(request.state())));
    if (!request.record_no().empty()) query.And("r.record_no = " + query.Bind(request.record_no()));
    if (!request.code().empty()) query.And("r.code = " + query.Bind(request.code()));
    const Page page = PageOf(request.page());
    std::string at = page.after;
    if (!at.empty() && !ReadPosition(at)) return NotOfThisList();
    v1::ListImportRejectionsResponse reply;
    const auto done = [&](bool more) {
      if (more) reply.set_next_page_token(at);
      session.Audit({"import.rejections_read", "import", std::to_string(reply.import_rejections_size()), "12.4", "", "", ""});
      return std::move(reply);
    };
    for (int scanned = 0;;) {
      Query after = query;
      if (const auto last = ReadPosition(at))
        after.And("(r.first_seen_at, r.id) > (" + after.Bind(last->time) + "::timestamptz, " + after.Bind(last->id) + "::uuid)");
      const std::string sql = kSelect + after.where + " order by r.first_seen_at, r.id limit " + std::to_string(kAtOnce);
      std::vector<v1::ImportRejection> rows;
      std::set<std::string> keys;
      for (const auto& row : session.sql().exec_params(sql, pqxx::prepare::make_dynamic_params(after.parameters))) {
        rows.push_back(FromRow(row));
        keys.insert(RecordKey(rows.back().record_no()));
      }
      const auto held = FindBySource(session, SourceKey(kPortal), keys);
      for (v1::ImportRejection& r : rows) {
        const auto record = held.find(RecordKey(r.record_no()));
        const View::Value view = ViewOfRejection(closure, call, r, record == held.end() ? nullptr : &record->second);
        if (view >= View::REFERENCE && static_cast<std::size_t>(reply.import_rejections_size()) == page.size) return done(/*more=*/true);
        at = PositionOf(TimeOf(r.first_seen_at()), r.id());
        if (view < View::REFERENCE) continue;
        *reply.add_import_rejections() = Shown(std::move(r), view);
      }
      scanned += static_cast<int>(rows.size());
      if (static_cast<int>(rows.size()) < kAtOnce) return done(/*more=*/false);
      if (scanned >= kMaxScan) return done(/*more=*/true);
    }
  });
}

Outcome<v1::ImportRejection> GetImportRejection(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                const v1::GetImportRejectionRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<v1::ImportRejection>(call, [&](Session& session) -> Outcome<v1::ImportRejection> {
    const auto rejection = Load(session, request.id(), false);
    if (!rejection) return NotFound("import rejection");
    const View::Value view = ViewOfRejection(session, closure, *rejection);
    if (view < View::REFERENCE) return MayNotRead();
    session.Audit({"import.rejection_read", "import_rejection", rejection->id(), "12.4", "", "", ""});
    return Shown(*rejection, view);
  });
}

Outcome<v1::ImportRejection> RetryImportRejection(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                  const v1::RetryImportRejectionRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Write<v1::ImportRejection>(call, [&](Session& session) -> Outcome<v1::ImportRejection> {
    const auto rejection = Load(session, request.id(), true);
    if (!rejection) return NotFound("import rejection");
    if (ViewOfRejection(session, closure, *rejection) != View::FULL) return MayNotRead();
    PortalRow columns = RowOf(*rejection);
    const PortalRow before = columns;
    Refusals wrong = Mend(request, columns);
    if (Refusals no = RefusalsToMend(call, *rejection, before, columns); !no.empty()) return NotPermitted(std::move(no));
    // The record that it would amend asks its own rights, before anything else is said of the row.
    ImportRow row = PrepareColumns(std::move(columns), session.now(), *session.call().areas);
    const std::string record_no = row.columns[Column::kRecordNo];
    Recorder recorder(session, closure, kPortal, Way::kPortalFile, {record_no});
    if (row.fault) row.incoming.content.set_source_ref(record_no);
    if (Refusals no = recorder.RefusalsToTake(row.incoming); !row.fault && !no.empty()) return NotPermitted(std::move(no));
    if (auto no = call.StaleAgainst(rejection->etag())) return *no;
    if (!wrong.empty()) return Invalid(std::move(wrong));
    if (rejection->state() != v1::ImportRejection::State::OPEN)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "This row was mended and taken in already.");
    if (row.fault) return Invalid({{"council rule", "fields." + std::string(NameOf(row.fault->column)), row.fault->reason}});
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
