// Rows of an import: what each means, and a batch of them taken in by one transaction.
#pragma once

#include <string>
#include <vector>

#include "evenhand/incident/v1/import_service.pb.h"
#include "services/incident/app/recorder.h"
#include "services/incident/domain/csv_reader.h"
#include "services/incident/domain/portal_row.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

// A row made ready: either a text to be taken in, or what refuses it.
struct ImportRow {
  v1::ImportIncidentsRow answer;  // line, row, record number, version, flags
  std::optional<RowFault> fault;
  Incoming incoming;
  PortalRow columns;  // as they were, for a refused row
};

// Pure: no database. `now` decides what lies in the future.
ImportRow Prepare(const HeaderMap& header, CsvRow row, int number, absl::Time now, const AreaDirectory& areas);
ImportRow PrepareColumns(PortalRow columns, absl::Time now, const AreaDirectory& areas);

// All rows in one transaction; the answers in their order, true once it has committed. With validateOnly nothing is kept.
Outcome<std::vector<v1::ImportIncidentsRow>> TakeBatch(UnitOfWork& work, const Closure& closure, const Call& call,
                                                       const std::string& system, const std::vector<ImportRow>& rows, DryRun* dry_run);

// The decoded known columns, each with its name: what a refused row is the same by, and what is kept of it.
std::string RowHash(const PortalRow& columns);
std::string ColumnsAsJson(const PortalRow& columns);
PortalRow ColumnsFromJson(const std::string& json);

}  // namespace evenhand::incident
