#include "gateway/http/clients.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_split.h>

namespace evenhand::gateway {
namespace {

// An address as it is, however it was written: one of IPv4 inside IPv6 is one of IPv4.
std::optional<asio::ip::address> Address(std::string_view text) {
  ErrorCode error;
  const auto address = asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

}  // namespace

TrustedProxies::TrustedProxies(std::string_view list) {
  for (const absl::string_view piece :
       absl::StrSplit(absl::string_view(list.data(), list.size()), absl::ByAnyChar(", "), absl::SkipEmpty())) {
    std::string text(piece);
    ErrorCode error;
    const bool is_v6 = absl::StrContains(text, ':');
    if (!absl::StrContains(text, '/')) text += is_v6 ? "/128" : "/32";
    if (is_v6) {
      v6_.push_back(asio::ip::make_network_v6(text, error));
    } else {
      v4_.push_back(asio::ip::make_network_v4(text, error));
    }
    if (error) throw std::runtime_error("trusted-proxies: " + std::string(piece) + " is no address and no network");
  }
}

bool TrustedProxies::Trusts(const asio::ip::address& address) const {
  if (address.is_v4()) {
    const auto within = [&](const asio::ip::network_v4& net) {
      return net.prefix_length() == 0 || (net.network().to_ulong() ^ address.to_v4().to_ulong()) >> (32 - net.prefix_length()) == 0;
    };
    return std::ranges::any_of(v4_, within);
  }
  const auto within = [&](const asio::ip::network_v6& net) {
    return asio::ip::make_network_v6(address.to_v6(), net.prefix_length()).canonical() == net.canonical();
  };
  return std::ranges::any_of(v6_, within);
}

bool TrustedProxies::Trusts(std::string_view address) const {
  if (v4_.empty() && v6_.empty()) return false;
  const auto read = Address(address);
  return read && Trusts(*read);
}

std::string TrustedProxies::ClientOf(const Head& head, const std::string& peer) const {
  std::string nearest = peer;
  for (auto field = head.fields.rbegin(); field != head.fields.rend(); ++field) {
    if (!absl::EqualsIgnoreCase(absl::string_view(field->name.data(), field->name.size()), "x-forwarded-for")) continue;
    const std::vector<absl::string_view> hops = absl::StrSplit(absl::string_view(field->value.data(), field->value.size()), ',');
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
      const auto address = Address(std::string(absl::StripAsciiWhitespace(*hop)));
      if (!address) return nearest;  // nobody we trust wrote this
      nearest = address->to_string();
      if (!Trusts(*address)) return nearest;
    }
  }
  return nearest;
}

bool ClientCounts::In(const std::string& client) {
  const absl::MutexLock lock(&mutex_);
  std::size_t& count = counts_[client];
  if (count >= most_) return false;
  ++count;
  return true;
}

void ClientCounts::Out(const std::string& client) {
  const absl::MutexLock lock(&mutex_);
  const auto found = counts_.find(client);
  if (--found->second == 0) counts_.erase(found);
}

}  // namespace evenhand::gateway
