#include "services/notification/send/webhook_sender.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include <absl/strings/str_cat.h>

#include "services/notification/send/standard_webhooks.h"
#include "services/platform/base/protection.h"
#include "services/platform/obs/log.h"

namespace evenhand::notification {
namespace {

constexpr long kConnectSeconds = 5;
constexpr long kAnswerSeconds = 10;
constexpr absl::Duration kLongestWait = absl::Hours(1);

std::size_t Drop(char*, std::size_t size, std::size_t count, void* seen) {
  auto& bytes = *static_cast<std::size_t*>(seen);
  bytes += size * count;
  return bytes > 64 * 1024 ? 0 : size * count;  // nobody has to listen to an endless answer
}

// Whatever a name leads to, and whenever: the address is judged where the connection is made.
curl_socket_t OpenAllowed(void* allowed, curlsocktype, curl_sockaddr* to) {
  std::optional<IpAddress> address;
  if (to->family == AF_INET)
    address = FromIpv4(reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<const sockaddr_in*>(&to->addr)->sin_addr));
  if (to->family == AF_INET6) address = FromIpv6(reinterpret_cast<const sockaddr_in6*>(&to->addr)->sin6_addr.s6_addr);
  const bool reaches = address && static_cast<const AllowedNetworks*>(allowed)->Reaches(*address);
  if (!reaches && ProtectionOn(Protection::kAddressAtConnect)) return CURL_SOCKET_BAD;
  return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

Sent FromCurl(CURL* curl, CURLcode code) {
  long status = 0;
  curl_off_t wait = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
  std::optional<absl::Duration> pause;
  if (wait > 0) pause = std::min(absl::Seconds(static_cast<std::int64_t>(wait)), kLongestWait);
  if (status >= 200 && status < 300) return {Sent::End::kAccepted, absl::StrCat("HTTP ", status), std::nullopt};
  if (status == 410) return {Sent::End::kGone, "HTTP 410", std::nullopt};
  if (status != 0) return {Sent::End::kAway, absl::StrCat("HTTP ", status), pause};
  // One sentence for whoever registered it, whatever answers there or doesn't: it is no way to look round inside. The log has the cause.
  Log(Level::kInfo, "a webhook's receiver could not be reached", {{"reason", curl_easy_strerror(code)}});
  return {Sent::End::kAway, "The receiver could not be reached, or is not where webhooks may go.", pause};
}

}  // namespace

struct WebhookSender::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

WebhookSender::WebhookSender(AllowedNetworks allowed) : allowed_(std::move(allowed)), handle_(std::make_unique<Handle>()) {}
WebhookSender::~WebhookSender() = default;

Sent WebhookSender::Send(const WebhookPost& post, absl::Time at) {
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);
  std::size_t seen = 0;
  curl_slist* headers = nullptr;
  for (const std::string& header :
       {std::string("content-type: application/cloudevents+json; charset=utf-8"), "webhook-id: " + post.id,
        absl::StrCat("webhook-timestamp: ", absl::ToUnixSeconds(at)), "webhook-signature: " + Signatures(post.keys, post.id, at, post.body),
        std::string("user-agent: Evenhand"), std::string("expect:")}) {
    headers = curl_slist_append(headers, header.c_str());
  }
  if (!post.traceparent.empty()) headers = curl_slist_append(headers, ("traceparent: " + post.traceparent).c_str());
  curl_easy_setopt(curl, CURLOPT_URL, post.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // the environment's would connect for us, past the check
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, OpenAllowed);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, const_cast<AllowedNetworks*>(&allowed_));
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post.body.data());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Drop);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kAnswerSeconds);
  const CURLcode code = curl_easy_perform(curl);
  const Sent sent = FromCurl(curl, code);
  curl_slist_free_all(headers);
  return sent;
}

}  // namespace evenhand::notification
