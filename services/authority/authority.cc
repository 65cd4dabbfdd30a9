#include "services/authority/authority.h"

#include <algorithm>
#include <iterator>

namespace evenhand {

std::vector<Rule> AllRules() {
  std::vector<Rule> all;
  for (auto rules : {IncidentRules(), RestrictionRules(), AppealRules(), NotificationRules()}) {
    std::ranges::move(rules, std::back_inserter(all));
  }
  return all;
}

}  // namespace evenhand
