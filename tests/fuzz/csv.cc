// The portal's export: any bytes, fed in any pieces, give the same rows; rows that are written as RFC 4180 says are read back; what a
// row means can always be kept in a database that takes UTF-8 alone.
#include <string>
#include <string_view>
#include <vector>

#include "services/incident/domain/csv_reader.h"
#include "services/incident/domain/portal_columns.h"
#include "services/incident/domain/portal_row.h"
#include "services/incident/domain/text_decoding.h"
#include "services/platform/base/local_date.h"
#include "tests/fuzz/claim.h"

namespace evenhand::fuzz {
namespace {

using incident::CsvReader;
using incident::CsvRow;

std::vector<CsvRow> Read(std::string_view text, std::size_t piece, bool know_columns) {
  std::vector<CsvRow> rows;
  CsvReader* asked = nullptr;
  CsvReader reader([&](CsvRow row) {
    if (rows.empty() && know_columns) asked->ExpectColumns(row.cells.size());  // as the import does on the header
    rows.push_back(std::move(row));
  });
  asked = &reader;
  for (std::size_t at = 0; at < text.size(); at += piece) reader.Feed(text.substr(at, piece));
  reader.Finish();
  return rows;
}

bool Same(const std::vector<CsvRow>& one, const std::vector<CsvRow>& other) {
  if (one.size() != other.size()) return false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i].line != other[i].line || one[i].cells != other[i].cells || one[i].broken != other[i].broken) return false;
  }
  return true;
}

int LinesOf(std::string_view text) {
  int lines = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) ++lines;
  }
  return lines;
}

void AnyPiecesTheSameRows(std::string_view text) {
  const auto whole = Read(text, text.size() + 1, true);
  Claim(Same(whole, Read(text, 1, true)), "pieces of one byte give the same rows");
  Claim(Same(whole, Read(text, 7, true)), "pieces of seven bytes give the same rows");
  int before = 0;
  for (const CsvRow& row : whole) {
    Claim(!row.cells.empty(), "a row has a cell");
    Claim(row.line > before, "rows come in the order of the file", std::to_string(row.line), std::to_string(before));
    Claim(row.line <= LinesOf(text), "a row begins inside the file", std::to_string(row.line), std::to_string(LinesOf(text)));
    before = row.line;
  }
}

std::string Quoted(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

// The cells that were read, written down in the strict form, are read again.
void RoundTrip(std::string_view text) {
  std::string written;
  std::vector<std::vector<std::string>> cells;
  for (CsvRow& row : Read(text, text.size() + 1, false)) {
    std::size_t bytes = 0, lines = 0;
    for (const std::string& cell : row.cells) {
      bytes += 2 * cell.size() + 3;
      for (const char c : cell) lines += c == '\n' ? 1 : 0;
    }
    if (bytes >= incident::kMaxRecordBytes || lines > incident::kMaxRecordLines) return;
    for (std::size_t i = 0; i < row.cells.size(); ++i) written += (i == 0 ? "" : ",") + Quoted(row.cells[i]);
    written += "\r\n";
    cells.push_back(std::move(row.cells));
  }
  const auto again = Read(written, 5, false);
  Claim(again.size() == cells.size(), "as many rows come back", written);
  for (std::size_t i = 0; i < again.size(); ++i) {
    Claim(again[i].cells == cells[i], "the cells come back", written);
    Claim(!again[i].broken, "a strict row is whole", written);
  }
}

std::string Decoded(const std::string& cell) { return incident::IsUtf8(cell) ? cell : incident::FromWindows1252(cell); }

void Means(std::string_view text) {
  const absl::Time now = absl::FromCivil(absl::CivilDay(2026, 11, 2), London());
  std::optional<incident::HeaderMap> header;
  for (CsvRow& row : Read(text, text.size() + 1, true)) {
    for (std::string& cell : row.cells) {
      cell = Decoded(cell);
      Claim(incident::IsUtf8(cell), "a cell is UTF-8 without U+0000", cell);
    }
    if (!header) {
      header = incident::ReadHeader(row.cells);
      continue;
    }
    const auto meant = incident::Interpret(incident::Arrange(*header, std::move(row.cells)), now);
    if (const auto* record = std::get_if<incident::PortalRecord>(&meant)) {
      Claim(!record->record_no.empty() && record->version >= 1 && !record->behaviours.empty(), "a record has number, version, category");
      Claim(record->occurred_at <= now, "nothing happens in the future");
      for (const std::string& witness : record->witnesses)
        Claim(!witness.empty() && incident::IsUtf8(witness), "a witness has a name", witness);
    }
  }
}

}  // namespace
}  // namespace evenhand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  evenhand::fuzz::AnyPiecesTheSameRows(text);
  evenhand::fuzz::RoundTrip(text);
  evenhand::fuzz::Means(text);
  return 0;
}
