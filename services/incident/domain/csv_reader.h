// Reads CSV as it streams in: quoted newlines, CRLF or LF, any size in bounded memory; one broken row never costs another.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evenhand::incident {

inline constexpr std::size_t kMaxRecordBytes = 256 * 1024;  // a row is a form's worth of text; beyond this a quote was left open
inline constexpr int kMaxRecordLines = 500;                 // bounds what has to be read again after a quote left open
// Each byte of the file pays for so many bytes to be read again, saved up to a few records' worth. A file of quotes left open on every
// line would cost each line hundreds of times over; when the savings are used up, the lines of such a record are given up together.
inline constexpr std::size_t kRereadPerByte = 8;
inline constexpr std::size_t kMostSaved = 8 * kMaxRecordBytes;

struct CsvRow {
  int line = 0;  // the line of the file on which it begins, from 1
  std::vector<std::string> cells;
  bool terminated = true;  // false: the file ended with it
  bool broken = false;     // a quote was left open, so where its cells end is unknown
};

class CsvReader {
 public:
  using Sink = std::function<void(CsvRow)>;

  explicit CsvReader(Sink sink) : sink_(std::move(sink)) {}

  // How many cells a row has, once the header said so. Needed to see that an open quote swallowed the rows after it.
  void ExpectColumns(std::size_t columns) { expected_ = columns; }

  void Feed(std::string_view bytes);
  // The end of the file: the last row, if it has no line end. True when it ended inside a quoted cell.
  bool Finish();

 private:
  enum class At { kCellStart, kPlain, kQuoted, kQuoteInQuoted };

  void Step(char c);
  void EndCell();
  void EndRecord(std::optional<char> line_end);  // the line end that closed it; none where it was cut for its size
  void Emit(bool terminated, bool broken);
  bool SwallowedOthers() const;
  void ReadAgainAfterFirstLine(std::optional<char> line_end);
  void GiveUpEachLine();
  void ReadAgain();
  void EmitBroken(std::string_view line);
  void Reset();

  Sink sink_;
  std::size_t expected_ = 0;
  At at_ = At::kCellStart;
  bool after_cr_ = false;
  bool malformed_ = false;
  int line_ = 1;        // of the next byte
  int first_line_ = 1;  // of this record
  std::string cell_;
  std::vector<std::string> cells_;
  std::string raw_;     // this record's bytes
  std::string replay_;  // what is to be read again, before the next byte of the file
  std::size_t replay_at_ = 0;
  std::size_t saved_ = kMostSaved;  // bytes that may still be read again
};

}  // namespace evenhand::incident
