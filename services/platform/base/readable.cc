#include "services/platform/base/readable.h"

#include <algorithm>
#include <memory>

#include <absl/strings/ascii.h>
#include <unicode/idna.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>

#include "services/platform/base/check.h"
#include "services/platform/base/protection.h"

namespace evenhand {
namespace {

constexpr UChar32 kBrailleBlank = 0x2800, kNullNotehead = 0x1D159;  // not blanks to Unicode, but nothing to see
constexpr UChar32 kReplacement = 0xFFFD, kMinus = 0x2212, kIdeographicStop = 0x3002, kSwungDash = 0x2053;
constexpr std::size_t kLongestLabel = 63;  // RFC 1035

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

const icu::Normalizer2& FoldCase() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  EVENHAND_CHECK(U_SUCCESS(error), "ICU has no NFKC_Casefold");
  return *fold;
}

icu::UnicodeString By(const icu::Normalizer2& form, const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString formed = form.normalize(text, error);
  EVENHAND_CHECK(U_SUCCESS(error), "a normal form takes any text");
  return formed;
}

// Accents stand apart while letters are looked at: a Cyrillic e with an accent is read as the Latin one with it.
icu::UnicodeString Apart(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  EVENHAND_CHECK(U_SUCCESS(error), "ICU has no NFD");
  return By(*nfd, text);
}

// The Latin letter or digit that it is taken for on a screen (UTS 39), else itself.
UChar32 AsRead(UChar32 point) {
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
  if (U_FAILURE(error) || skeleton.length() != 1) return point;
  UChar32 read = u_tolower(skeleton.char32At(0));
  if (read == 'l' && u_isupper(point)) read = 'i';  // the table has one for l, I and 1
  return read < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(read)) ? read : point;
}

UChar32 AsReadInCapitals(UChar32 small) {
  const UChar32 capital = u_toupper(small), read = AsRead(capital);
  return read == capital ? small : read;
}

// One for each that looks like it.
UChar32 Plain(UChar32 point) {
  switch (point) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x02B9:
    case 0x02BB:
    case 0x02BC:
    case 0x02BD:
    case '`':
      return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0xAB:
    case 0xBB:
    case 0x2039:
    case 0x203A:
      return '"';
    case kIdeographicStop:
      return '.';
    case kMinus:
    case kSwungDash:
      return '-';
    default:
      break;
  }
  if (u_charType(point) == U_DASH_PUNCTUATION) return '-';
  return point < 0x80 ? point : AsRead(point);
}

bool IsBlank(UChar32 point) { return u_isUWhiteSpace(point) || point == kBrailleBlank || point == kNullNotehead; }

bool Unreadable(UChar32 point) {
  switch (u_charType(point)) {
    case U_UNASSIGNED:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
      return true;
    default:
      return point == kReplacement;
  }
}

// Nothing where there is something that can't be read.
std::optional<icu::UnicodeString> Seen(const icu::UnicodeString& text) {
  icu::UnicodeString seen;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    if (Unreadable(point)) return std::nullopt;
    if (IsBlank(point)) {
      seen.append(static_cast<UChar32>(' '));
    } else if (u_charType(point) != U_CONTROL_CHAR && u_charType(point) != U_FORMAT_CHAR) {
      seen.append(Plain(point));
    }
  }
  return seen;
}

std::string WithSingleBlanks(std::string_view text) {
  std::string single;
  single.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' && (single.empty() || single.back() == ' ')) continue;
    single += c;
  }
  while (single.ends_with(' ')) single.pop_back();
  return single;
}

std::string AsciiSeen(std::string_view written) {
  std::string seen;
  seen.reserve(written.size());
  for (const char c : written) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isspace(byte)) {
      seen += ' ';
    } else if (!absl::ascii_iscntrl(byte)) {
      seen += c == '`' ? '\'' : absl::ascii_tolower(byte);
    }
  }
  return WithSingleBlanks(seen);
}

