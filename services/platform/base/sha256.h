// SHA-256 (FIPS 180-4) in lower-case hex.
#pragma once

#include <string>
#include <string_view>

#include <absl/strings/escaping.h>
#include <openssl/sha.h>

namespace evenhand {

inline std::string Sha256Hex(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return absl::BytesToHexString(digest);
}

}  // namespace evenhand
