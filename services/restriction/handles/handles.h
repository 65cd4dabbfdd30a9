// One normal form for each kind of handle, so that a person is recognised however a number or address is written (case I).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace evenhand::restriction {

// E.164, region GB, by libphonenumber's Parse and IsPossibleNumber; never IsValidNumber, which refuses numbers kept for drama and
// would refuse a new range. Nothing for what can't be a phone number.
std::optional<std::string> NormalisePhone(std::string_view written);

// Lower case, no surrounding space; nothing without one '@' between two parts.
std::optional<std::string> NormaliseEmail(std::string_view written);

// A UPRN is 1 to 12 digits; spaces and leading zeros do not matter.
std::optional<std::string> NormaliseUprn(std::string_view written);

// A social account: no leading '@', lower case.
std::optional<std::string> NormaliseSocial(std::string_view written);

// The CRM's own reference: surrounding space does not matter, case does not either.
std::optional<std::string> NormaliseCrmRef(std::string_view written);

// By the kind's name: PHONE, EMAIL, UPRN, SOCIAL, CRM_REF.
std::optional<std::string> Normalise(std::string_view kind, std::string_view written);

}  // namespace evenhand::restriction
