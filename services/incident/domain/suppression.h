// Numbers small enough to point at somebody are not shown to readers without case access, and can't be worked out from the others (13).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace evenhand::incident {

inline constexpr int kLeastShown = 5;

// One table of one month: what each value counts, and how many there are in all. Shown: as it is; absent: withheld.
struct ShownTable {
  std::map<std::string, std::optional<int>> cells;
  std::optional<int> total;
  bool withheld = false;  // a part is missing, be it of one month only
};

// Under 5 is withheld; where only one figure would be withheld, or those withheld add up to under 5, the next smallest goes with it,
// so that total minus the shown ones tells nothing. A total under 5 is withheld with everything in it.
ShownTable Suppress(const std::map<std::string, int>& cells, int total);

// Figures of several months added up: only shown parts count, so that no difference of two periods gives a withheld one away.
// A value of which no month could be shown is withheld as a whole.
ShownTable AddUp(const std::vector<ShownTable>& months);

// A table of figures by groups (restrictions imposed, declined … by service): the sum of each figure over the groups is known from
// elsewhere, and the figures of one group add up to each other. Rows: figure, columns: group. Absent: withheld.
using Grid = std::map<std::string, std::map<std::string, std::optional<int>>>;
Grid SuppressGrid(const std::map<std::string, std::map<std::string, int>>& figures);

}  // namespace evenhand::incident
