// One form for each word that people type and rules compare: what is equal to a reader is equal to ==. Staff numbers, service areas, roles
// and aliases pass here once, at the edge of a process (requests by their field options, tokens, portal rows), so that rules compare
// strings.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace evenhand {

// A staff number as a reader sees it (readable.h), without what stands around it. Letters followed by digits are printed in capitals,
// without what stands between: "e1001", "Ｅ1001", " E-1001\u200b", "'E1001';" are "E1001"; "U-Senior_Manager" is "u-senior_manager". Its
// own form is left as it is.
std::string CanonicalStaffNumber(std::string_view typed);

// False for what was typed into the field of a number and may mean several, or somebody else than it says: two numbers, an address, a name
// with a number.
bool IsOneStaffNumber(std::string_view canonical);

// Every staff number that the text may mean, itself among them: whoever is barred by one entry is barred however it was written (7.3).
std::set<std::string> StaffNumbersIn(std::string_view canonical);

// What areas, roles and aliases are compared by, never shown: NFKC and case folded, without blanks and what can't be seen.
// "Children\u00A0and Families" and "CHILDREN AND  FAMILIES" are "childrenandfamilies".
std::string CanonicalKey(std::string_view typed);

}  // namespace evenhand
