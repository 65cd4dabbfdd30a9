#include "services/incident/domain/suppression.h"

#include <algorithm>

namespace evenhand::incident {

ShownTable Suppress(const std::map<std::string, int>& cells, int total) {
  ShownTable shown;
  if (total >= kLeastShown) shown.total = total;
  std::vector<std::pair<int, std::string>> by_size;
  int withheld = 0, withheld_sum = 0;
  for (const auto& [key, count] : cells) {
    if (count == 0) {
      shown.cells[key] = 0;
    } else if (count < kLeastShown || total < kLeastShown) {
      shown.cells[key] = std::nullopt;
      ++withheld;
      withheld_sum += count;
    } else {
      shown.cells[key] = count;
      by_size.emplace_back(count, key);
    }
  }
  std::sort(by_size.begin(), by_size.end());
  for (const auto& [count, key] : by_size) {
    if (withheld == 0 || (withheld >= 2 && withheld_sum >= kLeastShown)) break;
    shown.cells[key] = std::nullopt;
    ++withheld;
    withheld_sum += count;
  }
  // Nothing was left to go with it: then the total is what would give it away.
  if (withheld == 1) shown.total = std::nullopt;
  shown.withheld = withheld > 0 || !shown.total;
  return shown;
}

ShownTable AddUp(const std::vector<ShownTable>& months) {
  ShownTable sum;
  for (const ShownTable& month : months) {
    for (const auto& [key, count] : month.cells) {
      std::optional<int>& cell = sum.cells.try_emplace(key, std::nullopt).first->second;
      if (count) cell = cell.value_or(0) + *count;
    }
    sum.withheld = sum.withheld || month.withheld;
    if (month.total) sum.total = sum.total.value_or(0) + *month.total;
  }
  return sum;
}

namespace {

struct Cell {
  int count = 0;
  bool withheld = false;
};

// Withholds more of a line until what is withheld can't be told from its sum. True when something changed.
bool Complement(const std::vector<Cell*>& line) {
  int withheld = 0, sum = 0;
  std::vector<Cell*> left;
  for (Cell* cell : line) {
    if (cell->withheld) {
      ++withheld;
      sum += cell->count;
    } else if (cell->count > 0) {
      left.push_back(cell);
    }
  }
  std::sort(left.begin(), left.end(), [](const Cell* a, const Cell* b) { return a->count < b->count; });
  bool changed = false;
  for (Cell* cell : left) {
    if (withheld == 0 || (withheld >= 2 && sum >= kLeastShown)) break;
    cell->withheld = changed = true;
    ++withheld;
    sum += cell->count;
  }
  return changed;
}

}  // namespace

Grid SuppressGrid(const std::map<std::string, std::map<std::string, int>>& figures) {
  std::map<std::string, std::map<std::string, Cell>> cells;
  std::map<std::string, std::vector<Cell*>> by_figure, by_group;
  for (const auto& [figure, groups] : figures) {
    for (const auto& [group, count] : groups) {
      Cell& cell = cells[figure][group] = {count, count > 0 && count < kLeastShown};
      by_figure[figure].push_back(&cell);
      by_group[group].push_back(&cell);
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [figure, line] : by_figure) changed = (line.size() > 1 && Complement(line)) || changed;
    for (const auto& [group, line] : by_group) changed = Complement(line) || changed;
  }
  Grid shown;
  for (const auto& [figure, groups] : cells) {
    for (const auto& [group, cell] : groups) shown[figure][group] = cell.withheld ? std::nullopt : std::optional<int>(cell.count);
  }
  return shown;
}

}  // namespace evenhand::incident
