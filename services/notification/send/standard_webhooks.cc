#include "services/notification/send/standard_webhooks.h"

#include <sodium.h>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

namespace evenhand::notification {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kFewestBytes = 24;  // of the specification
constexpr std::size_t kMostBytes = 64;
constexpr std::size_t kOurBytes = 32;

std::string Base64(std::string_view bytes) { return absl::Base64Escape(absl::string_view(bytes.data(), bytes.size())); }

}  // namespace

std::string NewSecret() {
  if (sodium_init() < 0) std::abort();
  std::string bytes(kOurBytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return std::string(kPrefix) + Base64(bytes);
}

std::optional<std::string> KeyOf(std::string_view secret) {
  if (!secret.starts_with(kPrefix)) return std::nullopt;
  secret.remove_prefix(kPrefix.size());
  std::string key;
  if (!absl::Base64Unescape(absl::string_view(secret.data(), secret.size()), &key)) return std::nullopt;
  if (key.size() < kFewestBytes || key.size() > kMostBytes) return std::nullopt;
  return key;
}

std::string Signature(std::string_view key, std::string_view id, absl::Time at, std::string_view body) {
  const std::string head = absl::StrCat(std::string(id), ".", absl::ToUnixSeconds(at), ".");
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(head.data()), head.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(body.data()), body.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return "v1," + Base64(mac);
}

std::string Signatures(std::span<const std::string> keys, std::string_view id, absl::Time at, std::string_view body) {
  std::string all;
  for (const std::string& key : keys) all += (all.empty() ? "" : " ") + Signature(key, id, at, body);
  return all;
}

}  // namespace evenhand::notification