const icu::IDNA& Idna() {
  static const icu::IDNA* const idna = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::IDNA* made = icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE, error);
    EVENHAND_CHECK(U_SUCCESS(error), "ICU has no IDNA");
    return made;
  }();
  return *idna;
}

// Where hyphens stand is the registrar's concern: what is in use is a domain.
bool Wrong(const icu::IDNAInfo& info) {
  return (info.getErrors() & ~(UIDNA_ERROR_HYPHEN_3_4 | UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN)) != 0;
}

bool LabelsHaveALength(std::string_view domain) {
  for (std::size_t start = 0; start <= domain.size();) {
    const std::size_t end = std::min(domain.find('.', start), domain.size());
    if (end == start || end - start > kLongestLabel) return false;
    start = end + 1;
  }
  return true;
}

icu::UnicodeString FromUtf8(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

}  // namespace

std::optional<std::string> Readable(std::string_view written) {
  if (IsAscii(written) || !ProtectionOn(Protection::kHandleForm)) return AsciiSeen(written);
  const auto seen = Seen(Apart(By(FoldCase(), FromUtf8(written))));
  if (!seen) return std::nullopt;
  std::string text;
  By(FoldCase(), *seen).toUTF8String(text);
  return WithSingleBlanks(text);
}

std::optional<std::string> ReadableAsLatin(std::string_view written) {
  if (IsAscii(written)) return Readable(written);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  EVENHAND_CHECK(U_SUCCESS(error), "ICU has no NFKC");
  const icu::UnicodeString text = Apart(By(*nfkc, FromUtf8(written)));
  icu::UnicodeString latin;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    const UChar32 read = point < 0x80 ? point : AsRead(point);
    latin.append(read == point && point >= 0x80 && u_islower(point) ? AsReadInCapitals(point) : read);
  }
  std::string bytes;
  latin.toUTF8String(bytes);
  return Readable(bytes);
}

std::string_view Core(std::string_view text) {
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t from = 0, to = size;
  for (std::int32_t next = 0; next < size; from = next) {
    UChar32 point = 0;
    U8_NEXT(text.data(), next, size, point);
    if (point >= 0 && u_isalnum(point)) break;
  }
  for (std::int32_t before = size; before > from; to = before) {
    UChar32 point = 0;
    U8_PREV(text.data(), from, before, point);
    if (point >= 0 && u_isalnum(point)) break;
  }
  return text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
}

Signs SignsIn(std::string_view text) {
  Signs seen;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 point = 0;
    U8_NEXT(text.data(), at, size, point);
    seen.letters += point >= 0 && u_isalpha(point) ? 1 : 0;
    seen.digits += point >= 0 && u_isdigit(point) ? 1 : 0;
  }
  return seen;
}

std::string_view Bare(std::string_view text) {
  constexpr std::string_view kAround = " '\"<>()[]{},;:.";
  const std::size_t start = text.find_first_not_of(kAround);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kAround) - start + 1);
}

std::optional<std::string> DomainOf(std::string_view readable) {
  if (IsAscii(readable) && readable.find("xn--") == std::string_view::npos)
    return LabelsHaveALength(readable) ? std::optional(std::string(readable)) : std::nullopt;
  // Out of A-labels first, so that what looks the same there is the same as well.
  UErrorCode error = U_ZERO_ERROR;
  icu::IDNAInfo info;
  icu::UnicodeString unicode;
  Idna().nameToUnicode(FromUtf8(readable), unicode, info, error);
  if (U_FAILURE(error) || Wrong(info)) return std::nullopt;
  std::string shown;
  unicode.toUTF8String(shown);
  const auto read = Readable(shown);
  if (!read) return std::nullopt;
  icu::UnicodeString ascii;
  icu::IDNAInfo again;
  Idna().nameToASCII(FromUtf8(*read), ascii, again, error);
  if (U_FAILURE(error) || Wrong(again)) return std::nullopt;
  std::string domain;
  ascii.toUTF8String(domain);
  if (!IsAscii(domain) || !LabelsHaveALength(domain)) return std::nullopt;
  return domain;
}

}  // namespace evenhand
