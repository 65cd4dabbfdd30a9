// A portal export on its way in: bytes to rows to batches, each batch one transaction, each row answered after the commit that holds it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "evenhand/incident/v1/import_service.pb.h"
#include "services/incident/app/dry_run.h"
#include "services/incident/app/neighbours.h"
#include "services/incident/domain/csv_reader.h"
#include "services/incident/domain/portal_columns.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

inline constexpr std::size_t kBatchRows = 500;               // one transaction
inline constexpr std::size_t kBatchBytes = 4 * 1024 * 1024;  // of text, so that memory does not depend on how long rows are

class Importer {
 public:
  // False when nobody listens any more: the import stops after the batch.
  using Answer = std::function<bool(const v1::ImportIncidentsRow&)>;

  Importer(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const Clock& clock, Answer answer);

  // A piece of the file. A refusal ends the import: no header, or the database is away; what was answered stays.
  std::optional<Refusal> Feed(std::string_view bytes);
  std::optional<Refusal> Finish();

 private:
  struct PendingRow {
    int number = 0;
    CsvRow row;
  };

  void TakeRow(CsvRow row);
  void TakeHeader(const CsvRow& row);
  void DecodeCells(CsvRow& row);
  std::optional<Refusal> StoreBatch();
  void Count(const v1::ImportIncidentsRow& row);
  void FinishSummary();

  UnitOfWork& work_;
  const Closure closure_;
  const Call& call_;
  const Clock& clock_;
  Answer answer_;
  CsvReader reader_;
  absl::Time started_;
  std::string start_;  // the first bytes, until it is known whether a byte order mark is there
  bool past_mark_ = false;
  bool header_seen_ = false;
  bool listening_ = true;
  HeaderMap header_;
  std::optional<Refusal> failed_;
  std::vector<PendingRow> batch_;
  std::size_t batch_bytes_ = 0;
  std::int64_t bytes_ = 0;
  int rows_ = 0;
  bool saw_utf8_ = false, saw_windows_1252_ = false;
  v1::ImportSummary summary_;
  DryRun dry_run_;
};

}  // namespace evenhand::incident
