// The importer against a real PostgreSQL: exactly once, whatever the order, the encoding, the number of importers and the cuts.
#include <map>
#include <random>
#include <thread>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <rapidjson/document.h>

#include "services/incident/app/rejections.h"
#include "services/incident/app/spooled_table.h"
#include "services/incident/testing/fixture.h"

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;
using O = v1::ImportOutcome;

constexpr char kHeader[] =
    "RecordNo,Version,Status,IncidentDate,IncidentTime,ReportedDateTime,Service,Team,ContactMethod,EmployeeNo,EmployeeName,LineManagerNo,"
    "PersonName,"
    "PersonPhone,Categories,WarningGiven,ContactEnded,Description\r\n";

std::string Row(const std::string& record, int version = 1, const std::string& status = "Submitted", const std::string& text = "Shouted.") {
  return absl::StrCat(
      record, ",", version, ",", status,
      ",03/04/2026,09:15,03/04/2026 10:00,Housing,Repairs,Phone,E1001,A. Officer,E2001,Pat Example,07700 900123,Abuse,Yes,Yes,", text,
      "\r\n");
}

class Importing : public WithDatabase {
 protected:
  std::vector<O::Value> Outcomes(const Imported& done) {
    std::vector<O::Value> outcomes;
    for (const auto& row : done.rows) outcomes.push_back(row.outcome());
    return outcomes;
  }
};

TEST_F(Importing, Clause4_4_TheSameFileTwiceIsOneIncidentEach) {
  const std::string file = kHeader + Row("HS-1") + Row("HS-2");
  EXPECT_THAT(Outcomes(Import(file)), ElementsAre(O::CREATED, O::CREATED));
  EXPECT_THAT(Outcomes(Import(file)), ElementsAre(O::DUPLICATE, O::DUPLICATE));
  EXPECT_EQ(Sql("select count(*) from incident"), "2");
}

TEST_F(Importing, VersionsOutOfOrderTheHighestWinsAndTheEarlierIsKept) {
  const Imported done = Import(kHeader + Row("HS-1", 2, "Amended", "Second text.") + Row("HS-1", 1, "Submitted", "First text."));
  EXPECT_THAT(Outcomes(done), ElementsAre(O::CREATED, O::DUPLICATE));
  v1::GetIncidentRequest get;
  get.set_id(done.rows[0].reference());
  const auto incident = GetIncident(work_, neighbours_, By(safety_), get);
  EXPECT_EQ(incident->narrative(), "Second text.");
  ASSERT_EQ(incident->versions_size(), 2);
  EXPECT_EQ(incident->versions(1).kind(), v1::IncidentVersion::Kind::EARLIER_TEXT);
  EXPECT_EQ(incident->versions(1).incident().narrative(), "First text.");
}

TEST_F(Importing, Clause12_4_EveryVersionHasItsAuditEntryOfTheSameInstant) {
  Import(kHeader + Row("HS-1", 2, "Amended", "Second text.") + Row("HS-1", 1, "Submitted", "First text.") +
         Row("HS-1", 2, "Amended", "Another second.") + Row("HS-1", 3, "Withdrawn"));
  const std::string cut = kHeader + Row("HS-2", 1, "Submitted", "A long text about what happened.");
  Import(cut.substr(0, cut.size() - 12));
  clock_.Advance(absl::Minutes(1));
  Import(cut);
  EXPECT_EQ(Sql("select count(*) from incident_version"), "6");
  EXPECT_EQ(Sql("select count(*) from incident_version v where not exists (select from audit a where a.subject_kind = 'incident' and "
                "a.subject_id = v.incident_id::text and a.at = v.at)"),
            "0");
  EXPECT_EQ(Sql("select count(*) from audit where action in ('incident.earlier_text_kept', 'incident.other_text_kept')"), "2");
  EXPECT_EQ(Sql("select count(*) from outbox where type = 'incident.amended' and destination = 'restriction'"), "1");
}

TEST_F(Importing, AWithdrawalThatComesFirstIsNotRevived) {
  const Imported done = Import(kHeader + Row("HS-1", 2, "Withdrawn") + Row("HS-1", 1));
  EXPECT_THAT(Outcomes(done), ElementsAre(O::CREATED, O::DUPLICATE));
  EXPECT_EQ(Sql("select state from incident"), "WITHDRAWN");
}

