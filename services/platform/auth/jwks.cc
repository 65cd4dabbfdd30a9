#include "services/platform/auth/jwks.h"

#include <fstream>
#include <sstream>

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <curl/curl.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "services/platform/auth/base64url.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"

namespace evenhand {
namespace {

constexpr absl::Duration kFreshFor = absl::Minutes(5);
constexpr absl::Duration kCoolDown = absl::Seconds(10);
constexpr absl::Duration kFirstKeysEvery = absl::Seconds(2);  // while none were ever read, nobody can be served
constexpr absl::Duration kPatience = absl::Seconds(1);        // of a start: a provider that answers is known before the first token comes
constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr long kFetchTimeoutMilliseconds = 2000;
constexpr std::size_t kMaxBytes = 256 * 1024;
constexpr std::string_view kDevKey = "evenhand-dev-";

void NoteRead(absl::Time at) {
  static prometheus::Gauge& read = GaugeNamed("evenhand_identity_keys_read_timestamp_seconds",
                                              "When the identity provider's keys were last read, else when the process began to try");
  read.Set(absl::ToDoubleSeconds(at - absl::UnixEpoch()));
}

std::size_t Append(char* data, std::size_t size, std::size_t count, void* text) {
  auto& body = *static_cast<std::string*>(text);
  if (body.size() + size * count > kMaxBytes) return 0;
  body.append(data, size * count);
  return size * count;
}

absl::StatusOr<std::string> Fetch(const std::string& source) {
  if (source.starts_with("file:")) {
    std::ifstream file(source.substr(5));
    if (!file) return absl::UnavailableError("the key file can't be read");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  std::string body;
  curl_easy_setopt(curl.get(), CURLOPT_URL, source.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kFetchTimeoutMilliseconds);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return absl::UnavailableError(absl::StrCat("the identity provider's keys: ", curl_easy_strerror(code)));
  return body;
}

// RFC 7518, 6.2 and 6.3: the members that are numbers in base64url.
bool NumbersAreEncoded(const rapidjson::Value& key) {
  for (const char* name : {"n", "e", "x", "y", "d", "p", "q", "dp", "dq", "qi", "k"}) {
    if (!key.HasMember(name)) continue;
    if (!key[name].IsString() || !IsBase64Url({key[name].GetString(), key[name].GetStringLength()})) return false;
  }
  return true;
}

absl::StatusOr<std::map<std::string, Jwk>> Parse(const std::string& text, bool allow_dev_key) {
  rapidjson::Document document;
  document.Parse(text.c_str());
  if (document.HasParseError() || !document.IsObject() || !document.HasMember("keys") || !document["keys"].IsArray()) {
    return absl::InvalidArgumentError("the identity provider's keys are no JWK set");
  }
  std::map<std::string, Jwk> keys;
  for (const auto& entry : document["keys"].GetArray()) {
    if (!entry.IsObject() || !entry.HasMember("kid") || !entry["kid"].IsString()) continue;
    const std::string kid = entry["kid"].GetString();
    if (kid.starts_with(kDevKey) && !allow_dev_key) {
      Log(Level::kError, "the development key is refused outside dev mode");
      continue;
    }
    if (entry.HasMember("use") && entry["use"] != "sig") continue;
    if (!NumbersAreEncoded(entry)) {
      Log(Level::kWarning, "a published key is not readable");
      continue;
    }
    rapidjson::StringBuffer one;
    rapidjson::Writer<rapidjson::StringBuffer> writer(one);
    entry.Accept(writer);
    cjose_err error;
    cjose_jwk_t* key = cjose_jwk_import(one.GetString(), one.GetSize(), &error);
    // Symmetric keys have no place in a published set: HS256 signed with a public key must never pass.
    if (key == nullptr) continue;
    const cjose_jwk_kty_t type = cjose_jwk_get_kty(key, &error);
    if (type == CJOSE_JWK_KTY_RSA || type == CJOSE_JWK_KTY_EC) {
      keys[kid] = Jwk(key, [](cjose_jwk_t* jwk) { cjose_jwk_release(jwk); });
    } else {
      cjose_jwk_release(key);
    }
  }
  return keys;
}

}  // namespace

Jwks::Jwks(std::string source, bool allow_dev_key) : source_(std::move(source)), allow_dev_key_(allow_dev_key) {
  NoteRead(absl::Now());
  thread_ = std::thread([this] { KeepFresh(); });
  const absl::MutexLock lock(&mutex_);
  const auto tried = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return refreshes_ > 0; };
  mutex_.AwaitWithTimeout(absl::Condition(&tried), kPatience);
}

Jwks::~Jwks() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

bool Jwks::known() const {
  const absl::MutexLock lock(&mutex_);
  return known_;
}

absl::StatusOr<Jwk> Jwks::Find(const std::string& kid) {
  const absl::MutexLock lock(&mutex_);
  if (const auto found = keys_.find(kid); found != keys_.end()) return found->second;
  if (absl::Now() - refreshed_at_ > kCoolDown) {
    asked_ = true;
    return absl::UnavailableError("the identity provider's keys are being asked for");
  }
  if (!answered_) return absl::UnavailableError("the identity provider's keys can't be read");
  return absl::NotFoundError("no such key is published");
}

bool Jwks::Due() const {
  return stopping_ || asked_ || absl::Now() - refreshed_at_ > (answered_ ? kFreshFor : known_ ? kCoolDown : kFirstKeysEvery);
}

void Jwks::KeepFresh() {
  for (;;) {
    {
      const absl::MutexLock lock(&mutex_);
      const auto called = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || asked_; };
      while (!Due()) mutex_.AwaitWithTimeout(absl::Condition(&called), kLookEvery);
      if (stopping_) return;
    }
    if (const absl::Status status = Refresh(); !status.ok())
      Log(Level::kWarning, "identity keys not refreshed", {{"error", std::string(status.message())}});
  }
}

absl::Status Jwks::Refresh() {
  const absl::StatusOr<std::string> text = Fetch(source_);
  absl::StatusOr<std::map<std::string, Jwk>> keys = text.ok() ? Parse(*text, allow_dev_key_) : text.status();
  const absl::MutexLock lock(&mutex_);
  refreshed_at_ = absl::Now();
  ++refreshes_;
  asked_ = false;
  answered_ = keys.ok();
  if (!keys.ok()) return keys.status();
  keys_ = *std::move(keys);
  if (text_ != *text) generation_.fetch_add(1, std::memory_order_release);
  text_ = *text;
  known_ = true;
  NoteRead(refreshed_at_);
  return absl::OkStatus();
}

}  // namespace evenhand
