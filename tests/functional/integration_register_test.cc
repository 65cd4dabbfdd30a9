// The register that a council keeps in a spreadsheet comes over once, its doubts shown first, and confirms nobody (4.3, 8.1, 12.4).
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

constexpr char kSample[] = "tools/samples/old-register.csv";
constexpr char kHead[] = "Entry,Name,DOB,Phone,Incident date,Reason,Details,Service,Staff no,Precautions,Reviewed,Review date\n";

std::string Scratch(const std::string& name) { return "/tmp/evenhand-register-" + std::to_string(getpid()) + "-" + name; }

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The summary of a run over `csv` (a path, or the text of a file to write).
Json Bring(Stack& stack, std::string csv, const std::vector<std::string>& words = {}) {
  if (csv.find('\n') != std::string::npos) {
    const std::string path = Scratch("rows.csv");
    std::ofstream(path, std::ios::binary) << csv;
    csv = path;
  }
  std::vector<std::string> all = {"register", "import", csv, "--output", "json", "--report", Scratch("report.csv")};
  all.insert(all.end(), words.begin(), words.end());
  const std::string output = stack.Tool(all);  // the progress comes before
  return Json::parse(output.substr(output.find("{\"dryRun\"")));
}

// Whatever the databases hold about people, incidents and entries.
std::string Held(Stack& stack) {
  return stack.Sql(
      "select (select count(*) from restriction.person), (select count(*) from incident.incident), (select count(*) from "
      "restriction.marker), "
      "(select count(*) from restriction.marker where state = 'CONFIRMED')");
}

std::string NextReview() { return DayFromNow(280, "%d/%m/%Y"); }

TEST(OldRegister, Clause4_3_ADryRunShowsTheDoubtsAndChangesNothing) {
  Stack& stack = Stack::Shared();
  const std::string before = Held(stack);
  const Json summary = Bring(stack, kSample);
  EXPECT_TRUE(summary.at("dryRun"));
  for (const std::string doubt : {"NO_REPORTED_INCIDENT", "UNDER_12", "UNDER_16", "AGE_UNKNOWN", "REVIEW_EXPIRED", "NEVER_REVIEWED",
                                  "DUPLICATE_ROW", "SAME_PERSON", "HANDLE_NOT_READABLE", "SHARED_HANDLE", "INSTRUCTION_REPLACED"}) {
    EXPECT_TRUE(summary["doubts"].contains(doubt)) << doubt << " " << summary;
  }
  EXPECT_EQ(Held(stack), before);
}

TEST(OldRegister, Clause12_2_ASecondRunChangesNothingAndNobodyIsConfirmed) {
  Stack& stack = Stack::Shared();
  const Json first = Bring(stack, kSample, {"--apply"});
  EXPECT_GT(first.at("entries"), 0) << first;
  EXPECT_EQ(first.at("failed"), 0) << first;
  const std::string after = Held(stack);
  const Json second = Bring(stack, kSample, {"--apply"});
  EXPECT_EQ(second.at("people"), 0) << second;
  EXPECT_EQ(second.at("incidents"), 0) << second;
  EXPECT_EQ(second.at("entries"), 0) << second;
  EXPECT_EQ(Held(stack), after);
  EXPECT_EQ(stack.Sql("select count(*) from restriction.marker where state <> 'PROVISIONAL'"), "0");
}

TEST(OldRegister, Clause4_3_WithoutAReportedIncidentNothingIsTakenOver) {
  Stack& stack = Stack::Shared();
  const std::string before = Held(stack);
  const Json summary = Bring(stack,
                             std::string(kHead) + "Z1,Una Sample,01/01/1980," + FreshPhone() +
                                 ",,Violence,Known to be violent,Housing,E1,Visit in pairs.,," + NextReview() + "\n",
                             {"--apply"});
  EXPECT_EQ(summary.at("left"), 1) << summary;
  EXPECT_EQ(Held(stack), before);
}

