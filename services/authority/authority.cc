#include "services/authority/authority.h"

#include <algorithm>
#include <iterator>

#include "services/platform/auth/platform_rules.h"

namespace evenhand {

std::vector<Rule> AllRules() {
  std::vector<Rule> all;
  for (auto rules : {IncidentRules(), RestrictionRules(), AppealRules(), NotificationRules(), PlatformRules()}) {
    std::ranges::move(rules, std::back_inserter(all));
  }
  return all;
}

}  // namespace evenhand
