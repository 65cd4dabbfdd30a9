#include "services/incident/domain/csv_reader.h"

#include <chrono>

#include <gmock/gmock.h>

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;

struct Read {
  std::vector<CsvRow> rows;
  bool open_quote = false;

  // The header says how many cells a row has, as in an import. `piece`: bytes a feed.
  explicit Read(std::string_view text, std::size_t piece = 1 << 20) {
    CsvReader reader([&](CsvRow row) {
      if (rows.empty()) reader_->ExpectColumns(row.cells.size());
      rows.push_back(std::move(row));
    });
    reader_ = &reader;
    for (std::size_t at = 0; at < text.size(); at += piece) reader.Feed(text.substr(at, piece));
    open_quote = reader.Finish();
  }
  std::vector<int> Lines() const {
    std::vector<int> lines;
    for (const CsvRow& row : rows) lines.push_back(row.line);
    return lines;
  }

 private:
  CsvReader* reader_ = nullptr;
};

TEST(CsvReader, QuotesNewlinesAndEmptyCells) {
  const Read read("a,b,c\r\n\"x \"\"y\"\"\",\"two\r\nlines\",\r\n");
  ASSERT_EQ(read.rows.size(), 2u);
  EXPECT_THAT(read.rows[1].cells, ElementsAre("x \"y\"", "two\nlines", ""));
  EXPECT_FALSE(read.open_quote);
}

TEST(CsvReader, AnOpenQuoteCostsItsOwnRowAlone) {
  const Read read("a,b,c\n1,2,\"open\n4,5,6\n7,8,9\n");
  ASSERT_EQ(read.rows.size(), 4u);
  EXPECT_TRUE(read.rows[1].broken);
  EXPECT_THAT(read.rows[2].cells, ElementsAre("4", "5", "6"));
  EXPECT_THAT(read.rows[3].cells, ElementsAre("7", "8", "9"));
  EXPECT_THAT(read.Lines(), ElementsAre(1, 2, 3, 4));
}

// A CR LF that closed such a record was counted as two lines when the text before it turned out to be open still.
TEST(CsvReader, LineNumbersHoldAfterAnOpenQuoteBeforeCrLf) {
  const char text[] = "a,b,c\r\n1,2,\"open\r\n4,5,\"open too\r\n7,8,9\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, sizeof text}) {
    const Read read({text, sizeof text - 1}, piece);
    EXPECT_THAT(read.Lines(), ElementsAre(1, 2, 3, 4)) << piece;
    ASSERT_EQ(read.rows.size(), 4u);
    EXPECT_THAT(read.rows[3].cells, ElementsAre("7", "8", "9"));
  }
}

// Rows of many lines: a quote left open long ago is cut off after kMaxRecordLines, and no line is added or lost by it.
TEST(CsvReader, ACutRecordAddsNoLine) {
  std::string text = "a,b\n1,\"open\n";
  for (int i = 0; i < kMaxRecordLines + 50; ++i) text += "x,y\n";
  const Read read(text);
  EXPECT_EQ(read.rows.size(), static_cast<std::size_t>(kMaxRecordLines) + 52);
  EXPECT_EQ(read.rows.back().line, kMaxRecordLines + 52);
}

// Each line opens a quote whether the one before is open or not: read again line by line, a megabyte took half a minute.
TEST(CsvReader, QuotesOpenOnEveryLineCostNoMoreThanAFewReadings) {
  for (const std::string line : {"a\",\"a\n,\" a,\"\n", "a\",\"a,1\n", "1,2,\"open\n", "\"\n", "a,b,\"\"\"\n"}) {
    std::string text = "a,b,c\n";
    int lines = 1;
    while (text.size() < (2U << 20)) {
      text += line;
      lines += static_cast<int>(std::count(line.begin(), line.end(), '\n'));
    }
    const auto started = std::chrono::steady_clock::now();
    const Read read(text, 64 * 1024);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    EXPECT_LT(took.count(), 5) << line;
    EXPECT_LE(read.rows.size(), static_cast<std::size_t>(lines)) << line;
    for (std::size_t i = 1; i < read.rows.size(); ++i) ASSERT_GT(read.rows[i].line, read.rows[i - 1].line) << line;
  }
}

TEST(CsvReader, GivingUpDoesNotDependOnThePieces) {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 6'000; ++i) text += i % 7 == 0 ? ",\" a,\"\n" : "a\",\"a\n";
  const Read whole(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{997}}) {
    const Read cut(text, piece);
    EXPECT_EQ(cut.Lines(), whole.Lines()) << piece;
    EXPECT_EQ(cut.rows.back().cells, whole.rows.back().cells) << piece;
  }
}

// When the savings are used up, the lines of a broken record are all said to be broken; the rows after it are read as ever.
TEST(CsvReader, AfterAllTheseQuotesTheNextRowsAreWhole) {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 20'000; ++i) text += "a\",\"a,1\n";
  text += "\"\n1,2,3\n4,5,6\n";
  const Read read(text);
  ASSERT_GE(read.rows.size(), 20'000U);
  EXPECT_THAT(read.rows.back().cells, ElementsAre("4", "5", "6"));
  EXPECT_EQ(read.rows.back().line, 20'004);
}

}  // namespace
}  // namespace evenhand::incident
