#include "services/handles/handles.h"

#include <phonenumbers/phonenumberutil.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>

#include "services/platform/base/readable.h"

namespace evenhand {
namespace {

constexpr std::size_t kLongest = 320;  // an e-mail address's longest form (RFC 5321); nothing else is longer
constexpr int kMostRounds = 6;         // more needless zeros than anybody types by mistake

using Form = std::optional<std::string> (*)(const std::string& readable);

// Read, put into its form, and again: what isn't its own normal form could be registered and never found.
std::optional<std::string> Settled(std::string_view written, Form form) {
  std::string last(written);
  absl::StripAsciiWhitespace(&last);
  if (last.empty() || last.size() > kLongest) return std::nullopt;
  for (int round = 0; round < kMostRounds; ++round) {
    const auto readable = Readable(last);
    auto next = readable ? form(*readable) : std::nullopt;
    if (!next || next->empty() || next->size() > kLongest) return std::nullopt;
    if (*next == last) return next;
    last = *std::move(next);
  }
  return std::nullopt;
}

bool HasLetter(std::string_view text) {
  for (std::int32_t at = 0; at < static_cast<std::int32_t>(text.size());) {
    UChar32 point = 0;
    U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), point);
    if (point < 0 || u_isalpha(point)) return true;
  }
  return false;
}

std::optional<std::string> Phone(const std::string& readable) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  std::string_view text = readable;
  while (text.starts_with("tel:")) text.remove_prefix(4);  // a scheme, not letters
  text = text.substr(0, text.find(';'));
  // Letters are not dialled here: "0800 COUNCIL" would be read as digits, a name as a number.
  if (HasLetter(text)) return std::nullopt;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(std::string(text), "GB", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  // A number that is possible only within its own area names a subscriber in each of them: it is nobody's handle.
  if (util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) return std::nullopt;
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

std::optional<std::string> Email(const std::string& readable) {
  constexpr std::string_view kScheme = "mailto:", kInNone = " <>()[],;:\"\\", kInNoDomain = "/?#%'&=!$*+{}|^";
  std::string_view text = Bare(readable);
  bool link = false;
  for (; text.starts_with(kScheme); text = Bare(text.substr(kScheme.size()))) link = true;
  if (link && text.find('%') != std::string_view::npos) return std::nullopt;
  if (link) text = Bare(text.substr(0, text.find('?')));
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) return std::nullopt;
  std::string_view local = text.substr(0, at);
  while (local.ends_with('"')) local.remove_suffix(1);  // the quote that opened it went with what stands around
  const auto domain = DomainOf(text.substr(at + 1));
  if (local.empty() || !domain || local.find_first_of(kInNone) != std::string_view::npos) return std::nullopt;
  if (domain->find_first_of(kInNone) != std::string::npos || domain->find_first_of(kInNoDomain) != std::string::npos) return std::nullopt;
  return std::string(local) + "@" + *domain;
}

std::optional<std::string> Uprn(const std::string& readable) {
  std::string digits;
  for (unsigned char c : Bare(readable)) {
    if (c == ' ') continue;
    if (!absl::ascii_isdigit(c)) return std::nullopt;
    digits += static_cast<char>(c);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty() || digits.size() > 12) return std::nullopt;
  return digits;
}

// "%41" in an address is "A".
std::string Unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) &&
                        absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]));
    plain += escape ? absl::HexStringToBytes(absl::string_view(text.data() + i + 1, 2)) : std::string(1, text[i]);
    if (escape) i += 2;
  }
  return plain;
}

// The account's name in the address of its page; the host's where there is no other.
std::string NameInAddress(std::string_view address) {
  constexpr std::array<std::string_view, 12> kBefore = {"user",    "users",  "u",      "c",     "channel", "in",
                                                        "company", "people", "groups", "pages", "profile", "add"};
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos) address.remove_prefix(scheme + 3);
  if (const auto id = address.find("profile.php?id="); id != std::string_view::npos) {
    address.remove_prefix(id + 15);
    return std::string(address.substr(0, address.find_first_of("&#/")));
  }
  address = address.substr(0, address.find_first_of("?#"));
  std::string_view host = address.substr(0, address.find('/'));
  std::string_view path = address.substr(host.size());
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    if (!part.empty() && std::ranges::find(kBefore, part) == kBefore.end()) return Unescaped(part);
    path.remove_prefix(part.size());
  }
  if (host.starts_with("www.")) host.remove_prefix(4);
  return std::string(host);
}

// A blank in a name or number, of whatever kind and width, tells a reader nothing: without it there is one form to find.
std::string WithoutBlanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::optional<std::string> Social(const std::string& readable) {
  const std::string together = WithoutBlanks(readable);
  std::string_view text = Bare(together);
  std::string in_address;
  if (text.find('/') != std::string_view::npos || text.starts_with("www.")) {
    in_address = NameInAddress(text);
    text = Bare(in_address);
  }
  while (text.starts_with('@')) text = Bare(text.substr(1));
  return std::string(Bare(text.substr(0, text.find('@'))));
}

std::optional<std::string> CrmRef(const std::string& readable) {
  std::string text = WithoutBlanks(std::string(Core(readable)));
  absl::AsciiStrToUpper(&text);
  return text;
}

}  // namespace

std::optional<std::string> NormalisePhone(std::string_view written) { return Settled(written, Phone); }
std::optional<std::string> NormaliseEmail(std::string_view written) { return Settled(written, Email); }
std::optional<std::string> NormaliseUprn(std::string_view written) { return Settled(written, Uprn); }
std::optional<std::string> NormaliseSocial(std::string_view written) { return Settled(written, Social); }
std::optional<std::string> NormaliseCrmRef(std::string_view written) { return Settled(written, CrmRef); }

std::optional<std::string> Normalise(std::string_view kind, std::string_view written) {
  if (kind == "PHONE") return NormalisePhone(written);
  if (kind == "EMAIL") return NormaliseEmail(written);
  if (kind == "UPRN") return NormaliseUprn(written);
  if (kind == "SOCIAL") return NormaliseSocial(written);
  if (kind == "CRM_REF") return NormaliseCrmRef(written);
  return std::nullopt;
}

}  // namespace evenhand
