#include "services/restriction/handles/handles.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/strip.h>

namespace evenhand::restriction {
namespace {

constexpr std::size_t kLongest = 320;  // an e-mail address's longest form (RFC 5321); nothing else is longer
constexpr int kMostRounds = 6;         // more needless zeros than anybody types by mistake

std::string Trimmed(std::string_view written) {
  const auto text = absl::StripAsciiWhitespace(absl::string_view(written.data(), written.size()));
  return std::string(text.data(), text.size());
}

bool Sensible(const std::string& text) { return !text.empty() && text.size() <= kLongest; }

}  // namespace

std::optional<std::string> NormalisePhone(std::string_view written) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  std::string text = Trimmed(written);
  if (!Sensible(text)) return std::nullopt;
  // Letters are not dialled here: "0800 COUNCIL" would be read as digits, a name as a number. `tel:` is a scheme, not letters.
  std::string lower = absl::AsciiStrToLower(text);
  if (lower.rfind("tel:", 0) == 0) text = text.substr(4);
  const std::string number_part = text.substr(0, text.find(';'));
  if (std::ranges::any_of(number_part, [](unsigned char c) { return absl::ascii_isalpha(c); })) return std::nullopt;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  // Parsing takes one trunk prefix off: "+44 00 1632…" comes to rest in the second round.
  std::string read = number_part;
  for (int round = 0; round < kMostRounds; ++round) {
    PhoneNumber number;
    if (util.Parse(read, "GB", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
    // A number that is possible only within its own area names a subscriber in each of them: it is nobody's handle.
    if (util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) return std::nullopt;
    std::string e164;
    util.Format(number, PhoneNumberUtil::E164, &e164);
    if (e164 == read) return e164;
    read = std::move(e164);
  }
  return std::nullopt;
}

std::optional<std::string> NormaliseEmail(std::string_view written) {
  std::string text = absl::AsciiStrToLower(Trimmed(written));
  while (text.rfind("mailto:", 0) == 0) text = Trimmed(std::string_view(text).substr(7));
  const auto at = text.find('@');
  if (!Sensible(text) || at == std::string::npos || at == 0 || at + 1 == text.size() || text.find('@', at + 1) != std::string::npos)
    return std::nullopt;
  if (std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == '<' || c == '>' || c == ','; })) return std::nullopt;
  return text;
}

std::optional<std::string> NormaliseUprn(std::string_view written) {
  std::string digits;
  for (unsigned char c : Trimmed(written)) {
    if (c == ' ') continue;
    if (!absl::ascii_isdigit(c)) return std::nullopt;
    digits += static_cast<char>(c);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty() || digits.size() > 12) return std::nullopt;
  return digits;
}

std::optional<std::string> NormaliseSocial(std::string_view written) {
  std::string text = absl::AsciiStrToLower(Trimmed(written));
  text.erase(0, std::min(text.find_first_not_of("@ \t\r\n\v\f"), text.size()));  // "@@pat" and "@ pat" are pat
  if (!Sensible(text)) return std::nullopt;
  return text;
}

std::optional<std::string> NormaliseCrmRef(std::string_view written) {
  std::string text = absl::AsciiStrToUpper(Trimmed(written));
  if (!Sensible(text)) return std::nullopt;
  return text;
}

std::optional<std::string> Normalise(std::string_view kind, std::string_view written) {
  if (kind == "PHONE") return NormalisePhone(written);
  if (kind == "EMAIL") return NormaliseEmail(written);
  if (kind == "UPRN") return NormaliseUprn(written);
  if (kind == "SOCIAL") return NormaliseSocial(written);
  if (kind == "CRM_REF") return NormaliseCrmRef(written);
  return std::nullopt;
}

}  // namespace evenhand::restriction