TEST_F(Importing, TheSameVersionWithAnotherTextIsKeptAndSaid) {
  Import(kHeader + Row("HS-1"));
  const Imported again = Import(kHeader + Row("HS-1", 1, "Submitted", "Another text.") + Row("HS-1", 1, "Submitted", "Another text."));
  EXPECT_THAT(Outcomes(again), ElementsAre(O::DUPLICATE, O::DUPLICATE));
  EXPECT_TRUE(again.rows[0].text_differs());
  EXPECT_EQ(Sql("select count(*) from incident_version"), "2");
}

TEST_F(Importing, ARefusedRowIsKeptOnceWhateverItsBytes) {
  const std::string row = "HS-9,1,Submitted,31/02/2026,09:15,,Housing,Repairs,Phone,E1,Zo\xC3\xAB,E2,Pat,,Abuse,Yes,Yes,\"a\r\nb\"\r\n";
  const std::string latin = "HS-9,1,Submitted,31/02/2026,09:15,,Housing,Repairs,Phone,E1,Zo\xEB,E2,Pat,,Abuse,Yes,Yes,\"a\nb\"\n";
  EXPECT_THAT(Outcomes(Import(kHeader + row)), ElementsAre(O::REJECTED));
  EXPECT_THAT(Outcomes(Import(kHeader + latin)), ElementsAre(O::REJECTED));
  EXPECT_EQ(Sql("select count(*) from import_rejection"), "1");
  EXPECT_EQ(Sql("select times_seen from import_rejection"), "2");
}

TEST_F(Importing, AMendedRowIsTakenInOnce) {
  const std::string file =
      absl::StrCat(kHeader, "HS-9,1,Submitted,31/02/2026,09:15,,Housing,Repairs,Phone,E1,A,E2,Pat,,Abuse,Yes,Yes,text\r\n");
  const Imported done = Import(file);
  v1::RetryImportRejectionRequest retry;
  retry.set_id(done.rows[0].rejection_id());
  const auto refused = RetryImportRejection(work_, neighbours_, By(portal_), retry);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.refusal().violations[0].field, "fields.IncidentDate");
  (*retry.mutable_fields())["IncidentDate"] = "28/02/2026";
  const auto mended = RetryImportRejection(work_, neighbours_, By(portal_), retry);
  ASSERT_TRUE(mended.ok());
  EXPECT_EQ(mended->state(), v1::ImportRejection::State::RESOLVED);
  EXPECT_EQ(RetryImportRejection(work_, neighbours_, By(portal_), retry).refusal().kind, RefusalKind::kConflict);
  EXPECT_THAT(Outcomes(Import(file)), ElementsAre(O::REJECTED));
  EXPECT_EQ(Sql("select count(*) from incident"), "1");
}

TEST_F(Importing, ADryRunAnswersTheSameAndKeepsNothing) {
  std::string file = kHeader;
  for (int i = 0; i < 700; ++i) file += Row(absl::StrCat("HS-", i));
  file += Row("HS-1", 2, "Amended", "Later.") + Row("HS-1") + Row("HS-2", 1, "Submitted", "Other.") + Row("HS-3", 3, "Withdrawn");
  const Imported dry = Import(file, true);
  EXPECT_EQ(Sql("select count(*) from incident"), "0");
  const Imported real = Import(file);
  EXPECT_EQ(Outcomes(dry), Outcomes(real));
  EXPECT_EQ(dry.summary.text_differs(), real.summary.text_differs());
}

TEST(SpooledTable, HoldsWhatAMapHoldsInMemoryAndInItsFile) {
  SpooledTable table;
  std::map<std::uint64_t, std::uint64_t> map;
  std::mt19937_64 random(3);
  for (int i = 0; i < 400'000; ++i) {
    const std::uint64_t key = random() % 300'000;  // 0 among them
    table.Put(key * 0x9E3779B97F4A7C15ULL, static_cast<std::uint64_t>(i));
    map[key * 0x9E3779B97F4A7C15ULL] = static_cast<std::uint64_t>(i);
  }
  EXPECT_TRUE(table.spooled());
  for (std::uint64_t key = 0; key < 320'000; ++key) {
    const auto found = map.find(key * 0x9E3779B97F4A7C15ULL);
    ASSERT_EQ(table.Find(key * 0x9E3779B97F4A7C15ULL), found == map.end() ? std::nullopt : std::optional<std::uint64_t>(found->second))
        << key;
  }
}

