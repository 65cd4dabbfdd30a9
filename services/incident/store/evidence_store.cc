#include "services/incident/store/evidence_store.h"

#include "services/incident/store/array_literal.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

constexpr char kColumns[] =
    "id, incident_id, version, state, name, content_type, size, sha256, distressing, uploaded_by, extract(epoch from uploaded_at)::bigint "
    "as uploaded, "
    "key_id, wrapped_key, scan_result, damaged_from";

HeldEvidence FromRow(const pqxx::row& row) {
  HeldEvidence held;
  v1::Evidence& e = held.evidence;
  e.set_id(row["id"].as<std::string>());
  e.set_incident_id(row["incident_id"].as<std::string>());
  e.set_etag(EtagOf(row["version"].as<std::int64_t>()));
  EvidenceState::Value state{};
  EvidenceState::Value_Parse(row["state"].as<std::string>(), &state);
  e.set_state(state);
  e.set_name(row["name"].as<std::string>());
  e.set_content_type(row["content_type"].as<std::string>());
  e.set_size(row["size"].as<std::int32_t>());
  e.set_sha256(row["sha256"].as<std::string>());
  e.set_distressing(row["distressing"].as<bool>());
  e.set_uploaded_by(row["uploaded_by"].as<std::string>());
  e.mutable_uploaded_at()->set_seconds(row["uploaded"].as<std::int64_t>());
  e.set_scan_result(row["scan_result"].as<std::string>());
  held.key_id = row["key_id"].as<std::string>();
  held.wrapped_key = pqxx::binarystring(row["wrapped_key"]).str();
  held.damaged_from = row["damaged_from"].as<std::string>();
  return held;
}

std::optional<HeldEvidence> First(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::string Select(const std::string& where) { return std::string("select ") + kColumns + " from evidence where " + where; }

}  // namespace

std::vector<v1::Evidence> LoadEvidence(Session& session, const std::string& incident_id) {
  std::vector<v1::Evidence> all;
  for (const auto& row : session.sql().exec_params(Select("incident_id = $1::uuid order by uploaded_at, id"), incident_id))
    all.push_back(FromRow(row).evidence);
  return all;
}

std::optional<HeldEvidence> FindEvidence(Session& session, const std::string& incident_id, const std::string& evidence_id) {
  if (!IsUuid(evidence_id)) return std::nullopt;
  return First(session.sql().exec_params(Select("incident_id = $1::uuid and id = $2::uuid"), incident_id, evidence_id));
}

std::vector<v1::Evidence> FindEvidenceByHash(Session& session, const std::string& incident_id, const std::string& sha256) {
  std::vector<v1::Evidence> same;
  for (const auto& row :
       session.sql().exec_params(Select("incident_id = $1::uuid and sha256 = $2 order by uploaded_at, id"), incident_id, sha256))
    same.push_back(FromRow(row).evidence);
  return same;
}

void InsertEvidence(Session& session, const HeldEvidence& held) {
  const v1::Evidence& e = held.evidence;
  session.sql().exec_params(
      "insert into evidence (id, version, incident_id, state, name, content_type, size, sha256, distressing, uploaded_by, uploaded_at, "
      "key_id, "
      "wrapped_key, scan_result) values ($1::uuid, 1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz, $11, $12, $13)",
      e.id(), e.incident_id(), EvidenceState::Value_Name(e.state()), e.name(), e.content_type(), e.size(), e.sha256(), e.distressing(),
      e.uploaded_by(), FormatInstant(session.now()), held.key_id, pqxx::binarystring(held.wrapped_key), e.scan_result());
}

void SetEvidenceState(Session& session, const std::string& evidence_id, EvidenceState::Value state, const std::string& scan_result) {
  session.sql().exec_params("update evidence set state = $2, scan_result = $3, version = version + 1 where id = $1::uuid", evidence_id,
                            EvidenceState::Value_Name(state), scan_result);
}

void MarkEvidenceDamaged(Session& session, const std::string& evidence_id) {
  session.sql().exec_params(
      "update evidence set damaged_from = state, state = 'DAMAGED', version = version + 1 where id = $1::uuid and state <> 'DAMAGED'",
      evidence_id);
}

