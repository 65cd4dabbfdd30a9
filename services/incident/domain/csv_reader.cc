#include "services/incident/domain/csv_reader.h"

#include <algorithm>

namespace evenhand::incident {

void CsvReader::Feed(std::string_view bytes) {
  for (const char c : bytes) {
    saved_ = std::min(kMostSaved, saved_ + kRereadPerByte);  // byte by byte, so that pieces of any size read the same
    Step(c);
    if (!replay_.empty()) ReadAgain();
  }
}

// A loop and not a call in a call: a record within a record within a record holds nothing more than the first.
void CsvReader::ReadAgain() {
  while (replay_at_ < replay_.size()) Step(replay_[replay_at_++]);
  replay_.clear();
  replay_at_ = 0;
}

void CsvReader::Step(char c) {
  if (after_cr_) {
    after_cr_ = false;
    if (c == '\n') return;  // CRLF ended the row at its CR
  }
  const bool line_end = c == '\n' || c == '\r';
  if (line_end && at_ != At::kQuoted) {
    ++line_;
    after_cr_ = c == '\r';
    if (raw_.empty()) {
      first_line_ = line_;
      return;  // an empty line is no row
    }
    EndCell();
    EndRecord(c);
    return;
  }
  raw_ += c;
  if (c == '\n') ++line_;
  switch (at_) {
    case At::kCellStart:
      if (c == '"')
        at_ = At::kQuoted;
      else if (c == ',')
        EndCell();
      else {
        cell_ += c;
        at_ = At::kPlain;
      }
      break;
    case At::kPlain:
      if (c == ',')
        EndCell();
      else
        cell_ += c;
      break;
    case At::kQuoted:
      if (c == '"')
        at_ = At::kQuoteInQuoted;
      else if (c != '\r')
        cell_ += c;  // a quoted CRLF is a newline of the text
      break;
    case At::kQuoteInQuoted:
      if (c == '"') {
        cell_ += '"';
        at_ = At::kQuoted;
      } else if (c == ',')
        EndCell();
      else {
        malformed_ = true;
        cell_ += c;
        at_ = At::kPlain;
      }
      break;
  }
  if (raw_.size() >= kMaxRecordBytes || line_ - first_line_ > kMaxRecordLines) {
    malformed_ = true;
    EndCell();
    EndRecord(std::nullopt);
  }
}

void CsvReader::EndCell() {
  cells_.push_back(std::move(cell_));
  cell_.clear();
  at_ = At::kCellStart;
}

bool CsvReader::SwallowedOthers() const {
  if (expected_ < 2 || raw_.find('\n') == std::string::npos) return false;
  const bool too_many = cells_.size() > expected_;
  const bool too_few = cells_.size() < expected_;
  if (!malformed_ && !too_many && !too_few) return false;
  // Only where a later line could be a row of its own; a text of several lines stays one text.
  for (std::size_t start = raw_.find('\n') + 1; start < raw_.size();) {
    const std::size_t end = std::min(raw_.find('\n', start), raw_.size());
    const auto commas = std::count(raw_.begin() + static_cast<std::ptrdiff_t>(start), raw_.begin() + static_cast<std::ptrdiff_t>(end), ',');
    if (static_cast<std::size_t>(commas) + 1 >= expected_) return true;
    start = end + 1;
  }
  return false;
}

void CsvReader::EndRecord(std::optional<char> line_end) {
  if (SwallowedOthers()) return ReadAgainAfterFirstLine(line_end);
  const bool too_big = raw_.size() >= kMaxRecordBytes || line_ - first_line_ > kMaxRecordLines;
  Emit(true, too_big);
}

// Where its cells end is unknown; split at the commas, so that whoever mends it sees them.
void CsvReader::EmitBroken(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  cells_.clear();
  for (std::size_t start = 0; start <= line.size();) {
    const std::size_t end = std::min(line.find(',', start), line.size());
    cells_.emplace_back(line.substr(start, end - start));
    start = end + 1;
  }
  CsvRow row{first_line_, std::move(cells_), true, true};
  cells_.clear();
  sink_(std::move(row));
}

// The first line is the broken row; what its open quote swallowed is read again as rows of its own.
void CsvReader::ReadAgainAfterFirstLine(std::optional<char> line_end) {
  const std::size_t cut = raw_.find('\n');
  std::string rest = raw_.substr(cut + 1);
  if (line_end) rest += *line_end;  // it closes the last row, or belongs to a text that is still open
  rest.append(replay_, replay_at_, std::string::npos);
  if (rest.size() > saved_) return GiveUpEachLine();
  saved_ -= rest.size();
  EmitBroken(std::string_view(raw_).substr(0, cut));
  ++first_line_;
  line_ = first_line_;
  Reset();
  after_cr_ = false;
  replay_ = std::move(rest);
  replay_at_ = 0;
}

void CsvReader::GiveUpEachLine() {
  const int last = line_;
  const std::string raw = std::move(raw_);
  for (std::size_t start = 0; start < raw.size();) {
    const std::size_t end = std::min(raw.find('\n', start), raw.size());
    EmitBroken(std::string_view(raw).substr(start, end - start));
    ++first_line_;
    start = end + 1;
  }
  line_ = last;
  Reset();
}

void CsvReader::Emit(bool terminated, bool broken) {
  CsvRow row{first_line_, std::move(cells_), terminated, broken};
  Reset();
  sink_(std::move(row));
}

void CsvReader::Reset() {
  cells_.clear();
  cell_.clear();
  raw_.clear();
  at_ = At::kCellStart;
  malformed_ = false;
  first_line_ = line_;
}

bool CsvReader::Finish() {
  bool open_quote = false;
  while (!raw_.empty()) {
    open_quote = at_ == At::kQuoted;
    if (open_quote) malformed_ = true;
    EndCell();
    if (SwallowedOthers()) {
      ReadAgainAfterFirstLine(std::nullopt);
      ReadAgain();
      continue;
    }
    Emit(false, false);
  }
  return open_quote;
}

}  // namespace evenhand::incident