TEST_F(Importing, AFileCutInTheMiddleAndSentAgainIsWhole) {
  const std::string file = kHeader + Row("HS-1") + Row("HS-2", 1, "Submitted", "A long text about what happened.");
  for (const std::size_t cut : {file.size() - 12, file.size() - 60, file.size() - 1}) {
    Import(file.substr(0, cut));
    const Imported whole = Import(file);
    EXPECT_TRUE(whole.summary.reconciled());
    v1::ListIncidentsRequest list;
    list.mutable_filter()->set_source_ref("HS-2");
    EXPECT_EQ(ListIncidents(work_, neighbours_, By(safety_), list)->incidents(0).narrative(), "A long text about what happened.") << cut;
  }
  EXPECT_EQ(Sql("select count(*) from incident"), "2");
}

TEST_F(Importing, OneOpenQuoteCostsOnlyItsOwnRow) {
  const std::string file = kHeader + Row("HS-1") + Row("HS-2", 1, "Submitted", "\"left open") + Row("HS-3") +
                           Row("HS-4", 1, "Submitted", "\"two\r\nlines\"") + Row("HS-5");
  EXPECT_THAT(Outcomes(Import(file)), ElementsAre(O::CREATED, O::REJECTED, O::CREATED, O::CREATED, O::CREATED));
}

TEST_F(Importing, ColumnsInAnyOrderUnknownReportedMissingNamed) {
  const Imported done = Import("Colour,Categories,IncidentTime,RecordNo,IncidentDate\nred,Abuse,09:15,HS-1,03/04/2026\n");
  EXPECT_THAT(Outcomes(done), ElementsAre(O::CREATED));
  EXPECT_THAT(done.summary.unknown_columns(), ElementsAre("Colour"));
  EXPECT_EQ(done.summary.missing_columns_size(), static_cast<int>(kColumnCount) - 4);
  const Imported without = Import("RecordNo,Categories\nHS-1,Abuse\n");
  ASSERT_TRUE(without.refusal);
  EXPECT_EQ(without.refusal->violations.size(), 2U);
}

// Cut within the two bytes of an e with dots, and sent again: the half letter is not what stays.
TEST_F(Importing, AFileCutInTheMiddleOfALetterAndSentAgainIsWhole) {
  const std::string file = kHeader + Row("HS-1", 1, "Submitted", "Zo\xC3\xABy shouted.");
  const std::size_t cut = file.find('\xAB');
  const Imported half = Import(file.substr(0, cut));
  EXPECT_TRUE(half.summary.reconciled());
  for (int twice = 0; twice < 2; ++twice) EXPECT_TRUE(Import(file).summary.reconciled());
  v1::ListIncidentsRequest list;
  const auto all = ListIncidents(work_, neighbours_, By(safety_), list);
  ASSERT_EQ(all->incidents_size(), 1);
  EXPECT_EQ(all->incidents(0).narrative(), "Zo\xC3\xABy shouted.");
}

TEST_F(Importing, AHalfRecordNumberAtTheEndMakesNoRecord) {
  const std::string header = "IncidentDate,IncidentTime,Categories,RecordNo\n", row = "03/04/2026,09:15,Abuse,HS-";
  const Imported cut = Import(header + row + "1000\n" + row + "10");
  EXPECT_THAT(Outcomes(cut), ElementsAre(O::CREATED, O::REJECTED));
  EXPECT_EQ(cut.rows[1].code(), "ROW_CUT_OFF");
  EXPECT_THAT(Outcomes(Import(header + row + "1000\n" + row + "1005\n")), ElementsAre(O::DUPLICATE, O::CREATED));
  EXPECT_EQ(Sql("select string_agg(source_ref, ' ' order by source_ref) from incident"), "HS-1000 HS-1005");
}

TEST_F(Importing, WithAByteOrderMarkOrWithoutInUtf8OrWindows1252ItIsTheSameRecord) {
  const std::string utf8 =
                        "Caf\xC3\xA9 \xE2\x80\x93 \xE2\x80\x9Cyou\xE2\x80\x9D \xE2\x82\xAC"
                        "5",
                    latin =
                        "Caf\xE9 \x96 \x93you\x94 \x80"
                        "5";
  const Imported first = Import("\xEF\xBB\xBF" + (kHeader + Row("HS-1", 1, "Submitted", utf8)));
  EXPECT_THAT(Outcomes(first), ElementsAre(O::CREATED));
  EXPECT_EQ(first.summary.encoding(), "UTF-8");
  EXPECT_THAT(first.summary.unknown_columns(), ::testing::IsEmpty());
  const Imported second = Import(kHeader + Row("HS-1", 1, "Submitted", latin));
  EXPECT_THAT(Outcomes(second), ElementsAre(O::DUPLICATE));
  EXPECT_FALSE(second.rows[0].text_differs());
  EXPECT_EQ(second.summary.encoding(), "windows-1252");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}})
    EXPECT_THAT(Outcomes(Import("\xEF\xBB\xBF" + (kHeader + Row("HS-1", 1, "Submitted", utf8)), false, piece)), ElementsAre(O::DUPLICATE));
}

