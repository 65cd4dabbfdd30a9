// However a handle is spelled, to a reader the same: it is the same handle, or can't be read. Never another one, which nobody holds.
#include <gmock/gmock.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <random>
#include <string>
#include <vector>

#include "services/handles/handles.h"

namespace evenhand {
namespace {

struct Held {
  const char *kind, *written;
};
constexpr Held kHeld[] = {{"EMAIL", "pat.example@example.org"},
                          {"EMAIL", "siobh\u00e1n.o'brien@b\u00fccher.example"},
                          {"EMAIL", "kim-2@stra\u00dfe.example"},
                          {"SOCIAL", "pat_example"},
                          {"SOCIAL", "\u0438\u0432\u0430\u043d"},
                          {"SOCIAL", "Pat \u00c9xample"},
                          {"CRM_REF", "CRM-000123"},
                          {"CRM_REF", "A 17/B"},
                          {"UPRN", "906700002222"},
                          {"PHONE", "07700 900123"},
                          {"PHONE", "+44 7700 900123"}};

constexpr char32_t kUnseen[] = {0x00AD, 0x034F, 0x061C, 0x115F, 0x17B4,  0x180E,  0x200B,  0x200C, 0x200D, 0x200E,
                                0x200F, 0x202A, 0x202C, 0x202E, 0x2060,  0x2063,  0x2066,  0x2069, 0x206F, 0x3164,
                                0xFE00, 0xFE0F, 0xFEFF, 0xFFF9, 0x1D173, 0xE0001, 0xE0041, 0x7F,   0x1};
constexpr char32_t kBlanks[] = {0x20, 0x09, 0x0A, 0x85, 0xA0, 0x1680, 0x2002, 0x2007, 0x200A, 0x2028, 0x202F, 0x205F, 0x2800, 0x3000};
const char* const kAround[][2] = {{"\"", "\""}, {"'", "'"}, {"<", ">"}, {"(", ")"},      {"\u201c", "\u201d"}, {"\u00ab", "\u00bb"},
                                  {"", "."},    {"", ","},  {"", ";"},  {" ", "\u00a0"}, {"[", "]"},           {"", ":"}};

std::string Utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}
icu::UnicodeString Of(const std::string& text) { return icu::UnicodeString::fromUTF8(text); }

void SameOrUnread(const Held& held, const std::string& spelled) {
  const auto form = Normalise(held.kind, spelled);
  if (!form) return;
  EXPECT_EQ(form, Normalise(held.kind, held.written)) << held.kind << " " << held.written << " as " << spelled;
}
void Same(const Held& held, const std::string& spelled) {
  EXPECT_EQ(Normalise(held.kind, spelled), Normalise(held.kind, held.written)) << held.kind << " " << held.written << " as " << spelled;
}

TEST(HandlesProperty, WhatCantBeSeenChangesNothingWhereverItStands) {
  for (const Held& held : kHeld) {
    const icu::UnicodeString text = Of(held.written);
    for (std::int32_t at = 0; at <= text.length(); ++at)
      for (const char32_t unseen : kUnseen) {
        icu::UnicodeString spelled = text;
        spelled.insert(at, static_cast<UChar32>(unseen));
        Same(held, Utf8(spelled));
      }
  }
}

TEST(HandlesProperty, BlanksAroundChangeNothingAndWithinNeverMakeAnother) {
  for (const Held& held : kHeld) {
    const icu::UnicodeString text = Of(held.written);
    for (const char32_t blank : kBlanks) {
      icu::UnicodeString around(static_cast<UChar32>(blank));
      Same(held, Utf8(around + text + around));
      icu::UnicodeString spelled = text;
      spelled.findAndReplace(icu::UnicodeString(" "), around);
      Same(held, Utf8(spelled));
    }
  }
}

TEST(HandlesProperty, CaseWidthAndCompositionChangeNothing) {
  UErrorCode error = U_ZERO_ERROR;
  for (const Held& held : kHeld) {
    const icu::UnicodeString text = Of(held.written);
    icu::UnicodeString upper = text, lower = text, wide;
    upper.toUpper();
    lower.toLower();
    for (std::int32_t i = 0; i < text.length(); ++i)
      wide.append(static_cast<char16_t>(text[i] > 0x20 && text[i] < 0x7F ? text[i] + 0xFEE0 : text[i]));
    for (const icu::UnicodeString& spelled : {upper, lower, wide, icu::Normalizer2::getNFDInstance(error)->normalize(text, error),
                                              icu::Normalizer2::getNFKDInstance(error)->normalize(upper, error),
                                              icu::Normalizer2::getNFCInstance(error)->normalize(text, error)})
      Same(held, Utf8(spelled));
    for (const auto& [before, after] : kAround) Same(held, before + std::string(held.written) + after);
  }
}

TEST(HandlesProperty, LookAlikesOfOtherScriptsAreTheSame) {
  const std::pair<const char*, const char*> look_alikes[] = {{"a", "\u0430"}, {"e", "\u0435"}, {"o", "\u043e"}, {"p", "\u0440"},
                                                             {"x", "\u0445"}, {"c", "\u0441"}, {"i", "\u0456"}, {"o", "\u03bf"}};
  for (const Held& held : kHeld)
    for (const auto& [latin, other] : look_alikes) {
      icu::UnicodeString spelled = Of(held.written);
      spelled.findAndReplace(Of(latin), Of(other));
      Same(held, Utf8(spelled));
    }
}

TEST(HandlesProperty, AnyMixtureIsTheSameOrUnread) {
  std::mt19937 chance(7);
  for (int round = 0; round < 20'000; ++round) {
    const Held& held = kHeld[chance() % std::size(kHeld)];
    icu::UnicodeString spelled = Of(held.written);
    for (unsigned change = chance() % 4; change > 0; --change) {
      const auto at = static_cast<std::int32_t>(chance() % static_cast<unsigned>(spelled.length() + 1));
      switch (chance() % 3) {
        case 0:
          spelled.insert(at, static_cast<UChar32>(kUnseen[chance() % std::size(kUnseen)]));
          break;
        case 1:
          spelled.toUpper();
          break;
        default: {
          const auto& around = kAround[chance() % std::size(kAround)];
          spelled = Of(around[0]) + spelled + Of(around[1]);
        }
      }
    }
    SameOrUnread(held, Utf8(spelled));
  }
}

}  // namespace
}  // namespace evenhand