TEST(OldRegister, Clause8_1_AChildAndAnUnknownAgeGetNoEntry) {
  Stack& stack = Stack::Shared();
  const std::string rest = ",03/04/2026,Violence,Bit a member of staff,Housing,E1,Visit in pairs.,," + NextReview() + "\n";
  const Json summary = Bring(
      stack, std::string(kHead) + "Z2,Vic Sample,01/01/2023," + FreshPhone() + rest + "Z3,Wil Sample,," + FreshPhone() + rest, {"--apply"});
  EXPECT_EQ(summary.at("without_entry"), 2) << summary;
  EXPECT_EQ(summary.at("entries"), 0) << summary;
}

TEST(OldRegister, Clause12_2_ARowWhoseDoubtsWereMendedGoesOnWhereItStood) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), entry = Unique("Z");
  const auto row = [&](const std::string& born, const std::string& story, const std::string& review) {
    return std::string(kHead) + entry + ",Ada Sample," + born + "," + phone + ",05/04/2026,Violence," + story +
           ",Housing,E1,Visit in pairs.,," + review + "\n";
  };
  const Json first = Bring(stack, row("", "Pushed an officer", "01/01/2020"), {"--apply"});
  EXPECT_EQ(first.at("without_entry"), 1) << first;
  EXPECT_EQ(first.at("incidents"), 1) << first;
  const Json mended = Bring(stack, row("01/01/1980", "Pushed an officer", NextReview()), {"--apply"});
  EXPECT_EQ(mended.at("people"), 0) << mended;
  EXPECT_EQ(mended.at("incidents"), 0) << "no second incident: " << mended;
  EXPECT_EQ(mended.at("entries"), 1) << mended;
  // Other words about the same event are no second event; who corrects them does so where they are kept.
  const Json reworded = Bring(stack, row("01/01/1980", "Pushed an officer to the floor", NextReview()), {"--apply"});
  EXPECT_EQ(reworded.at("incidents"), 0) << reworded;
  EXPECT_TRUE(reworded["doubts"].contains("TAKEN_IN_OTHER_WORDS")) << reworded;
  EXPECT_EQ(reworded.at("unchanged"), 1) << reworded;
}

TEST(OldRegister, Clause12_4_FatherAndSonOfOneNameAndNumberAreNotOnePerson) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone(), name = "Ben Sample " + Unique("x");
  const auto row = [&](const std::string& born, const std::string& day) {
    return "Z," + name + "," + born + "," + phone + "," + day + ",Violence,Pushed an officer,Housing,E1,Visit in pairs.,," + NextReview() +
           "\n";
  };
  const Json both = Bring(stack, kHead + row("01/02/1950", "05/04/2026") + row("01/02/1980", "06/04/2026"), {"--apply"});
  EXPECT_EQ(both.at("left"), 1) << both;
  EXPECT_TRUE(both["doubts"].contains("OTHER_BIRTHDAY")) << both;
  // In a file of his own the son meets the father in the register.
  const Json son = Bring(stack, kHead + row("01/02/1980", "06/04/2026"), {"--apply"});
  EXPECT_TRUE(son["doubts"].contains("OTHER_PERSON")) << son;
  EXPECT_EQ(son.at("entries"), 0) << son;
}

TEST(OldRegister, Clause12_2_WhatASpreadsheetMangledIsNeverGuessed) {
  Stack& stack = Stack::Shared();
  const std::string before = Held(stack),
                    rest = ",05/04/2026,Violence,Pushed an officer,Housing,E1,Visit in pairs.,," + NextReview() + "\n";
  const Json summary =
      Bring(stack,
            "\xEF\xBB\xBFsep=,\r\nPotentially violent persons,,\r\n" + std::string(kHead) + "A1,#N/A,01/01/1980,07700 900420" + rest +
                "A2,Unknown male,01/01/1980,07700 900421" + rest + "A3,Mr & Mrs Sample,01/01/1980,07700 900422" + rest +
                "A4,Cy Sample,01/01/1980,07700 900423,05/04/2026,Violence,Pushed, then ran,Housing,E1,Visit in pairs.,," + NextReview() +
                "\n" + "A5,Di Sample,01/01/1980,07700 900424,05/04/2026,Parcels,Dispatched for repairs,Housing,E1,Visit in pairs.,," +
                NextReview() + "\n",
            {"--apply"});
  EXPECT_EQ(summary.at("left"), 5) << summary;
  for (const char* doubt : {"NOT_A_VALUE", "NO_NAME", "SEVERAL_PEOPLE", "CELLS_SHIFTED", "REASON_UNKNOWN"})
    EXPECT_TRUE(summary["doubts"].contains(doubt)) << doubt << " " << summary;
  EXPECT_EQ(Held(stack), before);
  // Two-digit years of birth lie behind us, a number in powers of ten is no telephone, and the report is nobody's formula.
  const Json dates = Bring(stack, std::string(kHead) + "+A6,Ed Sample,14/02/45,4.47701E+11" + rest);
  EXPECT_FALSE(dates["doubts"].contains("UNDER_12")) << dates;
  EXPECT_TRUE(dates["doubts"].contains("HANDLE_NOT_READABLE")) << dates;
  EXPECT_NE(ReadAll(Scratch("report.csv")).find("'+A6"), std::string::npos);
}

