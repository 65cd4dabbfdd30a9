#include "services/notification/send/receiver_url.h"

#include <curl/curl.h>

#include <memory>

#include <absl/strings/ascii.h>

namespace evenhand::notification {
namespace {

constexpr std::size_t kLongestUrl = 2'000;
constexpr char kWhat[] = "Give an https address (in dev mode http on loopback too), without user name or password.";

std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

std::string FaultOfReceiver(const std::string& text, bool dev_mode, const AllowedNetworks& allowed) {
  if (text.size() > kLongestUrl || text.find_first_of(" \r\n\t\"<>\\") != std::string::npos || text.find(":///") != std::string::npos)
    return kWhat;
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return kWhat;
  std::string host = absl::AsciiStrToLower(PartOf(url.get(), CURLUPART_HOST));
  if (host.ends_with('.')) host.pop_back();
  if (host.empty() || !PartOf(url.get(), CURLUPART_USER).empty() || !PartOf(url.get(), CURLUPART_PASSWORD).empty()) return kWhat;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const auto address = IpAddressIn(host);
  const bool loopback = address ? IsLoopback(*address) : host == "localhost";
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  if (scheme == "http") return dev_mode && loopback ? "" : kWhat;
  if (scheme != "https") return kWhat;
  const bool inside = address ? !allowed.Reaches(*address) : host == "localhost" || host.ends_with(".localhost");
  return inside
             ? "This address is not of the open internet; webhooks go inside only to the networks that the setting webhook-networks names."
             : "";
}

}  // namespace evenhand::notification
