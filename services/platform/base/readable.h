// Text as a reader sees it, for handles, staff numbers, keys and reasons alike: what looks the same is the same, what can't be seen is not
// there, and what can't be read is nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace evenhand {

// Case folded and in compatibility form (NFKC_Casefold: full width, ligatures, decomposed accents; zero widths, joiners and marks of
// direction gone); letters and digits of other scripts that look Latin as the Latin ones; every dash, quote and blank as its ASCII one, no
// blank at either end nor two together. Nothing for text that isn't UTF-8 or holds what no font has (private use, unassigned).
std::optional<std::string> Readable(std::string_view written);

// As Readable, for what is written in Latin letters whatever keyboard wrote it: letters are looked at as they stand, since a capital may
// look Latin where its small form doesn't (Greek epsilon).
std::optional<std::string> ReadableAsLatin(std::string_view written);

// Without what sentences put around a word: quotes, brackets, commas, full stops.
std::string_view Bare(std::string_view text);

// Without all that is neither letter nor digit at either end.
std::string_view Core(std::string_view text);

struct Signs {
  std::ptrdiff_t letters = 0, digits = 0;
};
Signs SignsIn(std::string_view text);

// The domain in lower-case A-labels (IDNA), however it was written; `readable` is Readable. Nothing for what can't be a domain.
std::optional<std::string> DomainOf(std::string_view readable);

}  // namespace evenhand
