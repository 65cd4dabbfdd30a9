// All parts of the gateway put together; main.cc and the tests start it.
#pragma once

#include <memory>

#include "gateway/front.h"
#include "gateway/http/server.h"
#include "services/platform/config/settings.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/background.h"

namespace evenhand::gateway {

// The public contract, as linked in.
std::vector<const google::protobuf::FileDescriptor*> ContractFiles();

// OpenAPI 3.1 of it.
std::string OpenApiDocument();

class Gateway {
 public:
  // Throws when a setting can't be carried out (port taken, certificate unreadable).
  explicit Gateway(const Settings& settings);
  ~Gateway() { server_.Stop(); }

  void Start();
  void Drain();
  std::uint16_t port() const { return server_.port(); }

 private:
  const Settings& settings_;
  Router router_;
  Upstreams upstreams_;
  std::unique_ptr<TokenVerifier> tokens_;
  Pages pages_;
  Server server_;
  RateLimit rate_limit_, strangers_;
  HandleLimit handle_limit_;
  Readiness readiness_;
  std::shared_ptr<EdgeMetrics> metrics_;
  Front front_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  Background background_{true};
};

}  // namespace evenhand::gateway
