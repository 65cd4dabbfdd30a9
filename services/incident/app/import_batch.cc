#include "services/incident/app/import_batch.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sodium.h>

#include "services/incident/app/handles.h"
#include "services/incident/app/portal_incident.h"
#include "services/platform/base/uuid.h"
#include "services/platform/rpc/canonical_fields.h"

namespace evenhand::incident {
namespace {

std::string HexId(const std::string& hash) {
  // The rejection's id follows from the row, so that the same row answers the same id without asking the database.
  std::string id = "00000000-0000-8000-8000-000000000000";
  static constexpr char kHex[] = "0123456789abcdef";
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (id[i] == '-' || i == 14 || i == 19) continue;
    const auto byte = static_cast<unsigned char>(hash[nibble / 2]);
    id[i] = kHex[nibble % 2 == 0 ? byte >> 4 : byte & 15];
    ++nibble;
  }
  return id;
}

void Refuse(const ImportRow& row, const RowFault& fault, WriteSet& set, v1::ImportIncidentsRow& answer) {
  const std::string hash = RowHash(row.columns);
  answer.set_outcome(v1::ImportOutcome::REJECTED);
  answer.set_column(std::string(NameOf(fault.column)));
  answer.set_code(fault.code);
  answer.set_reason(fault.reason);
  answer.set_rejection_id(HexId(hash));
  set.rejections.push_back({HexId(hash), hash, row.columns[Column::kRecordNo], answer.column(), fault.code, fault.reason,
                            row.columns[Column::kService], ColumnsAsJson(row.columns), answer.line()});
}

void Say(const Taken& taken, v1::ImportIncidentsRow& answer) {
  switch (taken.decision.outcome) {
    case Becomes::kCreated:
      answer.set_outcome(v1::ImportOutcome::CREATED);
      break;
    case Becomes::kAmended:
      answer.set_outcome(v1::ImportOutcome::AMENDED);
      break;
    case Becomes::kWithdrawn:
      answer.set_outcome(v1::ImportOutcome::WITHDRAWN);
      break;
    case Becomes::kDuplicate:
      answer.set_outcome(v1::ImportOutcome::DUPLICATE);
      break;
  }
  answer.set_text_differs(taken.decision.text_differs);
  if (taken.reference.empty()) return;  // a dry run's new record has no id yet
  answer.set_incident_id(taken.incident_id);
  answer.set_reference(taken.reference);
}

// Runs in the transaction; the answers leave through a message, since that is what a unit of work hands out.
std::vector<v1::ImportIncidentsRow> TakeIn(Session& session, const Closure& closure, const std::string& system,
                                           const std::vector<ImportRow>& rows, DryRun* dry_run) {
  std::set<std::string> refs;
  for (const ImportRow& row : rows) {
    if (!row.fault) refs.insert(row.incoming.content.source_ref());
  }
  Recorder recorder(session, closure, system, Way::kPortalFile, refs, dry_run);
  std::vector<v1::ImportIncidentsRow> answers;
  answers.reserve(rows.size());
  WriteSet refused;
  for (const ImportRow& row : rows) {
    v1::ImportIncidentsRow& answer = answers.emplace_back(row.answer);
    std::optional<RowFault> fault = row.fault;
    // A record whose circle the importer is not of is the portal's own to send: nothing is said of it but that.
    if (!fault && !recorder.RefusalsToTake(row.incoming).empty())
      fault = RowFault{"NOT_YOURS_TO_AMEND", Column::kRecordNo, "A later version of this record comes from the portal itself."};
    if (fault)
      Refuse(row, *fault, refused, answer);
    else
      Say(recorder.Take(row.incoming), answer);
  }
  if (dry_run != nullptr) return answers;
  WriteSet set = recorder.Finish();
  set.rejections = std::move(refused.rejections);
  if (!set.rejections.empty())
    set.audit.push_back({"import.rows_rejected", "import", std::to_string(set.rejections.size()), "4.4", "", "", ""});
  Apply(session, set);
  return answers;
}

}  // namespace

