// Handles and people as the index holds them: sixteen bytes each, so that two million fit and none can be read back out of memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace evenhand::restriction::check {

struct Fingerprint {
  std::uint64_t high = 0, low = 0;
  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

// A person's UUID.
using PersonId = Fingerprint;

// Both are uniform in `low` already: fingerprints by construction, UUIDv7 by its random tail (its fixed variant bits sit on top).
struct FingerprintHash {
  std::size_t operator()(const Fingerprint& value) const { return value.low * 0x9E3779B97F4A7C15ull ^ value.high; }
};

// What kind of handle it is; the letter goes into the fingerprint, so that a CRM reference never meets a phone number.
enum class HandleKind : char { kPhone = 'P', kEmail = 'E', kSocial = 'S', kUprn = 'U', kCrmRef = 'C' };

// "PHONE", as in the database and in the contract.
std::optional<HandleKind> HandleKindNamed(std::string_view name);

// Of a normalised value. Keyed by a secret of this process (SipHash, 128 bits): nobody outside can construct a collision.
Fingerprint FingerprintOf(HandleKind kind, std::string_view normalised);

std::optional<PersonId> ParsePersonId(std::string_view uuid);
std::string FormatPersonId(const PersonId& id);

}  // namespace evenhand::restriction::check
