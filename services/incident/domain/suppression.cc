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
  return shown;
}

ShownTable AddUp(const std::vector<ShownTable>& months) {
  ShownTable sum;
  for (const ShownTable& month : months) {
    for (const auto& [key, count] : month.cells) {
      std::optional<int>& cell = sum.cells.try_emplace(key, std::nullopt).first->second;
      if (count) cell = cell.value_or(0) + *count;
    }
    if (month.total) sum.total = sum.total.value_or(0) + *month.total;
  }
  return sum;
}

std::optional<int> ShownCount(int count) { return count == 0 || count >= kLeastShown ? std::optional<int>(count) : std::nullopt; }

}  // namespace evenhand::incident
