#include "services/notification/send/notify.h"

#include <curl/curl.h>
#include <rapidjson/document.h>
#include <sodium.h>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

namespace evenhand::notification {
namespace {

constexpr std::size_t kUuid = 36;
constexpr long kAnswerSeconds = 30;
constexpr absl::Duration kAfterTooMany = absl::Seconds(60);  // 3,000 a minute; a minute later there is room

std::string Base64Url(const std::string& bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::size_t Keep(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

std::string TextOf(const rapidjson::Value& value, const char* name) {
  return value.IsObject() && value.HasMember(name) && value[name].IsString() ? value[name].GetString() : "";
}

struct Known {
  std::string id, status;
};
Known FirstIn(const std::string& body) {
  rapidjson::Document reply;
  reply.Parse(body.c_str());
  if (!reply.IsObject() || !reply.HasMember("notifications") || !reply["notifications"].IsArray() || reply["notifications"].Empty())
    return {};
  return {TextOf(reply["notifications"][0], "id"), TextOf(reply["notifications"][0], "status")};
}

bool IsRefused(NotifyState state) { return state != NotifyState::kOnItsWay && state != NotifyState::kPosted; }

}  // namespace

std::optional<NotifyKey> ReadNotifyKey(const std::string& key) {
  if (key.size() < 2 * kUuid + 2) return std::nullopt;
  const std::string secret = key.substr(key.size() - kUuid);
  const std::string service = key.substr(key.size() - 2 * kUuid - 1, kUuid);
  return NotifyKey{service, secret};
}

std::string NotifyToken(const NotifyKey& key, absl::Time now) {
  const std::string head =
      absl::StrCat(Base64Url(R"({"typ":"JWT","alg":"HS256"})"), ".",
                   Base64Url(absl::StrCat(R"({"iss":")", key.service_id, R"(","iat":)", absl::ToUnixSeconds(now), "}")));
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.secret.data()), key.secret.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(head.data()), head.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return absl::StrCat(head, ".", Base64Url(mac));
}

NotifyState NotifyStateOf(const std::string& status) {
  if (status == "received" || status == "delivered") return NotifyState::kPosted;
  if (status == "temporary-failure") return NotifyState::kTemporaryFailure;
  if (status == "permanent-failure" || status == "validation-failed" || status == "cancelled") return NotifyState::kPermanentFailure;
  if (status == "technical-failure" || status == "virus-scan-failed") return NotifyState::kTechnicalFailure;
  return NotifyState::kOnItsWay;  // created, sending, accepted, pending-virus-check
}

NotifyClient::Answer NotifyClient::Ask(const std::string& path, const std::string* body) const {
  CURL* curl = curl_easy_init();
  Answer answer;
  curl_slist* headers = curl_slist_append(nullptr, ("authorization: Bearer " + NotifyToken(key_, absl::Now())).c_str());
  headers = curl_slist_append(headers, "content-type: application/json");
  curl_easy_setopt(curl, CURLOPT_URL, (url_ + path).c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  if (body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Keep);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kAnswerSeconds);
  if (curl_easy_perform(curl) == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return answer;
}

NotifyClient::Posted NotifyClient::PostLetter(const std::string& reference, const std::string& pdf) const {
  const Answer known = Ask("/v2/notifications?template_type=letter&reference=" + reference, nullptr);
  if (known.status != 200) return {SentOf(known), ""};  // it may have it already: better asked again than sent twice
  if (Known there = FirstIn(known.body); !there.id.empty()) {
    if (there.status.empty()) there.status = StatusOf(there.id).status;
    if (IsRefused(NotifyStateOf(there.status))) return {{Sent::End::kNever, "Notify: " + there.status, std::nullopt}, there.id};
    return {{Sent::End::kAccepted, "Notify has it already", std::nullopt}, there.id};
  }
  const std::string body =
      absl::StrCat(R"({"reference":")", reference, R"(","postage":"second","content":")", absl::Base64Escape(pdf), R"("})");
  const Answer answer = Ask("/v2/notifications/letter", &body);
  if (answer.status != 201) return {SentOf(answer), ""};
  rapidjson::Document reply;
  reply.Parse(answer.body.c_str());
  return {{Sent::End::kAccepted, "Notify HTTP 201", std::nullopt}, TextOf(reply, "id")};
}

Sent NotifyClient::SentOf(const Answer& answer) {
  const std::string why = absl::StrCat("Notify HTTP ", answer.status);
  if (answer.status == 429) return {Sent::End::kNotNow, why, kAfterTooMany};
  if (answer.status == 400) return {Sent::End::kNever, why, std::nullopt};
  return {Sent::End::kAway, why, std::nullopt};  // 403 is our key's or clock's fault, 5xx theirs
}

NotifyClient::Look NotifyClient::StatusOf(const std::string& id) const {
  const Answer answer = Ask("/v2/notifications/" + id, nullptr);
  if (answer.status == 404) return {Look::Found::kUnknown, ""};
  if (answer.status != 200) return {};
  rapidjson::Document reply;
  reply.Parse(answer.body.c_str());
  return {Look::Found::kKnown, TextOf(reply, "status")};
}

}  // namespace evenhand::notification
