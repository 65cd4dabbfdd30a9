// Where a webhook may go: council rule. An address of the open internet, judged when the connection is made: a name may lead anywhere, and
// elsewhere at the next look. What is inside (loopback, private, link-local and the metadata of clouds, multicast, reserved) is reached
// only where a setting names its network.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace evenhand::notification {

// IPv6, IPv4 as ::ffff:a.b.c.d.
using IpAddress = std::array<std::uint8_t, 16>;

IpAddress FromIpv4(const std::uint8_t bytes[4]);
IpAddress FromIpv6(const std::uint8_t bytes[16]);
// As it is written in full, without brackets; nothing when it is none.
std::optional<IpAddress> IpAddressIn(std::string_view text);

bool IsLoopback(const IpAddress& address);

// Networks that are allowed beside the open internet.
class AllowedNetworks {
 public:
  // "10.20.0.0/16, fd00:1::/64"; "" is none. Nothing when a part of it is no network.
  static std::optional<AllowedNetworks> In(std::string_view text);

  void AddLoopback();  // dev mode
  bool Reaches(const IpAddress& address) const;

 private:
  struct Network {
    IpAddress first;
    int bits;
  };
  std::vector<Network> networks_;
};

}  // namespace evenhand::notification
