// What portal exports really are, through the REST door: tried first, in other encodings, cut, empty, mended.
#include "tests/functional/harness.h"
#include "tests/functional/portal.h"

namespace evenhand::testing {
namespace {

Reply Import(Stack& stack, const std::string& csv, const std::string& query = "") {
  return stack.As("portal", "").Stream("/v1/incidents:import" + query, csv, "text/csv");
}

std::vector<std::string> Outcomes(const Reply& reply) {
  std::vector<std::string> outcomes;
  for (const Json& line : reply.Lines())
    if (line.contains("outcome")) outcomes.push_back(line["recordNo"].get<std::string>() + " " + line["outcome"].get<std::string>());
  return outcomes;
}

Json Summary(const Reply& reply) { return reply.Lines().back()["summary"]; }

std::string Held(Stack& stack, const std::string& prefix) {
  return stack.Sql("select count(*) from incident.incident where source_ref like '" + prefix + "-%'");
}

TEST(ImportThroughTheDoor, ADryRunAnswersWhatTheImportWouldAndKeepsNothing) {
  Stack& stack = Stack::Shared();
  const std::string prefix = Unique("DRY");
  auto rows = PortalRows(600, prefix);
  rows[1]["IncidentDate"] = "31/02/2026";
  rows.push_back(rows[0]);
  rows.push_back(rows[2]);
  rows.back()["Version"] = "2";
  const std::string csv = PortalCsv(rows);
  const Reply tried = Import(stack, csv, "?validateOnly=true");
  ASSERT_THAT(tried, Succeeds());
  EXPECT_EQ(Held(stack, prefix), "0");
  EXPECT_EQ(stack.Sql("select count(*) from incident.import_rejection where record_no like '" + prefix + "-%'"), "0");
  const Reply done = Import(stack, csv);
  EXPECT_EQ(Outcomes(tried), Outcomes(done));
  EXPECT_EQ(Held(stack, prefix), "599");
  Json expected = Summary(done), got = Summary(tried);
  EXPECT_EQ(got["validateOnly"], true);
  for (const char* own : {"validateOnly", "seconds"}) {
    expected.erase(own);
    got.erase(own);
  }
  EXPECT_EQ(got, expected);
  EXPECT_EQ(got["reconciled"], true);
}

TEST(ImportThroughTheDoor, TheSameRowsInAnotherEncodingWithOtherLineEndsChangeNothing) {
  Stack& stack = Stack::Shared();
  auto rows = PortalRows(20, Unique("ENC"));
  for (auto& row : rows) row["Description"] = "Zo\xC3\xAB said \xE2\x80\x9Cno\xE2\x80\x9D, then left";
  const std::string utf8 = PortalCsv(rows);
  ASSERT_EQ(Summary(Import(stack, utf8))["created"], 20);
  std::string latin = utf8.substr(3), cr;
  const std::pair<const char*, const char*> letters[] = {{"\xC3\xAB", "\xEB"}, {"\xE2\x80\x9C", "\x93"}, {"\xE2\x80\x9D", "\x94"}};
  for (const auto& [from, to] : letters)
    for (size_t at; (at = latin.find(from)) != std::string::npos;) latin.replace(at, std::string(from).size(), to);
  for (const char c : latin)
    if (c != '\n') cr += c;
  for (const std::string& file : {latin, cr}) {
    const Json summary = Summary(Import(stack, file));
    EXPECT_EQ(summary["duplicates"], 20) << summary;
    EXPECT_EQ(summary["textDiffers"], 0) << summary;
    EXPECT_EQ(summary["encoding"], "windows-1252");
  }
}

TEST(ImportThroughTheDoor, AFileCutAnywhereAndSentAgainIsWhole) {
  Stack& stack = Stack::Shared();
  const std::string prefix = Unique("CUT");
  auto rows = PortalRows(3, prefix);
  for (auto& row : rows)
    row["Description"] =
        "Caf\xC3\xA9 \xE2\x82\xAC"
        "5, \"quoted\"\nand a second line";
  const std::string csv = PortalCsv(rows);
  const size_t last = PositionOfRow(csv, 3);
  for (size_t cut = last + 1; cut < csv.size(); cut += 7) ASSERT_THAT(Import(stack, csv.substr(0, cut)), Succeeds()) << cut;
  ASSERT_EQ(Summary(Import(stack, csv))["reconciled"], true);
  EXPECT_EQ(Held(stack, prefix), "3");
  const Reply list = stack.As("health_safety_adviser", "").Get("/v1/incidents?sourceSystem=HS_PORTAL&sourceRef=" + prefix + "-00003");
  ASSERT_EQ(list.json["incidents"].size(), 1U) << list;
  EXPECT_EQ(list.json["incidents"][0]["narrative"],
            "Caf\xC3\xA9 \xE2\x82\xAC"
            "5, \"quoted\"\nand a second line");
}

TEST(ImportThroughTheDoor, ARefusedRowIsListedMendedAndTakenInOnce) {
  Stack& stack = Stack::Shared();
  auto rows = PortalRows(2, Unique("BAD"));
  rows[0]["IncidentDate"] = "31/02/2026";
  const std::string number = rows[0]["RecordNo"];
  ASSERT_THAT(Import(stack, PortalCsv(rows)), Succeeds());
  const Client portal = stack.As("portal", "");
  const Reply listed = portal.Get("/v1/importRejections?recordNo=" + number);
  ASSERT_EQ(listed.json["importRejections"].size(), 1U) << listed;
  const Json rejection = listed.json["importRejections"][0];
  EXPECT_EQ(rejection["code"], "DATE_DOES_NOT_EXIST");
  const std::string retry = "/v1/importRejections/" + rejection["id"].get<std::string>() + ":retry";
  const Headers seen = {{"If-Match", rejection["etag"].get<std::string>()}};
  EXPECT_THAT(portal.Post(retry, {}, seen), Violates("fields.IncidentDate"));
  const Reply mended = portal.Post(retry, {{"fields", {{"IncidentDate", "28/02/2026"}}}}, seen);
  ASSERT_THAT(mended, Succeeds());
  EXPECT_EQ(mended.json["state"], "RESOLVED");
  EXPECT_EQ(mended.json["outcome"], "CREATED");
  EXPECT_THAT(portal.Post(retry, {{"fields", {{"IncidentDate", "28/02/2026"}}}}, {{"If-Match", "*"}}), Refused(409, "council rule"));
  EXPECT_EQ(stack.Sql("select count(*) from incident.incident where source_ref = '" + number + "'"), "1");
}

TEST(ImportThroughTheDoor, AnEmptyFileOrOneWithoutItsColumnsSaysWhatIsMissing) {
  Stack& stack = Stack::Shared();
  for (const char* nothing : {"", "\xEF\xBB\xBF", "\r\n"}) EXPECT_THAT(Import(stack, nothing), Refused(400, "council rule"));
  EXPECT_THAT(Import(stack, "RecordNo,Colour\r\nHS-1,red\r\n"), Violates("Categories"));
  const std::string header = PortalCsv({});
  const Reply alone = Import(stack, header);
  ASSERT_THAT(alone, Succeeds());
  EXPECT_EQ(Summary(alone)["rows"], 0);
  EXPECT_EQ(Summary(alone)["reconciled"], true);
}

}  // namespace
}  // namespace evenhand::testing
