// What every request passes, in the order of api.md: route, identity, rate, headers, then the body's JSON, and off to a service.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "gateway/call/check_stream.h"
#include "gateway/call/upstreams.h"
#include "gateway/edge_metrics.h"
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
  RateLimit& rate_limit;
  EdgeMetrics& metrics;
  const Pages& pages;
  const std::atomic<bool>& draining;
  std::vector<std::string> cors_origins;
  std::string spool_folder;
};

class Front final : public Handler {
 public:
  explicit Front(FrontParts parts) : at_(std::move(parts)) {}

  // The check stream of each worker, by index; set before the first request.
  void SetCheckStreams(std::vector<std::unique_ptr<CheckStream>> streams) { checks_ = std::move(streams); }
  CheckStream& checks(std::size_t worker) { return *checks_[worker]; }

  void OnHead(const std::shared_ptr<Exchange>& exchange) override;
  void OnBody(const std::shared_ptr<Exchange>& exchange) override;
  void Decorate(const Exchange& exchange, Response* response) override;
  void OnDone(const Exchange& exchange) override;
  Response Refusal(Exchange& exchange, int status, std::string_view why) override;

 private:
  bool AnswerOwnPage(const std::shared_ptr<Exchange>& exchange);
  static std::string MethodsOf(const std::vector<std::string_view>& allowed);  // for Allow: HEAD and OPTIONS come by themselves
  bool AnswerOptions(Exchange& exchange, const std::vector<std::string_view>& allowed);
  bool Identify(Exchange& exchange);
  bool WithinRate(Exchange& exchange);
  bool HeadersFit(Exchange& exchange);
  void StartStream(const std::shared_ptr<Exchange>& exchange);
  void Refuse(Exchange& exchange, int status, std::string why);

  FrontParts at_;
  std::vector<std::unique_ptr<CheckStream>> checks_;
};

}  // namespace evenhand::gateway
