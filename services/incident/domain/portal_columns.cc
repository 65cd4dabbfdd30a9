#include "services/incident/domain/portal_columns.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

namespace evenhand::incident {
namespace {

constexpr std::string_view kNames[kColumnCount] = {
    "RecordNo",    "Version",     "Status",        "IncidentDate", "IncidentTime", "ReportedDateTime", "Service",       "Team",
    "Location",    "UPRN",        "ContactMethod", "EmployeeNo",   "EmployeeName", "JobTitle",         "LineManagerNo", "PersonName",
    "PersonPhone", "PersonEmail", "PersonRef",     "Categories",   "ThreatTarget", "WarningGiven",     "ContactEnded",  "PoliceReported",
    "PoliceRef",   "WebLink",     "Witnesses",     "Injury",       "Description",  "ImmediateAction"};

constexpr Column kVital[] = {Column::kRecordNo, Column::kIncidentDate, Column::kIncidentTime, Column::kCategories};

std::string Trimmed(const std::string& text) { return std::string(absl::StripAsciiWhitespace(text)); }

int ColumnNamed(const std::string& name) {
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    if (absl::EqualsIgnoreCase(name, absl::string_view(kNames[i].data(), kNames[i].size()))) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

std::string_view NameOf(Column column) { return kNames[static_cast<std::size_t>(column)]; }

HeaderMap ReadHeader(const std::vector<std::string>& cells) {
  HeaderMap map;
  std::array<bool, kColumnCount> seen{};
  for (const std::string& cell : cells) {
    const std::string name = Trimmed(cell);
    int column = ColumnNamed(name);
    if (column >= 0 && seen[static_cast<std::size_t>(column)]) {
      map.repeated.push_back(name);
      column = -1;
    } else if (column >= 0) {
      seen[static_cast<std::size_t>(column)] = true;
    } else if (!name.empty()) {
      map.unknown.push_back(name);
    }
    map.column_at.push_back(column);
  }
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    if (!seen[i]) map.missing.emplace_back(kNames[i]);
  }
  for (const Column column : kVital) {
    if (!seen[static_cast<std::size_t>(column)]) map.missing_vital.emplace_back(NameOf(column));
  }
  return map;
}

PortalRow Arrange(const HeaderMap& header, std::vector<std::string> cells) {
  PortalRow row;
  for (std::size_t i = 0; i < cells.size() && i < header.column_at.size(); ++i) {
    if (header.column_at[i] >= 0) row.text[static_cast<std::size_t>(header.column_at[i])] = Trimmed(cells[i]);
  }
  return row;
}

}  // namespace evenhand::incident
