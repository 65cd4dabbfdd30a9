// The columns of the Health and Safety portal's export, in any order, with others among them.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace evenhand::incident {

enum class Column {
  kRecordNo,
  kVersion,
  kStatus,
  kIncidentDate,
  kIncidentTime,
  kReportedDateTime,
  kService,
  kTeam,
  kLocation,
  kUprn,
  kContactMethod,
  kEmployeeNo,
  kEmployeeName,
  kJobTitle,
  kLineManagerNo,
  kPersonName,
  kPersonPhone,
  kPersonEmail,
  kPersonRef,
  kCategories,
  kThreatTarget,
  kWarningGiven,
  kContactEnded,
  kPoliceReported,
  kPoliceRef,
  kWebLink,
  kWitnesses,
  kInjury,
  kDescription,
  kImmediateAction,
};
inline constexpr std::size_t kColumnCount = static_cast<std::size_t>(Column::kImmediateAction) + 1;

std::string_view NameOf(Column column);

// A row's known columns, decoded; "" where the file has no such column.
struct PortalRow {
  std::array<std::string, kColumnCount> text;
  const std::string& operator[](Column column) const { return text[static_cast<std::size_t>(column)]; }
  std::string& operator[](Column column) { return text[static_cast<std::size_t>(column)]; }
};

// Where each known column stands in a file.
struct HeaderMap {
  std::vector<int> column_at;  // for each cell its Column, -1 for a column nobody knows
  std::vector<std::string> unknown;
  std::vector<std::string> missing;        // known columns that are not there
  std::vector<std::string> missing_vital;  // of those, the ones without which no row can be taken
  std::vector<std::string> repeated;
};

HeaderMap ReadHeader(const std::vector<std::string>& cells);

// The known columns of a row, trimmed. Cells beyond the header are dropped.
PortalRow Arrange(const HeaderMap& header, std::vector<std::string> cells);

}  // namespace evenhand::incident
