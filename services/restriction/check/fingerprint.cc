#include "services/restriction/check/fingerprint.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "services/platform/base/check.h"

namespace evenhand::restriction::check {
namespace {

using Key = std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES>;

const Key& ProcessKey() {
  static const Key key = [] {
    EVENHAND_CHECK(sodium_init() >= 0, "libsodium starts");
    Key fresh;
    randombytes_buf(fresh.data(), fresh.size());
    return fresh;
  }();
  return key;
}

constexpr std::size_t kInline = 127;  // longer handles (a few e-mail addresses) take the slow way

int Nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::optional<HandleKind> HandleKindNamed(std::string_view name) {
  if (name == "PHONE") return HandleKind::kPhone;
  if (name == "EMAIL") return HandleKind::kEmail;
  if (name == "SOCIAL") return HandleKind::kSocial;
  if (name == "UPRN") return HandleKind::kUprn;
  if (name == "CRM_REF") return HandleKind::kCrmRef;
  return std::nullopt;
}

Fingerprint FingerprintOf(HandleKind kind, std::string_view normalised) {
  static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(Fingerprint));
  std::array<char, kInline + 1> near;
  std::string far;
  char* input = near.data();
  if (normalised.size() > kInline) {
    far.resize(normalised.size() + 1);
    input = far.data();
  }
  input[0] = static_cast<char>(kind);
  std::memcpy(input + 1, normalised.data(), normalised.size());
  Fingerprint result;
  crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(&result), reinterpret_cast<const unsigned char*>(input),
                              normalised.size() + 1, ProcessKey().data());
  return result;
}

std::optional<PersonId> ParsePersonId(std::string_view uuid) {
  if (uuid.size() != 36) return std::nullopt;
  std::uint64_t halves[2] = {0, 0};
  int digits = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (uuid[i] != '-') return std::nullopt;
      continue;
    }
    const int nibble = Nibble(uuid[i]);
    if (nibble < 0) return std::nullopt;
    std::uint64_t& half = halves[digits++ / 16];
    half = half << 4 | static_cast<std::uint64_t>(nibble);
  }
  return PersonId{halves[0], halves[1]};
}

std::string FormatPersonId(const PersonId& id) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(36, '-');
  int digit = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) continue;
    const std::uint64_t half = digit < 16 ? id.high : id.low;
    text[i] = kHex[half >> (60 - 4 * (digit % 16)) & 15];
    ++digit;
  }
  return text;
}

}  // namespace evenhand::restriction::check
