// The services behind the gateway: a channel each, and what every call on it carries.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "gateway/http/exchange.h"
#include "services/platform/config/settings.h"

namespace evenhand::gateway {

class Upstreams {
 public:
  explicit Upstreams(const Settings& settings);

  // "restriction" → its stub. Every service that a route names is there, or the process ended at start.
  grpc::GenericStub& StubOf(const std::string& service) { return *services_.at(service).stub; }
  const std::vector<std::string>& names() const { return names_; }

  // A connection of its own, for a long stream.
  std::shared_ptr<grpc::Channel> NewChannel(const std::string& service) const;

  // Token, idempotency key, etag, dry run, trace, deadline.
  void Describe(const Exchange& exchange, bool validate_only, std::chrono::system_clock::time_point deadline,
                grpc::ClientContext* context) const;

  std::chrono::system_clock::duration timeout() const { return timeout_; }

 private:
  struct Service {
    std::string address;
    std::unique_ptr<grpc::GenericStub> stub;
  };
  const Settings& settings_;
  std::map<std::string, Service> services_;
  std::vector<std::string> names_;
  std::chrono::system_clock::duration timeout_;
};

}  // namespace evenhand::gateway
