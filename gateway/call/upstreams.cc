#include "gateway/call/upstreams.h"

#include <absl/time/time.h>

#include "gateway/route/path_template.h"
#include "services/platform/rpc/peer.h"

namespace evenhand::gateway {

Upstreams::Upstreams(const Settings& settings) : settings_(settings), names_{"incident", "restriction", "appeal", "notification"} {
  timeout_ = std::chrono::duration_cast<std::chrono::system_clock::duration>(absl::ToChronoNanoseconds(settings.Time("request-timeout")));
  for (const std::string& name : names_) {
    Service& service = services_[name];
    service.address = settings.Get(name);
    service.stub = std::make_unique<grpc::GenericStub>(NewChannel(name));
  }
}

std::shared_ptr<grpc::Channel> Upstreams::NewChannel(const std::string& service) const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 * 1024 * 1024);  // a list's page, a person's whole export
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);          // a write that may have happened is the caller's to try again
  return ConnectTo(services_.at(service).address, "gateway", settings_, arguments);
}

void Upstreams::Describe(const Exchange& exchange, bool validate_only, std::chrono::system_clock::time_point deadline,
                         grpc::ClientContext* context) const {
  context->set_deadline(deadline);
  const auto add = [&](const char* name, std::string_view value) {
    if (!value.empty()) context->AddMetadata(name, std::string(value));
  };
  add("authorization", "Bearer " + std::string(exchange.bearer));
  add("traceparent", exchange.traceparent);
  add("x-request-id", exchange.request_id);
  add("idempotency-key", exchange.Header("Idempotency-Key"));
  add("if-match", exchange.Header(http::field::if_match));
  if (const auto reason = PercentDecode(exchange.Header("X-Reason"))) add("x-reason-bin", *reason);
  if (validate_only) add("x-validate-only", "true");
}

}  // namespace evenhand::gateway
