#include "services/incident/app/importer.h"

#include <algorithm>
#include <map>

#include "services/incident/app/import_batch.h"
#include "services/incident/domain/text_decoding.h"
#include "services/platform/base/canonical.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::incident {
namespace {

// Made at start, so that a nought shows; a row counts once its batch is kept.
void CountRow(v1::ImportOutcome::Value outcome) {
  static const auto counter = [](v1::ImportOutcome::Value value) -> prometheus::Counter* {
    return &CounterNamed("evenhand_import_rows_total", "Rows of imports by what became of them",
                         {{"outcome", v1::ImportOutcome::Value_Name(value)}});
  };
  static const std::map<v1::ImportOutcome::Value, prometheus::Counter*> counters = [] {
    std::map<v1::ImportOutcome::Value, prometheus::Counter*> made;
    for (int value = v1::ImportOutcome::CREATED; value <= v1::ImportOutcome::REJECTED; ++value) {
      const auto outcome = static_cast<v1::ImportOutcome::Value>(value);
      made[outcome] = counter(outcome);
    }
    return made;
  }();
  const auto found = counters.find(outcome);
  if (found != counters.end()) found->second->Increment();
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Importer::Importer(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const Clock& clock, Answer answer)
    : work_(work),
      closure_(neighbours.ClosureOf(call)),
      call_(call),
      clock_(clock),
      answer_(std::move(answer)),
      reader_([this](CsvRow row) { TakeRow(std::move(row)); }),
      started_(clock.Now()) {}

std::optional<Refusal> Importer::Feed(std::string_view bytes) {
  bytes_ += static_cast<std::int64_t>(bytes.size());
  if (!past_mark_) {
    start_.append(bytes);
    if (start_.size() < kByteOrderMark.size()) return failed_;
    past_mark_ = true;
    std::string_view text = start_;
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    reader_.Feed(text);
    start_.clear();
    return failed_;
  }
  // In slices, so that a batch is stored as soon as it is full.
  while (!bytes.empty() && !failed_) {
    const std::string_view slice = bytes.substr(0, 16 * 1024);
    reader_.Feed(slice);
    bytes.remove_prefix(slice.size());
  }
  return failed_;
}

std::optional<Refusal> Importer::Finish() {
  if (!past_mark_) reader_.Feed(start_);
  const bool cut = reader_.Finish();
  if (failed_) return failed_;
  if (!header_seen_) return Invalid({{"council rule", "body", "The file is empty: its first line must name the columns."}});
  if (auto no = StoreBatch()) return no;
  if (cut) summary_.set_cut_off(true);
  FinishSummary();
  return std::nullopt;
}

void Importer::TakeRow(CsvRow row) {
  if (failed_) return;
  DecodeCells(row);
  if (!header_seen_) return TakeHeader(row);
  // A row without any cell is no row: a blank line, or the commas that a spreadsheet leaves below its table.
  if (std::ranges::all_of(row.cells, [](const std::string& cell) { return CanonicalKey(cell).empty(); })) return;
  if (!row.terminated && row.cells.size() < header_.column_at.size()) summary_.set_cut_off(true);
  for (const std::string& cell : row.cells) batch_bytes_ += cell.size();
  batch_.push_back({++rows_, std::move(row)});
  if (batch_.size() >= kBatchRows || batch_bytes_ >= kBatchBytes) failed_ = StoreBatch();
}

void Importer::TakeHeader(const CsvRow& row) {
  header_seen_ = true;
  header_ = ReadHeader(row.cells);
  Refusals no;
  for (const std::string& column : header_.missing_vital)
    no.push_back({"council rule", column, "The file has no column " + column + ", without which no row can be taken in."});
  for (const std::string& column : header_.repeated) no.push_back({"council rule", column, "The column " + column + " is there twice."});
  if (!no.empty()) {
    failed_ = Invalid(std::move(no));
    return;
  }
  reader_.ExpectColumns(row.cells.size());
  for (const std::string& column : header_.unknown) summary_.add_unknown_columns(column);
  for (const std::string& column : header_.missing) summary_.add_missing_columns(column);
}

void Importer::DecodeCells(CsvRow& row) {
  bool utf8 = true, ascii = true;
  for (const std::string& cell : row.cells) {
    ascii = ascii && IsAscii(cell);
    utf8 = utf8 && IsUtf8(cell);
  }
  if (ascii) return;
  (utf8 ? saw_utf8_ : saw_windows_1252_) = true;
  if (utf8) return;
  for (std::string& cell : row.cells) cell = FromWindows1252(cell);
}

std::optional<Refusal> Importer::StoreBatch() {
  if (batch_.empty()) return std::nullopt;
  std::vector<ImportRow> rows;
  rows.reserve(batch_.size());
  for (PendingRow& pending : batch_) rows.push_back(Prepare(header_, std::move(pending.row), pending.number, clock_.Now(), *call_.areas));
  batch_.clear();
  batch_bytes_ = 0;
  auto answers = TakeBatch(work_, closure_, call_, kPortal, rows, call_.validate_only ? &dry_run_ : nullptr);
  if (!answers.ok()) return answers.refusal();
  for (const v1::ImportIncidentsRow& answer : *answers) {
    Count(answer);
    if (!call_.validate_only) CountRow(answer.outcome());
    if (listening_) listening_ = answer_(answer);
  }
  if (!listening_)
    return Refusal{.kind = RefusalKind::kUnavailable,
                   .reason = ErrorReason::UNAVAILABLE,
                   .clause = {},
                   .detail = "The caller left; what was answered is kept.",
                   .violations = {},
                   .other_id = {},
                   .other_reference = {}};
  return std::nullopt;
}

void Importer::Count(const v1::ImportIncidentsRow& row) {
  const auto add = [](auto get, auto set, v1::ImportSummary& summary) { (summary.*set)((summary.*get)() + 1); };
  using S = v1::ImportSummary;
  switch (row.outcome()) {
    case v1::ImportOutcome::CREATED:
      add(&S::created, &S::set_created, summary_);
      break;
    case v1::ImportOutcome::AMENDED:
      add(&S::amended, &S::set_amended, summary_);
      break;
    case v1::ImportOutcome::WITHDRAWN:
      add(&S::withdrawn, &S::set_withdrawn, summary_);
      break;
    case v1::ImportOutcome::DUPLICATE:
      add(&S::duplicates, &S::set_duplicates, summary_);
      break;
    case v1::ImportOutcome::REJECTED:
      add(&S::rejected, &S::set_rejected, summary_);
      break;
    case v1::ImportOutcome::IMPORT_OUTCOME_UNSPECIFIED:
      break;
  }
  if (row.text_differs()) add(&S::text_differs, &S::set_text_differs, summary_);
  for (const std::string& flag : row.flags()) ++(*summary_.mutable_flags())[flag];
}

void Importer::FinishSummary() {
  summary_.set_rows(rows_);
  // Presence, so that a nought shows.
  summary_.set_created(summary_.created());
  summary_.set_amended(summary_.amended());
  summary_.set_withdrawn(summary_.withdrawn());
  summary_.set_duplicates(summary_.duplicates());
  summary_.set_rejected(summary_.rejected());
  summary_.set_text_differs(summary_.text_differs());
  summary_.set_reconciled(rows_ ==
                          summary_.created() + summary_.amended() + summary_.withdrawn() + summary_.duplicates() + summary_.rejected());
  summary_.set_encoding(saw_windows_1252_ ? (saw_utf8_ ? "windows-1252 and UTF-8" : "windows-1252") : "UTF-8");
  summary_.set_validate_only(call_.validate_only);
  summary_.set_mebibytes(static_cast<std::int32_t>(bytes_ >> 20));
  summary_.set_seconds(absl::ToDoubleSeconds(clock_.Now() - started_));
  v1::ImportIncidentsRow last;
  *last.mutable_summary() = summary_;
  answer_(last);
}

}  // namespace evenhand::incident
