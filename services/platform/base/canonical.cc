#include "services/platform/base/canonical.h"

#include <algorithm>

#include <absl/strings/ascii.h>

#include "services/platform/base/protection.h"
#include "services/platform/base/readable.h"
#include "services/platform/base/uuid.h"

namespace evenhand {
namespace {

constexpr std::string_view kDigits = "0123456789", kSmall = "abcdefghijklmnopqrstuvwxyz";

bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

// "e-3000", "e 3000" and "e.3000" are one number; "e3000-3001" is none.
std::string Printed(std::string_view text) {
  const std::size_t letters = std::min(text.find_first_not_of(kSmall), text.size());
  const std::size_t digits = std::min(text.find_first_of(kDigits), text.size());
  if (letters == 0 || digits == text.size() || text.find_first_not_of(kDigits, digits) != std::string_view::npos) return std::string(text);
  const std::string_view between = text.substr(letters, digits - letters);
  if (!std::ranges::all_of(between, [](char c) { return static_cast<unsigned char>(c) < 0x80 && !IsAlnum(c); })) return std::string(text);
  std::string number(text.substr(0, letters));
  absl::AsciiStrToUpper(&number);
  return number.append(text.substr(digits));
}

// Letters typed for the digits they look like, behind a digit: "e3oo1".
std::string WithDigits(std::string text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i - 1]))) continue;
    if (text[i] == 'o') text[i] = '0';
    if (text[i] == 'i' || text[i] == 'l') text[i] = '1';
  }
  return text;
}

// Every run of letters and digits; digits also with the letters that stood last before them: "E3001, 3002" means E3002 as well.
void AddNumbers(std::string_view text, std::set<std::string>& numbers) {
  std::string_view letters;
  for (std::size_t at = 0; at < text.size();) {
    const bool digit = kDigits.find(text[at]) != std::string_view::npos;
    if (!digit && kSmall.find(text[at]) == std::string_view::npos) {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find_first_not_of(digit ? kDigits : kSmall, at), text.size());
    const std::string_view run = text.substr(at, end - at);
    numbers.emplace(run);
    if (!digit) letters = run;
    if (digit && !letters.empty()) numbers.insert(Printed(std::string(letters).append(run)));
    at = end;
  }
}

}  // namespace

std::string CanonicalStaffNumber(std::string_view typed) {
  if (!ProtectionOn(Protection::kCanonicalStaffNumber)) return std::string(typed);
  const auto readable = ReadableAsLatin(typed);
  if (!readable) return std::string(typed);
  if (const std::string_view core = Core(*readable); std::ranges::all_of(core, absl::ascii_isascii)) return Printed(core);
  return std::string(Core(Readable(typed).value_or(*readable)));  // a name in another script is nobody's number in Latin letters
}

bool IsOneStaffNumber(std::string_view canonical) {
  const std::size_t last = canonical.find_last_not_of(kDigits);
  const std::string_view name = last == std::string_view::npos ? std::string_view() : canonical.substr(0, last + 1);
  return IsUuid(std::string(canonical)) || std::ranges::all_of(name, [](char c) {
           return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
         });
}

std::set<std::string> StaffNumbersIn(std::string_view canonical) {
  std::set<std::string> numbers = {std::string(canonical)};
  if (std::ranges::all_of(canonical, IsAlnum) && IsOneStaffNumber(canonical)) return numbers;
  const std::string text = absl::AsciiStrToLower(absl::string_view(canonical.data(), canonical.size()));
  for (std::size_t at = 0; at < text.size();) {  // words with what may belong to a name: "u-leader, u-boss7"
    const std::size_t end = std::min(text.find_first_of(" ,;/|&+()[]{}<>\"'", at), text.size());
    numbers.insert(Printed(Core(std::string_view(text).substr(at, end - at))));
    at = end + 1;
  }
  AddNumbers(text, numbers);
  AddNumbers(WithDigits(text), numbers);
  std::string together = text;
  std::erase_if(together, [](char c) { return !IsAlnum(c); });
  numbers.insert(Printed(WithDigits(std::move(together))));
  numbers.erase("");
  return numbers;
}

std::string CanonicalKey(std::string_view typed) {
  std::string key = Readable(typed).value_or(std::string(typed));
  std::erase(key, ' ');
  return key;
}

}  // namespace evenhand
