// What every request passes, in the order of api.md: route, identity, rate, headers, then the body's JSON, and off to a service.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "gateway/call/check_stream.h"
#include "gateway/call/stream_call.h"
#include "gateway/call/upstreams.h"
#include "gateway/edge_metrics.h"
#include "gateway/handle_limit.h"
#include "gateway/health.h"
#include "gateway/http/clients.h"
#include "gateway/rate_limit.h"
#include "gateway/route/router.h"
#include "gateway/web/pages.h"
#include "services/platform/auth/token_verifier.h"

namespace evenhand::gateway {

// The one RPC that does not travel alone.
inline constexpr std::string_view kCheckMethod = "/evenhand.restriction.v1.ContactService/CheckContact";

struct FrontParts {
  const Router& router;
  Upstreams& upstreams;
  const TokenVerifier& tokens;
  RateLimit& rate_limit;  // of those who are known
  RateLimit& strangers;   // of an address, until somebody is known
  HandleLimit& handle_limit;
  const Readiness& readiness;
  EdgeMetrics& metrics;
  const Pages& pages;
  const std::atomic<bool>& draining;
  std::vector<std::string> cors_origins;
  StreamCall::Spools spools;
  std::size_t streams_per_subject = 8;
  Exchange::Clock::duration upload_time;
};

class Front final : public Handler {
 public:
  explicit Front(FrontParts parts)
      : at_(std::move(parts)),
        streams_(std::make_shared<ClientCounts>(at_.streams_per_subject)),
        imports_(std::make_shared<ClientCounts>(kImportsAtOnce)) {}

  // The check stream of each worker, by index; set before the first request.
  void SetCheckStreams(std::vector<std::unique_ptr<CheckStream>> streams) { checks_ = std::move(streams); }
  CheckStream& checks(std::size_t worker) { return *checks_[worker]; }

  void OnHead(const std::shared_ptr<Exchange>& exchange) override;
  void OnBody(const std::shared_ptr<Exchange>& exchange) override;
  void Decorate(const Exchange& exchange, Response* response) override;
  void OnDone(const Exchange& exchange) override;
  Response Refusal(Exchange& exchange, int status, std::string_view why) override;

 private:
  // An import holds a service's thread for as long as its client sends; of those a service has 32.
  static constexpr std::size_t kImportsAtOnce = 8;

  bool AnswerOwnPage(const std::shared_ptr<Exchange>& exchange);
  static std::string MethodsOf(const std::vector<std::string_view>& allowed);  // for Allow: HEAD and OPTIONS come by themselves
  bool AnswerOptions(Exchange& exchange, const std::vector<std::string_view>& allowed);
  bool Identify(Exchange& exchange);
  bool WithinRate(Exchange& exchange);
  bool StrangerWithinRate(Exchange& exchange);
  bool WithinHandles(Exchange& exchange, std::size_t handles);
  std::shared_ptr<void> PlaceForStream(Exchange& exchange);  // null: there was none, and it has said so
  bool HeadersFit(Exchange& exchange);
  void StartStream(const std::shared_ptr<Exchange>& exchange);
  bool MayTell(std::size_t worker);
  void Refuse(Exchange& exchange, int status, std::string why);

  FrontParts at_;
  std::vector<std::unique_ptr<CheckStream>> checks_;
  std::shared_ptr<ClientCounts> streams_, imports_;  // a call may end after all else
  struct Told {
    std::int64_t second = 0;
    int lines = 0;
    std::uint64_t left_out = 0;
  };
  std::vector<Told> told_ = std::vector<Told>(64);  // of each thread: what was logged of strangers
};

}  // namespace evenhand::gateway