TEST_F(Importing, LinesMayEndInCrLfLfOrCr) {
  const std::string crlf = kHeader + Row("HS-1") + Row("HS-2");
  std::string lf, cr;
  for (const char c : crlf) {
    if (c != '\r') lf += c;
    if (c != '\n') cr += c;
  }
  EXPECT_THAT(Outcomes(Import(crlf)), ElementsAre(O::CREATED, O::CREATED));
  for (const std::string& file : {lf, cr}) {
    const Imported again = Import(file);
    EXPECT_THAT(Outcomes(again), ElementsAre(O::DUPLICATE, O::DUPLICATE));
    EXPECT_FALSE(again.rows[0].text_differs() || again.rows[1].text_differs());
    EXPECT_EQ(again.rows[1].line(), 3);
  }
}

TEST_F(Importing, NothingOrAHeaderAloneIsSaidAndReconciled) {
  for (const char* nothing : {"", "\xEF\xBB\xBF", "\r\n\r\n", "\xEF\xBB"}) {
    const Imported empty = Import(nothing);
    ASSERT_TRUE(empty.refusal) << nothing;
    EXPECT_EQ(empty.refusal->kind, RefusalKind::kInvalid);
  }
  for (const std::string& header :
       {std::string(kHeader), "\xEF\xBB\xBF" + std::string(kHeader), std::string(kHeader).substr(0, sizeof kHeader - 3)}) {
    const Imported alone = Import(header);
    EXPECT_FALSE(alone.refusal);
    EXPECT_TRUE(alone.summary.reconciled());
    EXPECT_EQ(alone.summary.rows(), 0);
  }
}

TEST_F(Importing, AColumnThereTwiceIsNamedAndNothingIsTakenIn) {
  const Imported twice = Import("RecordNo,IncidentDate,IncidentTime,Categories,recordno\nHS-1,03/04/2026,09:15,Abuse,HS-2\n");
  ASSERT_TRUE(twice.refusal);
  EXPECT_EQ(twice.refusal->violations.at(0).field, "recordno");
  EXPECT_EQ(Sql("select count(*) from incident"), "0");
}

