// An attacker with a calculator: every table, every period, whatever can be added and subtracted (13).
#include "services/incident/app/heard.h"
#include "services/incident/app/statistics.h"
#include "services/incident/testing/fixture.h"

namespace evenhand::incident {
namespace {

using Kind = FollowUpKind;
using Out = FollowUpOutcome;

class Subtraction : public WithDatabase {
 protected:
  v1::Incident Happened(const std::string& day, const std::string& area, Behaviour::Value behaviour = Behaviour::ABUSE) {
    auto r = AnIncident();
    SetTime(r.mutable_occurred_at(), *ParseInstant(day + "T10:00:00Z"));
    r.set_service_area(area);
    r.set_behaviours(0, behaviour);
    return Recorded(r);
  }
  v1::Statistics Shown(const std::string& by, const std::string& from, const std::string& to) {
    v1::GetStatisticsRequest request;
    request.set_by(by);
    request.set_from(from);
    request.set_to(to);
    auto reply = GetStatistics(work_, neighbours_, By(union_), request);
    EXPECT_TRUE(reply.ok());
    return reply.ok() ? reply.value() : v1::Statistics();
  }
  static std::optional<int> Cell(const v1::Statistics& table, const std::string& key) {
    for (const auto& row : table.rows()) {
      if (row.key() == key) return row.has_count() ? std::optional<int>(row.count()) : std::nullopt;
    }
    return 0;
  }
  static int Figures(const v1::Statistics& table, const std::string& figure, const std::string& group) {
    for (const auto& one : table.figures()) {
      if (one.figure() == figure && one.group() == group) return one.has_value() ? one.value() : -1;
    }
    return 0;
  }
};

TEST_F(Subtraction, Clause13_TwoPeriodsDoNotTellTheMonthBetween) {
  for (int i = 0; i < 12; ++i) Happened("2026-09-10", "Housing", Behaviour::NAMED_PUBLICLY);
  for (int i = 0; i < 3; ++i) Happened("2026-10-10", "Housing", Behaviour::NAMED_PUBLICLY);
  const auto short_one = Shown("service", "2026-09-01", "2026-09-30"), long_one = Shown("service", "2026-09-01", "2026-10-31");
  EXPECT_EQ(long_one.total() - short_one.total(), 0);
  EXPECT_EQ(*Cell(long_one, "Housing") - *Cell(short_one, "Housing"), 0);
  EXPECT_EQ(long_one.staff_named() - short_one.staff_named(), 0);
  const auto all = [](const v1::Statistics& one) { return one.follow_ups().open() + one.follow_ups().overdue(); };
  EXPECT_GT(all(short_one), 0);
  EXPECT_TRUE(long_one.suppressed());
}

TEST_F(Subtraction, Clause13_DecisionsOfASmallMonthAreNotToldByTwoPeriods) {
  for (int i = 0; i < 12; ++i) Happened("2026-09-10", "Housing");
  for (int i = 0; i < 3; ++i) Happened("2026-10-10", "Housing");
  const auto short_one = Shown("service", "2026-09-01", "2026-09-30"), long_one = Shown("service", "2026-09-01", "2026-10-31");
  EXPECT_EQ(short_one.time_to_register().waiting(), 12);
  EXPECT_EQ(long_one.time_to_register().waiting(), 12);
}

TEST_F(Subtraction, Clause13_TheStatesTogetherDoNotTellHowFewFell) {
  std::string last;
  for (int i = 0; i < 12; ++i) last = Happened("2026-09-10", "Housing").id();
  v1::WithdrawIncidentRequest withdraw;
  withdraw.set_id(last);
  withdraw.set_reason("By mistake");
  ASSERT_TRUE(WithdrawIncident(work_, neighbours_, By(safety_), withdraw).ok());
  const auto service = Shown("service", "2026-09-01", "2026-09-30"), state = Shown("state", "2026-09-01", "2026-09-30");
  EXPECT_EQ(service.total(), 11);
  EXPECT_FALSE(state.has_total());
  EXPECT_FALSE(Cell(state, "WITHDRAWN"));
}

TEST_F(Subtraction, Clause13_FewDecisionsAreNotToldByTheKindsOfFollowUps) {
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) ids.push_back(Happened("2026-09-10", "Housing").id());
  for (int i = 0; i < 2; ++i) {
    v1::CompleteFollowUpRequest decide;
    decide.set_id(FollowUpOf(ids[static_cast<std::size_t>(i)], Kind::REGISTER_DECISION, team_leader_).id());
    decide.set_outcome(Out::NOT_TO_REGISTER);
    decide.mutable_record()->set_reason("A single call");
    ASSERT_TRUE(CompleteFollowUp(work_, neighbours_, By(team_leader_), decide).ok());
  }
  const auto shown = Shown("followUpKind", "2026-09-01", "2026-09-30");
  EXPECT_EQ(Cell(shown, "REGISTER_DECISION"), 12);
  EXPECT_FALSE(shown.time_to_register().has_decided());
  EXPECT_FALSE(shown.time_to_register().has_waiting());  // 12 less 10 would say 2
}

TEST_F(Subtraction, Clause13_StaffNamedIsNoMoreThanTheTableByBehaviour) {
  for (int i = 0; i < 6; ++i) Happened("2026-09-10", "Housing", Behaviour::NAMED_PUBLICLY);
  for (int i = 0; i < 2; ++i) Happened("2026-09-10", "Housing", Behaviour::ABUSE);
  const auto shown = Shown("behaviour", "2026-09-01", "2026-09-30");
  EXPECT_FALSE(Cell(shown, "ABUSE"));
  EXPECT_FALSE(Cell(shown, "NAMED_PUBLICLY"));
  EXPECT_FALSE(shown.has_staff_named());  // 8 less 6 would say 2
}

TEST_F(Subtraction, Clause13_TheFiguresOfTheOthersAreNotToldByTheirSum) {
  const auto put = [&](const char* group, const char* figure, int value) {
    auto& row = *neighbours_.part.add_rows();
    row.set_group(group);
    row.set_figure(figure);
    row.set_value(value);
  };
  put("Housing", "restrictionsProposed", 20);
  put("Housing", "restrictionsImposed", 14);
  put("Education", "restrictionsProposed", 9);
  put("Education", "restrictionsImposed", 2);
  put("Social Work", "restrictionsProposed", 30);
  put("Social Work", "restrictionsImposed", 25);
  const auto grouped = Shown("service", "2026-09-01", "2026-09-30");
  EXPECT_EQ(Figures(grouped, "restrictionsImposed", "Education"), -1);
  // All imposed is 41, known from the ungrouped table: 41 less the shown ones must not be Education's 2.
  const int others = Figures(grouped, "restrictionsImposed", "Housing"), more = Figures(grouped, "restrictionsImposed", "Social Work");
  EXPECT_TRUE(others == -1 || more == -1);
  EXPECT_NE(41 - std::max(others, 0) - std::max(more, 0), 2);
}

}  // namespace
}  // namespace evenhand::incident
