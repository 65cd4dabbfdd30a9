// What a letter can be posted to: the rules of who prints and posts for councils (GOV.UK Notify), in one place for letters and people.
#pragma once

#include <string>
#include <vector>

#include "services/platform/base/refusal.h"

namespace evenhand {

// Every fault at once, each naming its line: "address[2]". Three to seven lines that say something, the last a postcode or a country, and
// none that says there is no address. Source: council rule.
Refusals FaultsOfAddress(const std::vector<std::string>& lines, const std::string& field);

}  // namespace evenhand