TEST_F(Importing, ZeroBytesHugeCellsAndNonsenseCostTheirOwnRowAlone) {
  std::string zero = Row("HS-1", 1, "Submitted", "a_b");
  zero[zero.find("a_b") + 1] = '\0';
  const std::string file = kHeader + zero + Row("HS-2", 1, "Submitted", "\"" + std::string(300'000, 'x') + "\"") + Row("HS-3") +
                           ",,,,\r\n" + Row("HS-4", 2147483647) + "HS-5,99999999999,Submitted,03/04/2026,09:15\r\n" + Row("HS-6");
  const Imported done = Import(file);
  EXPECT_TRUE(done.summary.reconciled());
  std::map<std::string, O::Value> got;
  for (const auto& row : done.rows) {
    if (!row.record_no().empty()) got.emplace(row.record_no(), row.outcome());
  }
  EXPECT_EQ(got["HS-1"], O::CREATED);
  EXPECT_EQ(got["HS-2"], O::REJECTED);
  for (const char* whole : {"HS-3", "HS-6"}) EXPECT_EQ(got[whole], O::CREATED) << whole;
  for (const char* frozen : {"HS-4", "HS-5"}) EXPECT_EQ(got[frozen], O::REJECTED) << frozen;  // no record has so many versions
}

TEST_F(Importing, DuplicatesAndVersionsWithinOneFileAreOneRecord) {
  const Imported done = Import(kHeader + Row("HS-1") + Row("HS-1") + Row("HS-1", 3, "Amended", "Third.") +
                               Row("HS-1", 2, "Amended", "Second.") + Row("HS-1", 3, "Amended", "Third."));
  EXPECT_THAT(Outcomes(done), ElementsAre(O::CREATED, O::DUPLICATE, O::AMENDED, O::DUPLICATE, O::DUPLICATE));
  EXPECT_EQ(Sql("select count(*) from incident") + Sql("select count(*) from incident_version"), "13");
}

TEST_F(Importing, FiveHundredQuotesLeftOpenCostTheirOwnRowsAlone) {
  std::string file = kHeader;
  for (int i = 0; i < 500; ++i) file += Row(absl::StrCat("BAD-", i), 1, "Submitted", "\"left open");
  file += Row("HS-1") + Row("HS-2");
  const Imported done = Import(file);
  EXPECT_TRUE(done.summary.reconciled());
  EXPECT_EQ(done.summary.rows(), 502);
  EXPECT_EQ(done.summary.rejected(), 500);
  EXPECT_EQ(done.rows[500].outcome(), O::CREATED);
  EXPECT_EQ(done.rows[501].outcome(), O::CREATED);
  EXPECT_EQ(Sql("select count(distinct record_no) from import_rejection where code = 'QUOTE_LEFT_OPEN'"), "500");
}

TEST_F(Importing, ThreeImportersOfThreeOverlappingFilesMakeEachRecordOnce) {
  const auto file = [](int from, int to) {
    std::string text = kHeader;
    for (int i = to; i > from; --i) text += Row(absl::StrCat("HS-", i), 1 + i % 2);
    return text;
  };
  std::vector<Imported> done(3);
  std::vector<std::thread> importers;
  for (std::size_t i = 0; i < 3; ++i)
    importers.emplace_back([&, i] { done[i] = Import(file(static_cast<int>(i) * 300, static_cast<int>(i) * 300 + 800)); });
  for (std::thread& one : importers) one.join();
  int created = 0;
  for (const Imported& one : done) {
    EXPECT_FALSE(one.refusal);
    EXPECT_TRUE(one.summary.reconciled());
    created += one.summary.created();
  }
  EXPECT_EQ(created, 1400);
  EXPECT_EQ(Sql("select count(*) from incident"), "1400");
}

TEST_F(Importing, TwoImportersAtOnceMakeEachRecordOnce) {
  std::string file = kHeader;
  for (int i = 0; i < 1200; ++i) file += Row(absl::StrCat("HS-", (i * 7) % 1200));
  Imported a, b;
  std::thread other([&] { b = Import(file); });
  a = Import(file);
  other.join();
  EXPECT_EQ(a.summary.created() + b.summary.created(), 1200);
  EXPECT_EQ(a.rows.size(), 1200U);
  EXPECT_EQ(Sql("select count(*) from incident"), "1200");
}

TEST_F(Importing, ThePortalsOwnExportGivesExactlyItsNumbersTwice) {
  const std::string file = ReadFile("../shared/feeds/portal-export.csv"), truth = ReadFile("../shared/feeds/portal-export.expected.json");
  if (file.empty() || truth.empty()) GTEST_SKIP() << "the export is not beside the project";
  rapidjson::Document want;
  want.Parse(truth.c_str());
  for (const bool first : {true, false}) {
    const v1::ImportSummary got = Import(file).summary;
    EXPECT_EQ(got.rows(), want["rows"].GetInt());
    EXPECT_EQ(got.created(), first ? want["created"].GetInt() : 0);
    EXPECT_EQ(got.amended(), first ? want["amended"].GetInt() : 0);
    EXPECT_EQ(got.withdrawn(), first ? want["withdrawn"].GetInt() : 0);
    EXPECT_EQ(got.rejected(), want["rejected"].GetInt());
    EXPECT_TRUE(got.reconciled());
  }
  EXPECT_EQ(Sql("select count(*) from import_rejection"), std::to_string(want["rejected"].GetInt()));
  EXPECT_EQ(Sql("select count(*) from incident where person_unknown"), std::to_string(want["unknown_person"].GetInt()));
  EXPECT_EQ(Sql("select count(*) from incident where state = 'WITHDRAWN'"), std::to_string(want["withdrawn_records"].Size()));
  for (const auto& record : want["latest"].GetObject()) {
    const std::string got = Sql(absl::StrCat(
        "select source_version || ' ' || (state = 'WITHDRAWN')::text || ' ' || cardinality(behaviours) from incident where source_ref = '",
        record.name.GetString(), "'"));
    const std::vector<std::string> categories = absl::StrSplit(record.value["categories"].GetString(), ';');
    EXPECT_EQ(got, absl::StrCat(record.value["version"].GetInt(), " ", record.value["status"] == "Withdrawn" ? "true" : "false", " ",
                                categories.size()))
        << record.name.GetString();
  }
}

}  // namespace
}  // namespace evenhand::incident
