// The front's other half: OPTIONS and CORS, and what is written down about every request.
#include <algorithm>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>

#include "gateway/front.h"
#include "gateway/json/field_table.h"
#include "gateway/problem.h"
#include "services/platform/obs/log.h"

namespace evenhand::gateway {

std::string Front::MethodsOf(const std::vector<std::string_view>& allowed) {
  std::string methods;
  for (const std::string_view method : allowed) absl::StrAppend(&methods, std::string(method), method == "GET" ? ", HEAD, " : ", ");
  return methods + "OPTIONS";
}

bool Front::AnswerOptions(Exchange& exchange, const std::vector<std::string_view>& allowed) {
  if (exchange.method != "OPTIONS") return false;
  const std::string methods = MethodsOf(allowed);
  Response response{.status = 204, .content_type = "", .body = {}, .headers = {}};
  response.headers.emplace_back("Allow", methods);
  if (!exchange.Header(http::field::access_control_request_method).empty() && exchange.cross_origin) {
    response.headers.emplace_back("Access-Control-Allow-Methods", methods);
    std::set<std::string> headers = {"Authorization", "Content-Type", "Idempotency-Key", "If-Match",
                                     "If-None-Match", "X-Request-Id", "traceparent",     "X-Reason"};
    for (const Route& route : at_.router.routes()) {
      for (int i = 0; i < route.rpc->input_type()->field_count(); ++i) headers.insert(HeaderOf(*route.rpc->input_type()->field(i)));
    }
    headers.erase("");
    response.headers.emplace_back("Access-Control-Allow-Headers", absl::StrJoin(headers, ", "));
    response.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  exchange.Reply(std::move(response));
  return true;
}

void Front::Decorate(const Exchange& exchange, Response* response) {
  if (exchange.rate && response->status != 429) at_.rate_limit.Describe({true, exchange.rate->first, exchange.rate->second}, response);
  if (exchange.route != nullptr)
    response->headers.insert(response->headers.end(), exchange.route->notices.begin(), exchange.route->notices.end());
  if (!exchange.cross_origin) return;
  response->headers.emplace_back("Access-Control-Allow-Origin", std::string(exchange.Header(http::field::origin)));
  response->headers.emplace_back("Access-Control-Expose-Headers",
                                 "ETag, Location, X-Request-Id, Idempotent-Replayed, Retry-After, RateLimit, RateLimit-Policy, "
                                 "Deprecation, Sunset, Link, Content-Disposition");
  response->headers.emplace_back("Vary", "Origin");
}

// A stranger's requests, and those beyond a limit, are written down a few a second; the rest are counted. Else whoever wants to fills the
// disk that the log is on.
bool Front::MayTell(std::size_t worker) {
  constexpr int kLinesASecond = 10;
  Told& told = told_[worker % told_.size()];
  const std::int64_t second = absl::ToUnixSeconds(absl::Now());
  if (second != told.second) {
    if (told.left_out > 0) Log(Level::kWarning, "requests_not_logged", {{"count", std::to_string(std::exchange(told.left_out, 0))}});
    told.second = second;
    told.lines = 0;
  }
  if (++told.lines <= kLinesASecond) return true;
  ++told.left_out;
  return false;
}

void Front::OnDone(const Exchange& exchange) {
  const double seconds = std::chrono::duration<double>(Exchange::Clock::now() - exchange.began).count();
  at_.metrics.Observe(exchange.worker(), exchange.route, exchange.status(), seconds);
  // A contact check that went well is counted, not written, unless its caller follows it by a trace of its own: fifty thousand lines a
  // second tell nobody anything. Probes likewise.
  const bool quiet = exchange.route == nullptr ? exchange.template_text != "-" : exchange.route->grpc_method == kCheckMethod;
  if (quiet && exchange.status() == 200 && !exchange.traced_by_caller) return;
  if ((exchange.actor == nullptr || exchange.status() == 429) && !MayTell(exchange.worker())) return;
  Log(exchange.status() >= 500 ? Level::kWarning : Level::kInfo, "request",
      {{"method", std::string(exchange.method)},
       {"route", std::string(exchange.template_text)},
       {"status", std::to_string(exchange.status())},
       {"ms", absl::StrCat(static_cast<std::int64_t>(seconds * 1e4) / 10.0)},
       {"bytes", std::to_string(exchange.sent_bytes())},
       {"actor", exchange.actor != nullptr ? exchange.actor->id : ""},
       {"requestId", exchange.request_id},
       {"traceId", exchange.trace_id}});
}

}  // namespace evenhand::gateway
