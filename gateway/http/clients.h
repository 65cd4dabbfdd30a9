// Who is behind a connection, and how much each of them may hold at once.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include "gateway/http/asio.h"
#include "gateway/http/head.h"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace evenhand::gateway {

// Proxies whose word on the client's address is taken: X-Forwarded-For, which every proxy knows, and which names each request's own client
// where a proxy sends those of many over one connection (the PROXY protocol names the first alone).
class TrustedProxies {
 public:
  // "10.0.0.0/8, 192.0.2.7, 2001:db8::/32"; throws where a piece is no address.
  explicit TrustedProxies(std::string_view list);

  bool Trusts(std::string_view address) const;
  // The nearest address that no trusted proxy has; `peer` where the header says nothing readable.
  std::string ClientOf(const Head& head, const std::string& peer) const;

 private:
  bool Trusts(const asio::ip::address& address) const;

  std::vector<asio::ip::network_v4> v4_;
  std::vector<asio::ip::network_v6> v6_;
};

// Connections of each client, or, behind a trusted proxy, requests that are slow to come.
class ClientCounts {
 public:
  explicit ClientCounts(std::size_t most) : most_(most) {}

  bool In(const std::string& client);  // false: this one has as many as it may
  void Out(const std::string& client);

 private:
  const std::size_t most_;
  absl::Mutex mutex_;
  std::map<std::string, std::size_t> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::gateway
