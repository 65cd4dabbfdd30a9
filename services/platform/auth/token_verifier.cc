#include "services/platform/auth/token_verifier.h"

#include <algorithm>

#include <absl/container/flat_hash_map.h>
#include <absl/time/clock.h>
#include <rapidjson/document.h>

#include "services/platform/auth/base64url.h"
#include "services/platform/auth/jwks.h"

namespace evenhand {
namespace {

// Clocks of two machines differ a little; more than this is a fault to be seen.
constexpr std::int64_t kSkewSeconds = 30;
constexpr double kLatest = 253402300799;  // the last second of the year 9999: a later `exp` need not fit an integer
constexpr std::size_t kMaxTokenBytes = 8 * 1024;
constexpr std::size_t kMaxKept = 10'000;

absl::Status Unauthenticated() { return absl::UnauthenticatedError("The token does not hold."); }

bool FitsKey(std::string_view algorithm, const cjose_jwk_t* key) {
  const cjose_jwk_kty_t type = cjose_jwk_get_kty(key, nullptr);
  if (algorithm == CJOSE_HDR_ALG_RS256 || algorithm == CJOSE_HDR_ALG_PS256) return type == CJOSE_JWK_KTY_RSA;
  return algorithm == CJOSE_HDR_ALG_ES256 && type == CJOSE_JWK_KTY_EC;
}

// The payload of a token whose signature holds.
absl::StatusOr<std::string> Payload(Jwks& keys, std::string_view token) {
  if (!IsCompactJws(token)) return Unauthenticated();
  cjose_err error;
  const std::unique_ptr<cjose_jws_t, decltype(&cjose_jws_release)> jws(cjose_jws_import(token.data(), token.size(), &error),
                                                                       cjose_jws_release);
  if (jws == nullptr) return Unauthenticated();
  cjose_header_t* header = cjose_jws_get_protected(jws.get());
  const char* algorithm = cjose_header_get(header, CJOSE_HDR_ALG, &error);
  const char* kid = cjose_header_get(header, CJOSE_HDR_KID, &error);
  if (algorithm == nullptr || kid == nullptr) return Unauthenticated();
  const absl::StatusOr<Jwk> key = keys.Find(kid);
  if (absl::IsUnavailable(key.status())) return key.status();
  if (!key.ok() || !FitsKey(algorithm, key->get()) || !cjose_jws_verify(jws.get(), key->get(), &error)) return Unauthenticated();
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &error)) return Unauthenticated();
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

std::string Text(const rapidjson::Value& claims, const char* name) {
  return claims.HasMember(name) && claims[name].IsString() ? std::string(claims[name].GetString(), claims[name].GetStringLength()) : "";
}

// A list of strings, or one string alone (`aud` may be either).
std::vector<std::string> Texts(const rapidjson::Value& claims, const char* name) {
  std::vector<std::string> texts;
  if (!claims.HasMember(name)) return texts;
  if (claims[name].IsString()) texts.push_back(Text(claims, name));
  if (claims[name].IsArray()) {
    for (const auto& item : claims[name].GetArray()) {
      if (item.IsString()) texts.emplace_back(item.GetString(), item.GetStringLength());
    }
  }
  return texts;
}

Actor ActorOf(const rapidjson::Value& claims) {
  Actor actor{.id = Text(claims, "sub"), .name = Text(claims, "name"), .areas = Texts(claims, "service_areas")};
  for (const std::string& name : Texts(claims, "roles")) {
    if (const auto role = RoleNamed(name)) actor.roles.push_back(*role);
  }
  // RFC 8693: `act` is who acts for the subject; a chain keeps the outermost.
  if (claims.HasMember("act") && claims["act"].IsObject()) {
    Actor through{.id = Text(claims["act"], "sub"), .name = Text(claims["act"], "name")};
    for (const std::string& name : Texts(claims["act"], "roles")) {
      if (const auto role = RoleNamed(name)) through.roles.push_back(*role);
    }
    if (through.roles.empty()) {
      if (const auto role = RoleNamed(through.id)) through.roles.push_back(*role);
    }
    actor.through = std::make_shared<const Actor>(std::move(through));
  }
  return actor;
}

struct Kept {
  std::shared_ptr<const Actor> actor;
  std::int64_t expires = 0;  // seconds since 1970
};

absl::StatusOr<Kept> Read(const TokenOptions& options, const std::string& payload) {
  rapidjson::Document claims;
  claims.Parse(payload.data(), payload.size());
  if (claims.HasParseError() || !claims.IsObject()) return Unauthenticated();
  const std::vector<std::string> audiences = Texts(claims, "aud");
  if (Text(claims, "iss") != options.issuer || std::ranges::find(audiences, options.audience) == audiences.end()) return Unauthenticated();
  if (!claims.HasMember("exp") || !claims["exp"].IsNumber()) return Unauthenticated();
  const std::int64_t now = absl::ToUnixSeconds(absl::Now());
  const auto expires = static_cast<std::int64_t>(std::clamp(claims["exp"].GetDouble(), 0.0, kLatest));
  if (expires + kSkewSeconds <= now) return Unauthenticated();
  for (const char* name : {"nbf", "iat"}) {
    if (claims.HasMember(name) && (!claims[name].IsNumber() || claims[name].GetDouble() > static_cast<double>(now + kSkewSeconds)))
      return Unauthenticated();
  }
  Actor actor = ActorOf(claims);
  if (actor.id.empty() || actor.id.find('\0') != std::string::npos) return Unauthenticated();  // the database keeps no U+0000
  return Kept{std::make_shared<const Actor>(std::move(actor)), expires};
}

}  // namespace