TEST(OldRegister, Clause12_4_AnotherNamesNumberIsNotLinkedAndTheReportNamesNobody) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  const std::string person = RegisterPerson(stack, phone);
  const Json summary = Bring(stack,
                             std::string(kHead) + "Z4,Xan Sample,01/01/1980," + phone +
                                 ",03/04/2026,Violence,Pushed an officer,Housing,E1,Visit in pairs.,," + NextReview() + "\n",
                             {"--apply"});
  EXPECT_EQ(summary.at("entries"), 0) << summary;
  EXPECT_TRUE(summary["doubts"].contains("OTHER_PERSON")) << summary;
  EXPECT_FALSE(stack.As("team_leader").Get("/v1/people/" + person).json.contains("markers"));
  const std::string report = ReadAll(Scratch("report.csv"));
  EXPECT_EQ(report.find("Xan"), std::string::npos) << report;
  struct stat status{};
  ASSERT_EQ(stat(Scratch("report.csv").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(OldRegister, Clause4_4_ThePortalsOwnRecordIsUsedWhereTheRowNamesIt) {
  Stack& stack = Stack::Shared();
  const std::string record = Unique("HS");
  const Reply incident = stack.As("portal", "").Post("/v1/incidents", AnIncident({{"sourceSystem", "HS_PORTAL"}, {"sourceRef", record}}));
  ASSERT_THAT(incident, Succeeds());
  const std::string csv = "Name;DOB;Phone;H&S ref;Reason;Service;Review date;Précautions\nYan Sample;1.2.1980;" + FreshPhone() + ";" +
                          record + ";Abuse;Housing;" + DayFromNow(280, "%d.%m.%Y") + ";\n";
  const Json summary = Bring(stack, csv, {"--apply"});
  EXPECT_EQ(summary.at("incidents"), 1) << summary;  // linked, not recorded a second time
  EXPECT_EQ(summary.at("entries"), 1) << summary;
  EXPECT_EQ(stack.As("team_leader").Get("/v1/incidents/" + incident.id()).json["link"]["state"], "CONFIRMED");
}

TEST(OldRegister, Clause7_4_AManagersRemovalIsNotUndoneByAnotherRun) {
  Stack& stack = Stack::Shared();
  const std::string csv = std::string(kHead) + "Z6,Zoe Sample,01/01/1980," + FreshPhone() +
                          ",03/04/2026,Violence,Pushed an officer,Housing,E1,Visit in pairs.,," + NextReview() + "\n";
  ASSERT_EQ(Bring(stack, csv, {"--apply"}).at("entries"), 1);
  const std::string person = stack.Sql("select person_id from restriction.marker order by id desc limit 1");
  const Json marker = stack.As("team_leader").Get("/v1/people/" + person).json.at("markers").at(0);
  const std::string path = "/v1/people/" + person + "/markers/" + marker.at("id").get<std::string>();
  ASSERT_THAT(stack.As("senior_manager").Post(path + ":remove", {{"reason", "Settled long ago"}}, {{"If-Match", marker.at("etag")}}),
              Succeeds());
  EXPECT_EQ(Bring(stack, csv, {"--apply"}).at("entries"), 0);
}

}  // namespace
}  // namespace evenhand::testing
