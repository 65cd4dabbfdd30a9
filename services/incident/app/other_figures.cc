#include "services/incident/app/other_figures.h"

#include <map>
#include <set>

#include "services/incident/domain/suppression.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::incident {
namespace {

constexpr int kMostMonths = 36;  // each is asked for by itself where small numbers are withheld

using Cells = std::map<std::pair<std::string, std::string>, int>;  // (figure, group) → how many

// Middles and distinct people of several months do not add up to those of the whole.
bool AddsUp(const std::string& figure) {
  return figure != "hoursToDecisionMedian" && figure != "people" && figure != "peopleWithAdjustments";
}

Cells OfRestrictions(const restriction::v1::StatisticsPart& part) {
  Cells cells;
  for (const auto& row : part.rows()) cells[{row.figure(), row.group()}] += row.value();
  return cells;
}

Cells OfAppeals(const appeal::v1::CountAppealsResponse& reply, bool by_service) {
  Cells cells;
  for (const auto& line : reply.lines()) {
    const std::string group = by_service ? line.service_area() : "";
    cells[{"appeals", group}] += line.count();
    cells[{"appealsOverdue", group}] += line.overdue();
    using Out = AppealOutcome;
    cells[{"appealsUpheld", group}] += line.outcome() == Out::UPHELD ? line.count() : 0;
    cells[{"appealsPartlyUpheld", group}] += line.outcome() == Out::PARTLY_UPHELD ? line.count() : 0;
    cells[{"appealsNotUpheld", group}] += line.outcome() == Out::NOT_UPHELD ? line.count() : 0;
  }
  return cells;
}

void Show(const std::string& figure, const std::string& group, std::optional<int> value, v1::Statistics& out) {
  v1::StatisticsFigure& shown = *out.add_figures();
  shown.set_figure(figure);
  shown.set_group(group);
  if (value) shown.set_value(*value);
  shown.set_suppressed(!value);
  if (!value) out.set_suppressed(true);
}

// A manager's own areas, exactly: by service as they are, otherwise summed over the areas.
void ShowOwnAreas(const Cells& by_service, const Actor& actor, bool grouped, v1::Statistics& out) {
  Cells own;
  for (const auto& [key, count] : by_service) {
    if (!actor.WorksIn(key.second)) continue;
    if (grouped)
      own[key] = count;
    else if (key.first != "hoursToDecisionMedian" || actor.areas.size() == 1)
      own[{key.first, ""}] += count;
  }
  for (const auto& [key, count] : own) Show(key.first, key.second, count, out);
}

// Month by month, each month withheld by itself, so that neither two periods nor two groupings give a small figure away.
void ShowWithheld(const std::vector<Cells>& months, v1::Statistics& out) {
  std::map<std::string, std::vector<ShownTable>> by_group;
  for (const Cells& month : months) {
    std::map<std::string, std::map<std::string, int>> figures;
    for (const auto& [key, count] : month) {
      if (AddsUp(key.first)) figures[key.first][key.second] = count;
    }
    std::map<std::string, ShownTable> groups;
    for (const auto& [figure, row] : SuppressGrid(figures)) {
      for (const auto& [group, count] : row) groups[group].cells[figure] = count;
    }
    for (auto& [group, table] : groups) by_group[group].push_back(std::move(table));
  }
  for (const auto& [group, tables] : by_group) {
    for (const auto& [figure, count] : AddUp(tables).cells) Show(figure, group, count, out);
  }
}

std::vector<std::pair<std::string, std::string>> Months(const std::string& from, const std::string& to) {
  std::vector<std::pair<std::string, std::string>> months;
  const LocalDate last = *ParseDate(to);
  LocalDate first(last.year(), last.month(), 1);
  for (int i = 0; i < kMostMonths && FormatDate(first) >= from; ++i, first = AddMonths(first, -1)) {
    months.emplace_back(FormatDate(first), FormatDate(AddMonths(first, 1) - 1));
  }
  return months;
}

}  // namespace

void PutOtherFigures(const Neighbours& neighbours, const Call& call, const std::string& from, const std::string& to, const std::string& by,
                     v1::Statistics& out) {
  const bool manager = call.actor.RanksAtLeast(Role::kTeamLeader), by_service = by == "service";
  static const std::set<std::string> kGroups = {"service", "behaviour", "state", "month"};
  const std::string grouping = manager ? "service" : kGroups.contains(by) ? by : "";
  const auto periods = manager ? std::vector<std::pair<std::string, std::string>>{{from, to}} : Months(from, to);
  std::vector<Cells> restrictions, appeals;
  bool restriction_away = false, appeal_away = false;
  for (const auto& [first, last] : periods) {
    if (!restriction_away) {
      const auto part = neighbours.RestrictionFigures(call, first, last, grouping);
      restriction_away = !part.ok();
      if (part.ok()) restrictions.push_back(OfRestrictions(*part));
    }
    if (!appeal_away) {
      const auto counted = neighbours.AppealFigures(call, first, last);
      appeal_away = !counted.ok();
      if (counted.ok()) appeals.push_back(OfAppeals(*counted, manager || by_service));
    }
  }
  if (restriction_away) out.add_away("restriction");
  if (appeal_away) out.add_away("appeal");
  if (!restriction_away && manager) ShowOwnAreas(restrictions.front(), call.actor, by_service, out);
  if (!restriction_away && !manager) ShowWithheld(restrictions, out);
  if (!appeal_away && manager) ShowOwnAreas(appeals.front(), call.actor, by_service, out);
  if (!appeal_away && !manager) ShowWithheld(appeals, out);
}

}  // namespace evenhand::incident
