// A service from argv to a clean exit: settings, log, metrics, pool, migrations, outbox relay, health, server, graceful shutdown.
// `<service> migrate` brings the schema up to date and exits; `<service> config` prints and checks the settings;
// `<service> health` asks a running one; `<service> outbox` lists what waits and what is parked, `<service> outbox ID|all` sends what is
// parked again.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "services/platform/auth/authority.h"
#include "services/platform/auth/token_verifier.h"
#include "services/platform/base/clock.h"
#include "services/platform/config/settings.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/outbox/inbox.h"
#include "services/platform/pg/migrator.h"
#include "services/platform/pg/pool.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/platform/rpc/background.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand {

// What the platform hands to a service's wiring; all of it outlives the service.
struct Platform {
  const Settings& settings;
  const Clock& clock;
  Pool& pool;
  UnitOfWork& unit_of_work;
  const TokenVerifier& tokens;
  const Authority& authority;
  RpcMetrics& metrics;
  AreaDirectory& areas;                                                         // follows this schema's table; a call has it as call.areas
  Background& background;                                                       // sweeps and reminders; silent when EVENHAND_BACKGROUND=off
  std::function<Rpc&(std::string service)> rpc;                                 // one for each proto service
  std::function<std::shared_ptr<grpc::Channel>(const std::string& peer)> peer;  // "restriction" → channel
};

// What a service hands back: kept alive until the server has drained.
struct Wiring {
  std::vector<std::shared_ptr<grpc::Service>> services;
  EventHandlers events;
  std::function<void()> heard;                  // called after the commit of each event that was acted on; may be empty
  std::vector<std::function<void()>> on_drain;  // called once before the server shuts down: endless streams end there
  std::vector<std::function<void()>> at_end;    // called once when nobody is answered any more and no background job runs
  std::vector<std::shared_ptr<void>> kept;
};

struct ServiceSpec {
  std::string name;  // "restriction": process restriction-service, schema restriction, role evenhand_restriction
  std::span<const Migration> migrations;
  std::vector<Rule> rules;  // services/authority/
  std::function<Wiring(Platform&)> wire;
};

int RunService(int argc, char** argv, const ServiceSpec& spec);

}  // namespace evenhand
