// One normal form for each kind of handle, so that a person is recognised however a number or address is written (case I): what is equal
// to a reader is equal here, and what can't be read is nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace evenhand {

// The newest of these forms, counted up whenever one of them changes: what was stored under an older one is put into the new one at start.
inline constexpr int kHandleForm = 2;

// E.164, region GB, by libphonenumber's Parse and IsPossibleNumber; never IsValidNumber, which refuses numbers kept for drama and
// would refuse a new range. Nothing for what can't be a phone number.
std::optional<std::string> NormalisePhone(std::string_view written);

// One '@' between two parts, the domain in A-labels; without `mailto:`, quotes and what a sentence puts around it.
std::optional<std::string> NormaliseEmail(std::string_view written);

// A UPRN is 1 to 12 digits; spaces and leading zeros do not matter.
std::optional<std::string> NormaliseUprn(std::string_view written);

// The name of a social account: "@pat", "https://x.example/pat", "@pat@social.example" are "pat". No handle says for certain on which
// network it is, so the name alone counts.
std::optional<std::string> NormaliseSocial(std::string_view written);

// The CRM's own reference, in capitals.
std::optional<std::string> NormaliseCrmRef(std::string_view written);

// By the kind's name: PHONE, EMAIL, UPRN, SOCIAL, CRM_REF.
std::optional<std::string> Normalise(std::string_view kind, std::string_view written);

}  // namespace evenhand
