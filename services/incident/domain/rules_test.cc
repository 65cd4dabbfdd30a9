// Evidence, readers, suppression and versions: the smaller rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/incident/domain/csv_reader.h"
#include "services/incident/domain/evidence_rules.h"
#include "services/incident/domain/readers.h"
#include "services/incident/domain/source_rights.h"
#include "services/incident/domain/suppression.h"
#include "services/incident/domain/text_decoding.h"
#include "services/incident/domain/versions.h"

namespace evenhand::incident {
namespace {

using ::testing::ElementsAre;

TEST(Clause12_3, ADistressingFileSaysSoInItsNameAndOpensOnlyOnPurpose) {
  EXPECT_EQ(EvidenceName("../../shot.png", true), "DISTRESSING shot.png");
  EXPECT_EQ(EvidenceName("", false), "file");
  EXPECT_EQ(RefusalToOpen(EvidenceState::CLEAN, true, false)->reason, ErrorReason::ACKNOWLEDGEMENT_REQUIRED);
  EXPECT_FALSE(RefusalToOpen(EvidenceState::CLEAN, true, true));
  EXPECT_FALSE(RefusalToOpen(EvidenceState::UNSCANNED, false, false));
}

TEST(Clause12_3, WhatIsQuarantinedInfectedOrDamagedNeverOpens) {
  for (const EvidenceState::Value state : {EvidenceState::QUARANTINED, EvidenceState::INFECTED, EvidenceState::DAMAGED}) {
    EXPECT_EQ(RefusalToOpen(state, true, true)->reason, ErrorReason::EVIDENCE_UNREADABLE);
  }
}

TEST(Clause12_3, WhatRunsByItselfIsNoEvidence) {
  for (const char* type : {"text/html", "image/svg+xml", "application/x-dosexec", "application/zip", "application/octet-stream"})
    EXPECT_FALSE(IsAllowedType(type)) << type;
}

TEST(Clause13, AWithheldFigureCantBeWorkedOutFromTheOthers) {
  for (int a = 0; a < 12; ++a) {
    for (int b = 0; b < 12; ++b) {
      for (int c = 0; c < 12; ++c) {
        const std::map<std::string, int> cells = {{"a", a}, {"b", b}, {"c", c}};
        const ShownTable shown = Suppress(cells, a + b + c);
        int sum = 0, withheld = 0;
        for (const auto& [key, count] : shown.cells) {
          if (count)
            sum += *count;
          else
            ++withheld;
          EXPECT_TRUE(!count || *count == 0 || *count >= kLeastShown);
        }
        if (shown.total && withheld > 0) {
          EXPECT_GE(withheld, 2);
          EXPECT_GE(*shown.total - sum, kLeastShown);
        }
      }
    }
  }
}

TEST(Clause12_4, TheSubjectsOwnManagerCantReadTheCase) {
  const Actor manager{.id = "E2001", .name = "", .roles = {Role::kSeniorManager}, .areas = {"Housing"}, .through = nullptr};
  const Closeness c{.actor = manager,
                    .service_area = "Housing",
                    .line_manager_id = "E2001",
                    .affected = {},
                    .involved = {},
                    .witnesses = {},
                    .recorded_by = "",
                    .staff_named = false,
                    .director_stands_in = false,
                    .subjects = {{"E1700", "Education", "E2001"}}};
  EXPECT_EQ(ViewOf(c), View::NONE);
}

TEST(Clause12_4, TheSubjectsTeamDecidesNothingAndReadsWhatItSaidItself) {
  const auto view = [](const Actor& actor, bool named, std::vector<std::string> affected = {}) {
    return ViewOf({.actor = actor,
                   .service_area = "Housing",
                   .line_manager_id = "E2001",
                   .affected = affected,
                   .involved = affected,
                   .recorded_by = "E1001",
                   .staff_named = named,
                   .subjects = {{"E1700", "Housing", "E9"}}});
  };
  const auto someone = [](const char* id, Role role) {
    return Actor{.id = id, .name = "", .roles = {role}, .areas = {"Housing"}, .through = nullptr};
  };
  EXPECT_EQ(view(someone("E2002", Role::kTeamLeader), false), View::NONE);
  EXPECT_EQ(view(someone("E2001", Role::kEmployee), false), View::NONE) << "the line manager is of the team";
  EXPECT_EQ(view(someone("E1001", Role::kEmployee), false, {"E1001"}), View::OWN) << "whoever was there";
  EXPECT_EQ(view(someone("E5001", Role::kStrategicDirector), false), View::FULL) << "somebody has to decide";
  EXPECT_EQ(view(someone("E6001", Role::kHealthSafetyAdviser), false), View::FULL);
  EXPECT_EQ(view(someone("E2001", Role::kTeamLeader), true), View::FULL) << "12.6: the circle stays";
  EXPECT_EQ(view(someone("E1700", Role::kHealthSafetyAdviser), true), View::NONE) << "themself never";
}

TEST(Versions, NobodyFreezesARecordByAHighNumber) {
  HeldVersions held{.known = true, .current = kMaxSourceVersion, .texts = {{kMaxSourceVersion, "theirs"}}, .current_from_source = false};
  EXPECT_TRUE(Decide(held, {.version = 1, .hash = "the source's", .from_source = true}).replaces);
  EXPECT_FALSE(Decide(held, {.version = 2, .hash = "another's"}).replaces);
  held.current_from_source = true;
  EXPECT_FALSE(Decide(held, {.version = 1, .hash = "older", .from_source = true}).replaces);
}

TEST(SourceRights, ASourceIsTheSameHoweverItIsSpelt) {
  for (const char* spelt :
       {"HS_PORTAL", "hs_portal ", "HS-PORTAL", "Hs Portal", "ＨＳ＿ＰＯＲＴＡＬ", "HS_PORTAL\u200b", "\u00a0HS.PORTAL"})
    EXPECT_EQ(SourceKey(spelt), SourceKey(kPortal)) << spelt;
  EXPECT_NE(SourceKey("HS_PORTAL_2"), SourceKey(kPortal));
  EXPECT_EQ(RecordKey("HS-1"), RecordKey("hs-1\u00a0"));
  EXPECT_NE(RecordKey("HS-1"), RecordKey("HS-11"));
}

TEST(Versions, EveryOrderOfThreeTextsEndsWithTheHighest) {
  std::vector<IncomingVersion> texts = {{1, "a", false, false}, {2, "b", false, false}, {3, "c", true, false}};
  std::sort(texts.begin(), texts.end(), [](const auto& x, const auto& y) { return x.version < y.version; });
  do {
    HeldVersions held;
    int kept = 0;
    for (int twice = 0; twice < 2; ++twice) {
      for (const IncomingVersion& text : texts) {
        const VersionDecision decision = Decide(held, text);
        held.known = true;
        if (decision.replaces) held.current = text.version;
        if (decision.keep_text) {
          ++kept;
          held.texts.emplace(text.version, text.hash);
        }
      }
    }
    EXPECT_EQ(held.current, 3);
    EXPECT_EQ(kept, 3);
  } while (std::next_permutation(texts.begin(), texts.end(), [](const auto& x, const auto& y) { return x.version < y.version; }));
}

std::vector<CsvRow> ReadInPieces(const std::string& text, std::size_t piece, std::size_t columns) {
  std::vector<CsvRow> rows;
  CsvReader reader([&](CsvRow row) { rows.push_back(std::move(row)); });
  reader.ExpectColumns(columns);
  for (std::size_t at = 0; at < text.size(); at += piece) reader.Feed(std::string_view(text).substr(at, piece));
  reader.Finish();
  return rows;
}

TEST(Csv, ReadsTheSameHoweverItIsCutIntoPieces) {
  const std::string text = "a,b,c\r\n1,\"two\r\nlines, \"\"quoted\"\"\",3\n\n4,,\"\"\n";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    const auto rows = ReadInPieces(text, piece, 3);
    ASSERT_EQ(rows.size(), 3U) << piece;
    EXPECT_THAT(rows[1].cells, ElementsAre("1", "two\nlines, \"quoted\"", "3"));
    EXPECT_EQ(rows[1].line, 2);
    EXPECT_EQ(rows[2].line, 5);
    EXPECT_THAT(rows[2].cells, ElementsAre("4", "", ""));
  }
}

TEST(Csv, AQuoteLeftOpenCostsItsOwnRowOnly) {
  const auto rows = ReadInPieces("1,\"open,c\n2,b,c\n3,\"x\",c\n4,b,c\n", 3, 3);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_TRUE(rows[0].broken);
  for (int i = 1; i < 4; ++i) {
    EXPECT_FALSE(rows[i].broken);
    EXPECT_EQ(rows[i].cells[0], std::to_string(i + 1));
    EXPECT_EQ(rows[i].line, i + 1);
  }
}

TEST(Csv, AQuoteLeftOpenToTheEndOfAHugeFileCostsBoundedMemory) {
  std::string text = "1,\"open,c\n";
  for (int i = 2; i < 20'000; ++i) text += std::to_string(i) + ",b,c\n";
  EXPECT_EQ(ReadInPieces(text, 4096, 3).size(), 19'999U);
}

TEST(Encoding, Windows1252IsToldFromUtf8) {
  EXPECT_FALSE(IsUtf8("Zo\xEB"));
  EXPECT_TRUE(IsUtf8("Zo\xC3\xAB"));
  EXPECT_EQ(FromWindows1252("Zo\xEB D\x92"
                            "Arcy \x80"),
            "Zo\xC3\xAB D\xE2\x80\x99"
            "Arcy \xE2\x82\xAC");
  for (const char* bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) EXPECT_FALSE(IsUtf8(bad));
}

}  // namespace
}  // namespace evenhand::incident