struct TokenVerifier::State {
  explicit State(TokenOptions given) : options(std::move(given)), keys(options.jwks, options.allow_dev_key) {}

  const TokenOptions options;
  Jwks keys;
  absl::Mutex mutex;
  absl::flat_hash_map<std::string, Kept> kept ABSL_GUARDED_BY(mutex);
};

TokenVerifier::TokenVerifier(TokenOptions options) : state_(std::make_unique<State>(std::move(options))) {}
TokenVerifier::~TokenVerifier() = default;

absl::Status TokenVerifier::Refresh() const { return state_->keys.Refresh(); }

bool TokenVerifier::knows_keys() const { return state_->keys.known(); }

absl::StatusOr<std::shared_ptr<const Actor>> TokenVerifier::Verify(std::string_view token) const {
  if (token.empty() || token.size() > kMaxTokenBytes) return Unauthenticated();
  const std::int64_t now = absl::ToUnixSeconds(absl::Now());
  {
    const absl::ReaderMutexLock lock(&state_->mutex);
    const auto found = state_->kept.find(absl::string_view(token.data(), token.size()));
    if (found != state_->kept.end() && found->second.expires + kSkewSeconds > now) return found->second.actor;
  }
  const absl::StatusOr<std::string> payload = Payload(state_->keys, token);
  if (!payload.ok()) return payload.status();
  absl::StatusOr<Kept> read = Read(state_->options, *payload);
  if (!read.ok()) return read.status();
  const absl::MutexLock lock(&state_->mutex);
  if (state_->kept.size() >= kMaxKept) state_->kept.clear();
  state_->kept[std::string(token)] = *read;
  return read->actor;
}

Refusal RefusalOfToken(const absl::Status& status) {
  if (absl::IsUnavailable(status)) {
    return {.kind = RefusalKind::kUnavailable,
            .reason = "UNAVAILABLE",
            .detail = "The identity provider's keys can't be read right now, so that nobody's token can be judged. Please try again."};
  }
  return {.kind = RefusalKind::kUnauthenticated,
          .reason = "UNAUTHENTICATED",
          .detail = "Send a token of the council's identity provider that holds."};
}

std::unique_ptr<TokenVerifier> MakeTokenVerifier(const Settings& settings) {
  return std::make_unique<TokenVerifier>(TokenOptions{
      .jwks = settings.jwks, .issuer = settings.issuer, .audience = settings.audience, .allow_dev_key = settings.mode == "dev"});
}

}  // namespace evenhand
