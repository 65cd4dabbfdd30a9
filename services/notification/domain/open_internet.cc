#include "services/notification/domain/open_internet.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace evenhand::notification {
namespace {

constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool Begins(const IpAddress& address, const IpAddress& network, int bits) {
  for (int at = 0; at < bits; ++at) {
    const int mask = 0x80 >> (at % 8);
    if ((address[at / 8] & mask) != (network[at / 8] & mask)) return false;
  }
  return true;
}

struct Range {
  const char* first;
  int bits;
};
// IANA's special-purpose registries; multicast and what is reserved.
constexpr Range kNotOpenV4[] = {{"0.0.0.0", 8},     {"10.0.0.0", 8},      {"100.64.0.0", 10},  {"127.0.0.0", 8},    {"169.254.0.0", 16},
                                {"172.16.0.0", 12}, {"192.0.0.0", 24},    {"192.0.2.0", 24},   {"192.88.99.0", 24}, {"192.168.0.0", 16},
                                {"198.18.0.0", 15}, {"198.51.100.0", 24}, {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4}};
// Of 2000::/3, the only part that is given out: protocols' own (Teredo leads to IPv4), documentation, 6to4.
constexpr Range kNotOpenV6[] = {{"2001::", 23}, {"2001:db8::", 32}, {"2002::", 16}, {"3fff::", 20}};

bool IsMapped(const IpAddress& address) { return std::equal(std::begin(kMapped), std::end(kMapped), address.begin()); }

bool InAny(const IpAddress& address, const auto& ranges, int before) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return Begins(address, *IpAddressIn(range.first), before + range.bits); });
}

bool IsOpen(const IpAddress& address) {
  if (IsMapped(address)) return !InAny(address, kNotOpenV4, 96);
  // NAT64: what an IPv6-only network reaches by it is the IPv4 address at its end.
  if (Begins(address, *IpAddressIn("64:ff9b::"), 96)) return IsOpen(FromIpv4(&address[12]));
  return Begins(address, *IpAddressIn("2000::"), 3) && !InAny(address, kNotOpenV6, 0);
}

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

IpAddress FromIpv4(const std::uint8_t bytes[4]) {
  IpAddress address{};
  std::copy(std::begin(kMapped), std::end(kMapped), address.begin());
  std::copy(bytes, bytes + 4, address.begin() + 12);
  return address;
}

IpAddress FromIpv6(const std::uint8_t bytes[16]) {
  IpAddress address{};
  std::copy(bytes, bytes + 16, address.begin());
  return address;
}

std::optional<IpAddress> IpAddressIn(std::string_view text) {
  const std::string whole(text);
  std::uint8_t bytes[16];
  if (inet_pton(AF_INET, whole.c_str(), bytes) == 1) return FromIpv4(bytes);
  if (inet_pton(AF_INET6, whole.c_str(), bytes) == 1) return FromIpv6(bytes);
  return std::nullopt;
}

bool IsLoopback(const IpAddress& address) { return Begins(address, *IpAddressIn("127.0.0.0"), 96 + 8) || address == *IpAddressIn("::1"); }

std::optional<AllowedNetworks> AllowedNetworks::In(std::string_view text) {
  AllowedNetworks networks;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view one = Trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    if (one.empty()) continue;
    const auto slash = one.find('/');
    const auto first = IpAddressIn(one.substr(0, slash));
    if (!first) return std::nullopt;
    const int before = IsMapped(*first) ? 96 : 0;
    int bits = 128 - before;
    if (slash != std::string_view::npos) {
      const std::string_view digits = one.substr(slash + 1);
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || bits < 1 || bits > 128 - before) return std::nullopt;
    }
    networks.networks_.push_back({*first, before + bits});
  }
  return networks;
}

void AllowedNetworks::AddLoopback() {
  networks_.push_back({*IpAddressIn("127.0.0.0"), 96 + 8});
  networks_.push_back({*IpAddressIn("::1"), 128});
}

bool AllowedNetworks::Reaches(const IpAddress& address) const {
  return IsOpen(address) ||
         std::ranges::any_of(networks_, [&](const Network& network) { return Begins(address, network.first, network.bits); });
}

}  // namespace evenhand::notification
