#include "services/platform/base/canonical.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include "services/platform/base/check.h"
#include "services/platform/base/protection.h"

namespace evenhand {
namespace {

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// NFKC_Casefold drops Default_Ignorable_Code_Point (zero widths, joiners, marks of direction); controls are as invisible.
icu::UnicodeString Folded(std::string_view typed) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  EVENHAND_CHECK(U_SUCCESS(error), "ICU has no NFKC_Casefold");
  const icu::UnicodeString text =
      fold->normalize(icu::UnicodeString::fromUTF8({typed.data(), static_cast<std::int32_t>(typed.size())}), error);
  EVENHAND_CHECK(U_SUCCESS(error), "NFKC_Casefold takes any text");
  icu::UnicodeString seen;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    if (u_isUWhiteSpace(point) || (u_charType(point) != U_CONTROL_CHAR && u_charType(point) != U_FORMAT_CHAR)) seen.append(point);
  }
  return seen;
}

std::string Utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

// The Latin letter or digit that a character of another script is taken for on a screen (UTS 39), else itself.
UChar32 AsRead(UChar32 point) {
  if (point < 0x80) return point;
  if (const std::int32_t digit = u_charDigitValue(point); digit >= 0) return '0' + digit;
  static const USpoofChecker* const checker = [] {
    UErrorCode error = U_ZERO_ERROR;
    USpoofChecker* made = uspoof_open(&error);
    EVENHAND_CHECK(U_SUCCESS(error), "ICU has no table of look-alikes");
    return made;
  }();
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString skeleton;
  uspoof_getSkeletonUnicodeString(checker, 0, icu::UnicodeString(point), skeleton, &error);
  const UChar32 read = U_SUCCESS(error) && skeleton.length() == 1 ? u_tolower(skeleton.char32At(0)) : point;
  return read >= 'a' && read <= 'z' ? read : point;
}

std::string WithoutBlanks(std::string text) {
  std::erase_if(text, absl::ascii_isspace);
  return text;
}

bool IsLettersThenDigits(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), text.size());
  return digits > 0 && digits < text.size() && text.find_first_not_of("0123456789", digits) == std::string_view::npos;
}

std::string Printed(std::string folded) {
  absl::StripAsciiWhitespace(&folded);
  std::string together = WithoutBlanks(folded);
  if (!IsLettersThenDigits(together)) return folded;
  absl::AsciiStrToUpper(&together);
  return together;
}

std::string AsciiFolded(std::string_view typed) {
  std::string text(typed);
  std::erase_if(text, [](char c) { return absl::ascii_iscntrl(c) && !absl::ascii_isspace(c); });
  absl::AsciiStrToLower(&text);
  return text;
}

}  // namespace

std::string CanonicalStaffNumber(std::string_view typed) {
  if (!ProtectionOn(Protection::kCanonicalStaffNumber)) return std::string(typed);
  if (IsAscii(typed)) return Printed(AsciiFolded(typed));
  const icu::UnicodeString folded = Folded(typed);
  icu::UnicodeString read;
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const UChar32 point = folded.char32At(at);
    read.append(u_isUWhiteSpace(point) ? ' ' : AsRead(point));
  }
  if (std::string latin = Utf8(read); IsAscii(latin)) return Printed(std::move(latin));
  return Printed(Utf8(folded));  // a name in another script is nobody's number in Latin letters
}

std::string CanonicalKey(std::string_view typed) {
  if (IsAscii(typed)) return WithoutBlanks(AsciiFolded(typed));
  const icu::UnicodeString folded = Folded(typed);
  icu::UnicodeString key;
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    if (const UChar32 point = folded.char32At(at); !u_isUWhiteSpace(point)) key.append(point);
  }
  return Utf8(key);
}

}  // namespace evenhand