void MarkEvidenceWhole(Session& session, const std::string& evidence_id, EvidenceState::Value state) {
  session.sql().exec_params(
      "update evidence set damaged_from = '', state = $2, version = version + 1 where id = $1::uuid and state = 'DAMAGED'", evidence_id,
      EvidenceState::Value_Name(state));
}

std::vector<HeldEvidence> WaitingEvidence(Session& session, int limit) {
  std::vector<HeldEvidence> waiting;
  for (const auto& row :
       session.sql().exec_params(Select("state = 'QUARANTINED' order by uploaded_at limit $1::int for update skip locked"), limit))
    waiting.push_back(FromRow(row));
  return waiting;
}

std::vector<HeldEvidence> EvidenceUnderOtherKeys(Session& session, const std::string& current, int limit) {
  std::vector<HeldEvidence> others;
  for (const auto& row : session.sql().exec_params(Select("key_id <> $1 order by id limit $2::int for update skip locked"), current, limit))
    others.push_back(FromRow(row));
  return others;
}

std::optional<HeldEvidence> NewestEvidence(Session& session) { return First(session.sql().exec(Select("true order by id desc limit 1"))); }

std::set<std::string> KnownEvidence(Session& session, const std::vector<std::string>& ids) {
  std::set<std::string> known;
  for (const auto& row : session.sql().exec_params("select id from evidence where id = any($1::uuid[])", TextArray(ids)))
    known.insert(row[0].as<std::string>());
  return known;
}

std::set<std::string> ErasedEvidence(Session& session, const std::vector<std::string>& ids) {
  std::set<std::string> erased;
  for (const auto& row : session.sql().exec_params("select subject_id from audit where subject_kind = 'evidence' and "
                                                   "action = 'evidence.erased' and subject_id = any($1::text[])",
                                                   TextArray(ids)))
    erased.insert(row[0].as<std::string>());
  return erased;
}

std::vector<std::string> EvidenceIdsAfter(Session& session, const std::string& id, int limit) {
  std::vector<std::string> ids;
  for (const auto& row : session.sql().exec_params(
           "select id from evidence where $1::text = '' or id > nullif($1::text, '')::uuid order by id limit $2::int", id, limit))
    ids.push_back(row[0].as<std::string>());
  return ids;
}

bool AnyEvidence(Session& session) { return session.sql().exec1("select exists (select from evidence)")[0].as<bool>(); }

std::string LifeOfDatabase(Session& session) {
  return session.sql()
      .exec1(
          "select concat_ws('.', (pg_control_system()).system_identifier, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), "
          "(select oid from pg_database where datname = current_database()), 'evidence'::regclass::oid)")[0]
      .as<std::string>();
}

void Rewrap(Session& session, const std::string& evidence_id, const std::string& key_id, const std::string& wrapped_key) {
  session.sql().exec_params("update evidence set key_id = $2, wrapped_key = $3 where id = $1::uuid", evidence_id, key_id,
                            pqxx::binarystring(wrapped_key));
}

std::vector<v1::Statement> LoadStatements(Session& session, const std::string& incident_id) {
  std::vector<v1::Statement> all;
  const auto rows = session.sql().exec_params(
      "select id, staff_id, text, recorded_by, extract(epoch from recorded_at)::bigint from statement where incident_id = $1::uuid order "
      "by recorded_at, id",
      incident_id);
  for (const auto& row : rows) {
    v1::Statement& statement = all.emplace_back();
    statement.set_id(row[0].as<std::string>());
    statement.set_incident_id(incident_id);
    statement.set_staff_id(row[1].as<std::string>());
    statement.set_text(row[2].as<std::string>());
    statement.set_recorded_by(row[3].as<std::string>());
    statement.mutable_recorded_at()->set_seconds(row[4].as<std::int64_t>());
  }
  return all;
}

void InsertStatement(Session& session, const v1::Statement& statement) {
  session.sql().exec_params(
      "insert into statement (id, incident_id, staff_id, text, recorded_by, recorded_at) values ($1::uuid, $2::uuid, $3, $4, $5, "
      "$6::timestamptz)",
      statement.id(), statement.incident_id(), statement.staff_id(), statement.text(), statement.recorded_by(),
      FormatInstant(session.now()));
}

}  // namespace evenhand::incident
