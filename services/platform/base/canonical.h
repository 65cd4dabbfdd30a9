// One form for each word that people type and rules compare: what is equal to a reader is equal to ==. Staff numbers, service areas, roles
// and aliases pass here once, at the edge of a process (requests by their field options, tokens, portal rows), so that rules compare
// strings.
#pragma once

#include <string>
#include <string_view>

namespace evenhand {

// A staff number: without blanks at the ends and what can't be seen, NFKC and case folded, look-alike letters and digits of other scripts
// as the Latin ones. Letters followed by digits are printed in capitals, without blanks between: "e1001", "Ｅ1001", " E 1001\u200b" are
// "E1001"; "U-Senior_Manager" is "u-senior_manager". Its own form is left as it is.
std::string CanonicalStaffNumber(std::string_view typed);

// What areas, roles and aliases are compared by, never shown: NFKC and case folded, without blanks and what can't be seen.
// "Children\u00A0and Families" and "CHILDREN AND  FAMILIES" are "childrenandfamilies".
std::string CanonicalKey(std::string_view typed);

}  // namespace evenhand