ImportRow PrepareColumns(PortalRow columns, absl::Time now, const AreaDirectory& areas) {
  ImportRow ready;
  ready.columns = std::move(columns);
  ready.answer.set_record_no(ready.columns[Column::kRecordNo]);
  auto meaning = Interpret(ready.columns, now);
  if (const auto* fault = std::get_if<RowFault>(&meaning)) {
    ready.fault = *fault;
    return ready;
  }
  const PortalRecord& record = std::get<PortalRecord>(meaning);
  ready.answer.set_version(record.version);
  ready.incoming.content = FromPortal(ready.columns, record);
  Canonicalise(&ready.incoming.content, &areas);
  FlagArea(areas, ready.incoming.content);
  FlagHandles(ready.incoming.content);
  for (const v1::Flag& flag : ready.incoming.content.flags()) ready.answer.add_flags(flag.code());
  return ready;
}

ImportRow Prepare(const HeaderMap& header, CsvRow row, int number, absl::Time now, const AreaDirectory& areas) {
  const bool cut = !row.terminated && row.cells.size() < header.column_at.size();
  const bool shifted = row.cells.size() > header.column_at.size();
  // "HS-10" at the very end of a file may be the beginning of "HS-1005": half a number would make a record that does not exist.
  const bool half_number = !row.terminated && !header.column_at.empty() && header.column_at.back() == static_cast<int>(Column::kRecordNo);
  const int line = row.line;
  const bool broken = row.broken, terminated = row.terminated;
  ImportRow ready;
  if (broken || cut || shifted || half_number) {
    ready.columns = Arrange(header, std::move(row.cells));
    ready.answer.set_record_no(ready.columns[Column::kRecordNo]);
    if (broken)
      ready.fault = RowFault{"QUOTE_LEFT_OPEN", Column::kRecordNo, "A quote was opened and not closed, so where the cells end is unknown."};
    else if (cut)
      ready.fault = RowFault{"ROW_CUT_OFF", Column::kRecordNo, "The file ended in the middle of this row; send it again whole."};
    else if (half_number && !shifted)
      ready.fault =
          RowFault{"ROW_CUT_OFF", Column::kRecordNo,
                   "The file ended with this record number, which may be a part of it; send it again with a line end, or retry it."};
    else
      ready.fault = RowFault{"TOO_MANY_CELLS", Column::kRecordNo, "The row has more cells than the header has columns."};
  } else {
    ready = PrepareColumns(Arrange(header, std::move(row.cells)), now, areas);
    ready.incoming.cut_off = !terminated;
  }
  ready.answer.set_line(line);
  ready.answer.set_row(number);
  return ready;
}

Outcome<std::vector<v1::ImportIncidentsRow>> TakeBatch(UnitOfWork& work, const Closure& closure, const Call& call,
                                                       const std::string& system, const std::vector<ImportRow>& rows, DryRun* dry_run) {
  std::vector<v1::ImportIncidentsRow> answers;
  const auto done = work.Write<v1::ImportSummary>(call, [&](Session& session) -> Outcome<v1::ImportSummary> {
    answers = TakeIn(session, closure, system, rows, dry_run);
    return v1::ImportSummary();
  });
  if (!done.ok()) return done.refusal();
  return answers;
}

std::string RowHash(const PortalRow& columns) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const std::string& text : columns.text) {
    const std::string framed = std::to_string(text.size()) + ":" + text;
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(framed.data()), framed.size());
  }
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

std::string ColumnsAsJson(const PortalRow& columns) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> json(text);
  json.StartObject();
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    const std::string_view name = NameOf(static_cast<Column>(i));
    json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    json.String(columns.text[i].data(), static_cast<rapidjson::SizeType>(columns.text[i].size()));
  }
  json.EndObject();
  return text.GetString();
}

PortalRow ColumnsFromJson(const std::string& json) {
  PortalRow columns;
  rapidjson::Document document;
  document.Parse(json.c_str());
  for (std::size_t i = 0; i < kColumnCount && document.IsObject(); ++i) {
    const auto found = document.FindMember(std::string(NameOf(static_cast<Column>(i))).c_str());
    if (found != document.MemberEnd() && found->value.IsString()) columns.text[i] = found->value.GetString();
  }
  return columns;
}

}  // namespace evenhand::incident
