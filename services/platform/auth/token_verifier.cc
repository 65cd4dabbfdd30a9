#include "services/platform/auth/token_verifier.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/escaping.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <rapidjson/document.h>

#include "services/platform/auth/base64url.h"
#include "services/platform/auth/jwks.h"
#include "services/platform/base/canonical.h"

namespace evenhand {
namespace {

// Clocks of two machines differ a little; more than this is a fault to be seen.
constexpr std::int64_t kSkewSeconds = 30;
constexpr double kLatest = 253402300799;  // the last second of the year 9999: a later `exp` need not fit an integer
constexpr std::size_t kMaxTokenBytes = 8 * 1024;
constexpr std::size_t kMaxKept = 10'000;
constexpr std::int64_t kKeptSeconds = 300;  // as long as keys are kept before they are asked for again

absl::Status Unauthenticated() { return absl::UnauthenticatedError("The token does not hold."); }

bool FitsKey(std::string_view algorithm, const cjose_jwk_t* key) {
  const cjose_jwk_kty_t type = cjose_jwk_get_kty(key, nullptr);
  if (algorithm == CJOSE_HDR_ALG_RS256 || algorithm == CJOSE_HDR_ALG_PS256) return type == CJOSE_JWK_KTY_RSA;
  return algorithm == CJOSE_HDR_ALG_ES256 && type == CJOSE_JWK_KTY_EC;
}

bool HasNoDoubles(const rapidjson::Value& object) {
  std::set<std::string_view> names;
  for (const auto& member : object.GetObject()) {
    if (!names.insert({member.name.GetString(), member.name.GetStringLength()}).second) return false;
    if (member.value.IsObject() && !HasNoDoubles(member.value)) return false;
  }
  return true;
}

// A JSON object that reads as one thing only: UTF-8 throughout, and no member twice (RFC 7519, section 4; RFC 7515, section 4).
bool ReadObject(std::string_view text, rapidjson::Document& object) {
  object.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (object.HasParseError() || !object.IsObject()) return false;
  return HasNoDoubles(object);
}

// RFC 7515, 4.1.11: who does not understand what `crit` names must refuse; we understand none.
bool IsHeaderFit(std::string_view encoded) {
  std::string text;
  rapidjson::Document header;
  return absl::WebSafeBase64Unescape(absl::string_view(encoded.data(), encoded.size()), &text) && ReadObject(text, header) &&
         !header.HasMember("crit");
}

// The payload of a token whose signature holds.
absl::StatusOr<std::string> Payload(Jwks& keys, std::string_view token) {
  if (!IsCompactJws(token) || !IsHeaderFit(token.substr(0, token.find('.')))) return Unauthenticated();
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

struct Kept {
  std::shared_ptr<const Actor> actor;
  std::int64_t expires = 0;  // seconds since 1970
  std::int64_t until = 0;    // then it is judged again
  int generation = 0;        // of the keys that it was judged by
};

absl::StatusOr<Kept> Read(const TokenOptions& options, const std::string& payload) {
  rapidjson::Document claims;
  if (!ReadObject(payload, claims)) return Unauthenticated();
  const std::vector<std::string> audiences = TextsOf(claims, "aud");
  if (TextOf(claims, "iss") != options.issuer || std::ranges::find(audiences, options.audience) == audiences.end())
    return Unauthenticated();
  if (!claims.HasMember("exp") || !claims["exp"].IsNumber()) return Unauthenticated();
  const std::int64_t now = absl::ToUnixSeconds(absl::Now());
  const auto expires = static_cast<std::int64_t>(std::clamp(claims["exp"].GetDouble(), 0.0, kLatest));
  if (expires + kSkewSeconds <= now) return Unauthenticated();
  for (const char* name : {"nbf", "iat"}) {
    if (claims.HasMember(name) && (!claims[name].IsNumber() || claims[name].GetDouble() > static_cast<double>(now + kSkewSeconds)))
      return Unauthenticated();
  }
  const double issued = claims.HasMember("iat") ? claims["iat"].GetDouble() : static_cast<double>(now);
  if (static_cast<double>(expires) - issued > absl::ToDoubleSeconds(options.longest_life)) return Unauthenticated();
  std::optional<Actor> actor = options.claims.ActorOf(claims);
  if (!actor) return Unauthenticated();
  return Kept{std::make_shared<const Actor>(*std::move(actor)), expires, now + kKeptSeconds};
}

absl::StatusOr<ClaimReader> ClaimsOf(const Settings& settings) {
  const auto names = [&](const char* setting) {
    std::vector<std::string> all;
    for (const absl::string_view name : absl::StrSplit(settings.Get(setting), ',', absl::SkipWhitespace()))
      all.emplace_back(absl::StripAsciiWhitespace(name));
    return all;
  };
  ClaimReader reader{.names = {.subject = settings.Get("claim-subject"), .roles = names("claim-roles"), .areas = names("claim-areas")},
                     .table = {}};
  const std::string path = settings.Get("claim-table");
  if (path.empty()) return reader;
  std::ifstream file(path);
  std::ostringstream json;
  if (!(json << file.rdbuf())) return absl::InvalidArgumentError("claim-table: " + path + " can't be read.");
  auto table = ClaimTable::Read(json.str());
  if (!table.ok()) return table.status();
  reader.table = *std::move(table);
  return reader;
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
  const int generation = state_->keys.generation();  // before the key is looked up: a set that changes meanwhile is asked again
  {
    const absl::ReaderMutexLock lock(&state_->mutex);
    const auto found = state_->kept.find(absl::string_view(token.data(), token.size()));
    if (found != state_->kept.end() && found->second.generation == generation && found->second.until > now &&
        found->second.expires + kSkewSeconds > now)
      return found->second.actor;
  }
  const absl::StatusOr<std::string> payload = Payload(state_->keys, token);
  if (!payload.ok()) return payload.status();
  absl::StatusOr<Kept> read = Read(state_->options, *payload);
  if (!read.ok()) return read.status();
  read->generation = generation;
  const absl::MutexLock lock(&state_->mutex);
  if (state_->kept.size() >= kMaxKept) state_->kept.clear();
  state_->kept[std::string(token)] = *read;
  return read->actor;
}

Refusal RefusalOfToken(const absl::Status& status) {
  if (absl::IsUnavailable(status)) {
    return {.kind = RefusalKind::kUnavailable,
            .reason = ErrorReason::UNAVAILABLE,
            .detail = "The identity provider's keys can't be read right now, so that nobody's token can be judged. Please try again."};
  }
  return {.kind = RefusalKind::kUnauthenticated,
          .reason = ErrorReason::UNAUTHENTICATED,
          .detail = "Send a token of the council's identity provider that holds."};
}

std::unique_ptr<TokenVerifier> MakeTokenVerifier(const Settings& settings) {
  const auto claims = ClaimsOf(settings);
  if (!claims.ok()) throw std::runtime_error(std::string(claims.status().message()));
  return std::make_unique<TokenVerifier>(TokenOptions{.jwks = settings.jwks,
                                                      .issuer = settings.issuer,
                                                      .audience = settings.audience,
                                                      .longest_life = settings.Time("token-longest-life"),
                                                      .allow_dev_key = settings.mode == "dev",
                                                      .claims = *claims});
}

}  // namespace evenhand
