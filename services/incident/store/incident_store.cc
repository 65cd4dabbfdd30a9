#include "services/incident/store/incident_store.h"

#include <absl/strings/str_format.h>

#include "services/incident/domain/source_rights.h"
#include "services/incident/store/array_literal.h"
#include "services/platform/base/canonical.h"
#include "services/platform/base/check.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

constexpr char kIncidentColumns[] = "id, version, cut_off, director_stands_in, from_source, document";

HeldIncident FromRow(const pqxx::row& row) {
  HeldIncident held;
  EVENHAND_CHECK(held.incident.ParseFromString(pqxx::binarystring(row["document"]).str()), "a kept incident must parse");
  held.version = row["version"].as<std::int64_t>();
  held.cut_off = row["cut_off"].as<bool>();
  held.director_stands_in = row["director_stands_in"].as<bool>();
  held.from_source = row["from_source"].as<bool>();
  held.incident.set_etag(EtagOf(held.version));
  return held;
}

absl::Time TimeOf(const google::protobuf::Timestamp& at) { return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos()); }

}  // namespace

std::string PendingPerson(const v1::Incident& incident) {
  return incident.link().state() == v1::PersonLink::State::UNCONFIRMED ? incident.link().person_id() : "";
}

std::optional<HeldIncident> LoadIncident(Session& session, const std::string& id_or_reference, bool for_update) {
  const std::string by = IsUuid(id_or_reference) ? "id = $1::uuid" : "reference = upper($1)";
  const auto rows = session.sql().exec_params(
      std::string("select ") + kIncidentColumns + " from incident where " + by + (for_update ? " for no key update" : ""), id_or_reference);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

namespace {

std::map<std::string, HeldIncident> BySource(Session& session, const std::string& source_key, const std::set<std::string>& ref_keys,
                                             const char* lock) {
  std::map<std::string, HeldIncident> found;
  const auto rows = session.sql().exec_params(
      std::string("select ref_key, ") + kIncidentColumns +
          " from incident where source_key = $1 and ref_key = any($2::text[]) order by ref_key collate \"C\"" + lock,
      source_key, TextArray(ref_keys));
  for (const auto& row : rows) found.emplace(row["ref_key"].as<std::string>(), FromRow(row));
  return found;
}

}  // namespace

std::map<std::string, HeldIncident> LockBySource(Session& session, const std::string& source_key, const std::set<std::string>& ref_keys) {
  return BySource(session, source_key, ref_keys, " for no key update");
}

std::map<std::string, HeldIncident> FindBySource(Session& session, const std::string& source_key, const std::set<std::string>& ref_keys) {
  return BySource(session, source_key, ref_keys, "");
}

std::map<std::string, std::set<std::string>> HarmedIn(Session& session, const std::vector<std::string>& incident_ids) {
  std::map<std::string, std::set<std::string>> harmed;
  if (incident_ids.empty()) return harmed;
  // What was put aside as the same happening is the same happening: nobody sheds it by another record of it.
  const auto rows = session.sql().exec_params(
      "select same.about, t.document from (select x as about, x as id from unnest($1::uuid[]) as x union select duplicate_of, id from "
      "incident where duplicate_of = any($1::uuid[]) union select id, duplicate_of from incident where id = any($1::uuid[]) and "
      "duplicate_of is not null) as same join incident_text t on t.incident_id = same.id",
      TextArray(incident_ids));
  for (const auto& row : rows) {
    v1::Incident text;
    EVENHAND_CHECK(text.ParseFromString(pqxx::binarystring(row[1]).str()), "a kept version must parse");
    for (const v1::StaffMember& one : text.staff()) {
      if (one.role() == v1::StaffMember::Role::AFFECTED && !one.staff_id().empty())
        harmed[row[0].as<std::string>()].merge(StaffNumbersIn(one.staff_id()));
    }
  }
  return harmed;
}

std::map<std::string, HeldTexts> LoadTexts(Session& session, const std::vector<std::string>& incident_ids) {
  std::map<std::string, HeldTexts> texts;
  if (incident_ids.empty()) return texts;
  const auto rows = session.sql().exec_params(
      "select incident_id, source_version, text_hash, kind from incident_version where incident_id = any($1::uuid[])",
      TextArray(incident_ids));
  for (const auto& row : rows) {
    HeldTexts& held = texts[row[0].as<std::string>()];
    ++held.count;
    held.texts.emplace(row[1].as<int>(), pqxx::binarystring(row[2]).str());
  }
  return texts;
}

std::map<std::string, std::vector<HeldFollowUp>> LoadFollowUps(Session& session, const std::vector<std::string>& incident_ids) {
  std::map<std::string, std::vector<HeldFollowUp>> found;
  if (incident_ids.empty()) return found;
  const auto rows = session.sql().exec_params(
      "select incident_id, version, staff_named, document from follow_up where incident_id = any($1::uuid[]) order by due_at, id",
      TextArray(incident_ids));
  for (const auto& row : rows) {
    HeldFollowUp held;
    EVENHAND_CHECK(held.follow_up.ParseFromString(pqxx::binarystring(row[3]).str()), "a kept follow-up must parse");
    held.version = row[1].as<std::int64_t>();
    held.staff_named = row[2].as<bool>();
    held.follow_up.set_etag(EtagOf(held.version));
    found[row[0].as<std::string>()].push_back(std::move(held));
  }
  return found;
}

std::vector<HeldFollowUp> FollowUpsOf(Session& session, const std::string& incident_id) {
  return std::move(LoadFollowUps(session, {incident_id})[incident_id]);
}

std::vector<v1::IncidentVersion> LoadVersions(Session& session, const std::string& incident_id) {
  std::vector<v1::IncidentVersion> versions;
  const auto rows = session.sql().exec_params(
      "select version, kind, source_version, extract(epoch from at)::float8, by_whom, reason, document from incident_version "
      "left join incident_text using (incident_id, version) where incident_id = $1::uuid order by version",
      incident_id);
  for (const auto& row : rows) {
    v1::IncidentVersion& version = versions.emplace_back();
    version.set_version(row[0].as<int>());
    v1::IncidentVersion::Kind::Value kind{};
    v1::IncidentVersion::Kind::Value_Parse(row[1].as<std::string>(), &kind);
    version.set_kind(kind);
    version.set_source_version(row[2].as<int>());
    version.mutable_at()->set_seconds(static_cast<std::int64_t>(row[3].as<double>()));
    version.set_by(row[4].as<std::string>());
    version.set_reason(row[5].as<std::string>());
    if (row[6].is_null()) continue;  // not kept (8.9)
    EVENHAND_CHECK(version.mutable_incident()->ParseFromString(pqxx::binarystring(row[6]).str()), "a kept version must parse");
    version.mutable_incident()->set_etag(EtagOf(version.version()));  // the one it had
  }
  return versions;
}

std::vector<std::string> NewReferences(Session& session, std::size_t count) {
  std::vector<std::string> references;
  if (count == 0) return references;
  const auto rows =
      session.sql().exec_params("select nextval('incident_reference') from generate_series(1, $1::int)", static_cast<int>(count));
  for (const auto& row : rows) {
    references.push_back(absl::StrFormat("INC-%d-%06d", DateOf(session.now()).year(), row[0].as<std::int64_t>()));
  }
  return references;
}

namespace {

// One array for each column of `incident`.
struct IncidentArrays {
  ArrayLiteral id, reference, version, state, system, ref, source_version, occurred, recorded, updated, by, channel, behaviours, area,
      manager, affected, involved, witnesses, link, person, pending, unknown, named, stands_in, subject, subject_manager, subject_area, cut,
      absence, document, source_key, ref_key, from_source, duplicate_of;

  void Add(const HeldIncident& held) {
    const v1::Incident& in = held.incident;
    id.Add(in.id());
    reference.Add(in.reference());
    version.Add(std::to_string(held.version));
    state.Add(v1::IncidentState::Value_Name(in.state()));
    system.Add(in.source_system());
    ref.Add(in.source_ref());
    source_version.Add(std::to_string(in.source_version()));
    occurred.Add(FormatInstant(TimeOf(in.occurred_at())));
    recorded.Add(FormatInstant(TimeOf(in.recorded_at())));
    updated.Add(FormatInstant(TimeOf(in.updated_at())));
    by.Add(in.recorded_by());
    channel.Add(Channel::Value_Name(in.channel()));
    AddPeople(in);
    link.Add(v1::PersonLink::State::Value_Name(in.link().state()));
    if (in.person_id().empty())
      person.AddNull();
    else
      person.Add(in.person_id());
    pending.Add(PendingPerson(in));
    unknown.Add(in.person_unknown() ? "t" : "f");
    stands_in.Add(held.director_stands_in ? "t" : "f");
    subject.Add(in.person().employee().staff_id());
    subject_manager.Add(in.person().employee().line_manager_id());
    const auto& employee = in.person().employee();
    subject_area.Add(CanonicalKey(employee.service_area()) + "|" + CanonicalKey(employee.team()));  // as visibility.cc asks
    cut.Add(held.cut_off ? "t" : "f");
    absence.Add(in.injury().injured() && !in.injury().absent_from().empty() && in.injury().absent_until().empty() &&
                        !in.injury().reportable()
                    ? "t"
                    : "f");
    source_key.Add(SourceKey(in.source_system()));
    ref_key.Add(RecordKey(in.source_ref()));
    from_source.Add(held.from_source ? "t" : "f");
    if (in.duplicate_of().empty())
      duplicate_of.AddNull();
    else
      duplicate_of.Add(in.duplicate_of());
    v1::Incident bare = in;
    bare.clear_etag();
    document.AddBytes(bare.SerializeAsString());
  }

  void AddPeople(const v1::Incident& in) {
    std::vector<std::string> hurt, all;
    const auto kinds = ListOf<Behaviour>(in.behaviours());
    const bool staff_named = std::ranges::find(kinds, Behaviour::NAMED_PUBLICLY) != kinds.end();
    for (const v1::StaffMember& one : in.staff()) {
      all.push_back(one.staff_id());
      if (one.role() == v1::StaffMember::Role::AFFECTED) hurt.push_back(one.staff_id());
    }
    behaviours.Add(TextArray(NamesOf<Behaviour>(kinds)));
    area.Add(in.service_area());
    manager.Add(in.line_manager_id());
    affected.Add(TextArray(hurt));
    involved.Add(TextArray(all));
    witnesses.Add(TextArray(in.witnesses()));
    named.Add(staff_named ? "t" : "f");
  }
};

// Lists travel inside an array as text and become text[] in the statement.
constexpr char kUnnest[] =
    " from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::int[], $8::timestamptz[], "
    "$9::timestamptz[], "
    "$10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], "
    "$19::text[], "
    "$20::uuid[], $21::bool[], $22::bool[], $23::bool[], $24::text[], $25::text[], $26::text[], $27::bool[], $28::bool[], $29::bytea[], "
    "$30::text[], $31::text[], $32::text[], $33::bool[], $34::uuid[]) "
    "as n(id, reference, version, state, source_system, source_ref, source_version, occurred_at, recorded_at, updated_at, recorded_by, "
    "channel, "
    "behaviours, service_area, line_manager_id, affected, involved, witnesses, link_state, person_id, person_unknown, staff_named, "
    "director_stands_in, subject_staff_id, subject_manager_id, subject_area, cut_off, absence_lasts, document, person_pending, source_key, "
    "ref_key, from_source, duplicate_of)";

pqxx::result ExecIncidents(Session& session, const std::string& sql, const IncidentArrays& a) {
  return session.sql().exec_params(
      sql, a.id.Done(), a.reference.Done(), a.version.Done(), a.state.Done(), a.system.Done(), a.ref.Done(), a.source_version.Done(),
      a.occurred.Done(), a.recorded.Done(), a.updated.Done(), a.by.Done(), a.channel.Done(), a.behaviours.Done(), a.area.Done(),
      a.manager.Done(), a.affected.Done(), a.involved.Done(), a.witnesses.Done(), a.link.Done(), a.person.Done(), a.unknown.Done(),
      a.named.Done(), a.stands_in.Done(), a.subject.Done(), a.subject_manager.Done(), a.subject_area.Done(), a.cut.Done(), a.absence.Done(),
      a.document.Done(), a.pending.Done(), a.source_key.Done(), a.ref_key.Done(), a.from_source.Done(), a.duplicate_of.Done());
}

void InsertIncidents(Session& session, const std::vector<HeldIncident>& held) {
  if (held.empty()) return;
  IncidentArrays arrays;
  for (const HeldIncident& one : held) arrays.Add(one);
  const auto result = ExecIncidents(
      session,
      std::string(
          "insert into incident (id, reference, version, state, source_system, source_ref, source_version, occurred_at, recorded_at, "
          "updated_at, recorded_by, channel, behaviours, service_area, line_manager_id, affected, involved, witnesses, link_state, "
          "person_id, "
          "person_unknown, staff_named, director_stands_in, subject_staff_id, subject_manager_id, subject_area, cut_off, absence_lasts, "
          "document, person_pending, source_key, ref_key, from_source, duplicate_of) "
          "select id, reference, version, state, source_system, source_ref, source_version, occurred_at, recorded_at, updated_at, "
          "recorded_by, "
          "channel, behaviours::text[], service_area, line_manager_id, affected::text[], involved::text[], witnesses::text[], link_state, "
          "person_id, person_unknown, staff_named, director_stands_in, subject_staff_id, subject_manager_id, subject_area, cut_off, "
          "absence_lasts, document, person_pending, source_key, ref_key, from_source, duplicate_of") +
          kUnnest + " order by ref_key collate \"C\" on conflict do nothing",
      arrays);
  // Another importer was first with one of them: the unit of work rolls back, looks again and finds it.
  if (result.affected_rows() != held.size()) throw pqxx::serialization_failure("a source's record was just made by somebody else");
}

void UpdateIncidents(Session& session, const std::vector<HeldIncident>& held) {
  if (held.empty()) return;
  IncidentArrays arrays;
  for (const HeldIncident& one : held) arrays.Add(one);
  ExecIncidents(
      session,
      std::string(
          "update incident i set version = n.version, state = n.state, source_version = n.source_version, occurred_at = n.occurred_at, "
          "updated_at = n.updated_at, channel = n.channel, behaviours = n.behaviours::text[], service_area = n.service_area, "
          "line_manager_id = n.line_manager_id, affected = n.affected::text[], involved = n.involved::text[], "
          "witnesses = n.witnesses::text[], link_state = n.link_state, person_id = n.person_id, person_unknown = n.person_unknown, "
          "staff_named = n.staff_named, director_stands_in = n.director_stands_in, subject_staff_id = n.subject_staff_id, "
          "subject_manager_id = n.subject_manager_id, subject_area = n.subject_area, cut_off = n.cut_off, "
          "absence_lasts = n.absence_lasts, document = n.document, person_pending = n.person_pending, from_source = n.from_source, "
          "duplicate_of = n.duplicate_of") +
          kUnnest + " where i.id = n.id",
      arrays);
}

void InsertVersions(Session& session, const std::vector<VersionRow>& versions) {
  if (versions.empty()) return;
  ArrayLiteral id, number, kind, source_version, by, reason, hash, document;
  for (const VersionRow& row : versions) {
    id.Add(row.incident_id);
    number.Add(std::to_string(row.version));
    kind.Add(v1::IncidentVersion::Kind::Value_Name(row.kind));
    source_version.Add(std::to_string(row.source_version));
    by.Add(row.by);
    reason.Add(row.reason);
    hash.AddBytes(row.text_hash);
    document.AddBytes(row.document);
  }
  session.sql().exec_params(
      "insert into incident_version (incident_id, version, kind, source_version, at, by_whom, reason, text_hash) "
      "select n.id, n.version, n.kind, n.source_version, $8::timestamptz, n.by_whom, n.reason, n.hash from unnest($1::uuid[], "
      "$2::bigint[], $3::text[], $4::int[], $5::text[], $6::text[], $7::bytea[]) as n(id, version, kind, source_version, by_whom, reason, "
      "hash)",
      id.Done(), number.Done(), kind.Done(), source_version.Done(), by.Done(), reason.Done(), hash.Done(), FormatInstant(session.now()));
  session.sql().exec_params(
      "insert into incident_text (incident_id, version, document) select * from unnest($1::uuid[], $2::bigint[], $3::bytea[])", id.Done(),
      number.Done(), document.Done());
}

struct FollowUpArrays {
  ArrayLiteral id, version, incident, kind, state, staff, detail, owner, role, area, named, opened, due, escalated, closed, outcome,
      document;

  void Add(const HeldFollowUp& held) {
    const v1::FollowUp& f = held.follow_up;
    id.Add(f.id());
    version.Add(std::to_string(held.version));
    incident.Add(f.incident_id());
    kind.Add(FollowUpKind::Value_Name(f.kind()));
    state.Add(v1::FollowUp::State::Value_Name(f.state()));
    staff.Add(f.staff_id());
    detail.Add(f.detail());
    owner.Add(f.owner());
    role.Add(f.owner_role());
    area.Add(f.service_area());
    named.Add(held.staff_named ? "t" : "f");
    opened.Add(FormatInstant(TimeOf(f.opened_at())));
    due.Add(FormatInstant(TimeOf(f.due_at())));
    if (f.has_escalated_at())
      escalated.Add(FormatInstant(TimeOf(f.escalated_at())));
    else
      escalated.AddNull();
    if (f.has_closed_at())
      closed.Add(FormatInstant(TimeOf(f.closed_at())));
    else
      closed.AddNull();
    outcome.Add(f.outcome() == FollowUpOutcome::OUTCOME_UNSPECIFIED ? "" : FollowUpOutcome::Value_Name(f.outcome()));
    v1::FollowUp bare = f;
    bare.clear_etag();
    bare.clear_late();
    bare.clear_mine();
    document.AddBytes(bare.SerializeAsString());
  }
};

constexpr char kFollowUpUnnest[] =
    " from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], "
    "$10::text[], "
    "$11::bool[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::bytea[]) as n(id, "
    "version, "
    "incident_id, kind, state, staff_id, detail, owner, owner_role, service_area, staff_named, opened_at, due_at, escalated_at, closed_at, "
    "outcome, document)";

void ExecFollowUps(Session& session, const std::string& sql, const std::vector<HeldFollowUp>& held) {
  if (held.empty()) return;
  FollowUpArrays a;
  for (const HeldFollowUp& one : held) a.Add(one);
  session.sql().exec_params(sql, a.id.Done(), a.version.Done(), a.incident.Done(), a.kind.Done(), a.state.Done(), a.staff.Done(),
                            a.detail.Done(), a.owner.Done(), a.role.Done(), a.area.Done(), a.named.Done(), a.opened.Done(), a.due.Done(),
                            a.escalated.Done(), a.closed.Done(), a.outcome.Done(), a.document.Done());
}

void WriteFollowUps(Session& session, const WriteSet& set) {
  ExecFollowUps(
      session,
      std::string("insert into follow_up (id, version, incident_id, kind, state, staff_id, detail, owner, owner_role, service_area, "
                  "staff_named, opened_at, due_at, escalated_at, closed_at, outcome, document) select n.*") +
          kFollowUpUnnest,
      set.new_follow_ups);
  ExecFollowUps(session,
                std::string("update follow_up f set version = n.version, state = n.state, owner = n.owner, owner_role = n.owner_role, "
                            "service_area = n.service_area, staff_named = n.staff_named, due_at = n.due_at, escalated_at = n.escalated_at, "
                            "closed_at = n.closed_at, outcome = n.outcome, document = n.document") +
                    kFollowUpUnnest + " where f.id = n.id",
                set.changed_follow_ups);
}

void WriteRejections(Session& session, const std::vector<RejectionRow>& rejections) {
  if (rejections.empty()) return;
  ArrayLiteral id, hash, record_no, line, column, code, reason, area, fields;
  std::set<std::string> once;  // the same row twice in one file is one rejection, met twice
  for (const RejectionRow& row : rejections) {
    if (!once.insert(row.row_hash).second) continue;
    id.Add(row.id);
    hash.AddBytes(row.row_hash);
    record_no.Add(row.record_no);
    line.Add(std::to_string(row.line));
    column.Add(row.column);
    code.Add(row.code);
    reason.Add(row.reason);
    area.Add(row.service_area);
    fields.Add(row.fields_json);
  }
  session.sql().exec_params(
      "insert into import_rejection (id, row_hash, state, record_no, line, column_name, code, reason, service_area, fields, first_seen_at, "
      "last_seen_at) "
      "select n.id, n.row_hash, 'OPEN', n.record_no, n.line, n.column_name, n.code, n.reason, n.service_area, n.fields::jsonb, "
      "$10::timestamptz, $10::timestamptz "
      "from unnest($1::uuid[], $2::bytea[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) "
      "as n(id, row_hash, record_no, line, column_name, code, reason, service_area, fields) order by n.row_hash "
      "on conflict (row_hash) do update set last_seen_at = excluded.last_seen_at, times_seen = import_rejection.times_seen + 1",
      id.Done(), hash.Done(), record_no.Done(), line.Done(), column.Done(), code.Done(), reason.Done(), area.Done(), fields.Done(),
      FormatInstant(session.now()));
}

}  // namespace

void NoteReaders(Session& session, const std::vector<const v1::Incident*>& shown) {
  if (shown.empty()) return;
  ArrayLiteral ids, people;
  for (const v1::Incident* one : shown) {
    ids.Add(one->id());
    people.Add(one->person_id());
  }
  session.sql().exec_params(
      "insert into incident_reader (incident_id, staff_id, person_id, first_read_at) select n.id, $3, n.person, $4::timestamptz from "
      "unnest($1::uuid[], $2::text[]) as n(id, person) where not exists (select from incident_reader r where r.incident_id = n.id and "
      "r.staff_id = $3 and r.person_id = n.person) order by 1 on conflict do nothing",
      ids.Done(), people.Done(), session.actor().id, FormatInstant(session.now()));
}

void Apply(Session& session, const WriteSet& set) {
  InsertIncidents(session, set.inserts);
  UpdateIncidents(session, set.updates);
  InsertVersions(session, set.versions);
  WriteFollowUps(session, set);
  WriteRejections(session, set.rejections);
  session.AuditAll(set.audit);
  session.EmitAll(set.events);
}

}  // namespace evenhand::incident
