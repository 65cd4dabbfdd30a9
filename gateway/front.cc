#include "gateway/front.h"

#include <algorithm>

#include <absl/strings/match.h>
#include <absl/time/clock.h>

#include "evenhand/common/v1/fields.pb.h"
#include "gateway/call/messages.h"
#include "gateway/call/unary_call.h"
#include "gateway/http/limits.h"
#include "gateway/json/json_reader.h"
#include "gateway/problem.h"
#include "gateway/request_ids.h"
#include "gateway/route/path_template.h"
#include "services/platform/base/readable.h"
#include "services/platform/base/version.h"

namespace evenhand::gateway {
namespace {

constexpr std::size_t kMaxIdempotencyKey = 255;  // draft-ietf-httpapi-idempotency-key-header leaves it to us; a UUID has 36

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// From so many letters and digits that a reader sees, half of them letters, to so many characters (12.4): a word says nothing, a row of
// dots or blanks less, and a story belongs on the record.
constexpr std::ptrdiff_t kShortestReason = 10, kLongestReason = 500;

bool IsReason(std::string_view header) {
  const auto text = PercentDecode(header);
  if (!text) return false;
  const auto characters = std::ranges::count_if(*text, [](char c) { return (c & 0xc0) != 0x80; });
  const Signs seen = SignsIn(Readable(*text).value_or(""));
  return seen.letters + seen.digits >= kShortestReason && seen.letters >= kShortestReason / 2 && characters <= kLongestReason;
}

bool IsJson(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  const absl::string_view view(type.data(), type.size());
  return view == "application/json" || absl::EqualsIgnoreCase(view, "application/json") || absl::EndsWithIgnoreCase(view, "+json");
}

}  // namespace

void Front::Refuse(Exchange& exchange, int status, std::string why) {
  exchange.Reply(ToResponse(ProblemOf(status, std::move(why)), exchange.path, exchange.trace_id));
}

Response Front::Refusal(Exchange& exchange, int status, std::string_view why) {
  if (exchange.request_id.empty()) GiveIds("", "", &exchange);
  Response response = ToResponse(ProblemOf(status, std::string(why)), exchange.path, exchange.trace_id);
  if (status == 429) response.headers.emplace_back("Retry-After", "1");
  return response;
}

void Front::OnHead(const std::shared_ptr<Exchange>& exchange) {
  GiveIds(exchange->Header("traceparent"), exchange->Header("X-Request-Id"), exchange.get());
  exchange->Collect(kMaxJsonBytes);
  if (!at_.cors_origins.empty()) exchange->cross_origin = std::ranges::count(at_.cors_origins, exchange->Header(http::field::origin)) > 0;
  if (AnswerOwnPage(exchange)) return;
  Match match = at_.router.Find(exchange->method, exchange->path);
  if (match.route == nullptr) {
    if (!StrangerWithinRate(*exchange)) return;
    if (match.allowed.empty()) return Refuse(*exchange, 404, "There is nothing at this address.");
    if (AnswerOptions(*exchange, match.allowed)) return;
    Response response = ToResponse(ProblemOf(405, "This address does not take this method."), exchange->path, exchange->trace_id);
    response.headers.emplace_back("Allow", MethodsOf(match.allowed));
    return exchange->Reply(std::move(response));
  }
  exchange->route = match.route;
  exchange->variables = std::move(match.variables);
  exchange->template_text = match.route->path.text;
  if (!Identify(*exchange) || !WithinRate(*exchange) || !HeadersFit(*exchange)) return;
  if (match.route->asks_handle && !WithinHandles(*exchange, 1)) return;
  if (!match.route->is_unary()) StartStream(exchange);
}

bool Front::AnswerOwnPage(const std::shared_ptr<Exchange>& exchange) {
  const std::string_view path = exchange->path;
  const Page* page = at_.pages.Find(path);
  if (page == nullptr && path != "/healthz" && path != "/readyz") return false;
  if (page != nullptr && !StrangerWithinRate(*exchange)) return true;  // a probe is nobody's request
  exchange->template_text = path == "/healthz" ? "/healthz" : path == "/readyz" ? "/readyz" : "/docs";
  if (exchange->method == "OPTIONS" || exchange->method != "GET") {
    if (AnswerOptions(*exchange, {"GET"})) return true;
    Response response = ToResponse(ProblemOf(405, "This address does not take this method."), path, exchange->trace_id);
    response.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
    exchange->Reply(std::move(response));
  } else if (page != nullptr) {
    exchange->Reply({.status = 200,
                     .content_type = page->content_type,
                     .body = page->body,
                     .headers = page->headers,
                     .cache_control = page->cache_control});
  } else if (path == "/healthz") {
    exchange->Reply({.status = 200,
                     .body = absl::StrCat("{\"healthy\":true,\"version\":\"", absl::string_view(Version().data(), Version().size()), "\"}"),
                     .headers = {}});
  } else {
    exchange->Reply(at_.readiness.Answer({.draining = at_.draining, .knows_keys = at_.tokens.knows_keys()}));
  }
  return true;
}

bool Front::Identify(Exchange& exchange) {
  constexpr absl::string_view kBearer = "Bearer ";
  const std::string_view header = exchange.Header(http::field::authorization);
  const bool shaped = absl::StartsWithIgnoreCase({header.data(), header.size()}, kBearer);
  bool unknown = false;  // whether the token holds
  if (shaped) {
    exchange.bearer = header.substr(kBearer.size());
    auto actor = at_.tokens.Verify(exchange.bearer);
    if (actor.ok()) {
      exchange.actor = *std::move(actor);
      return true;
    }
    unknown = absl::IsUnavailable(actor.status());
  }
  if (!StrangerWithinRate(exchange)) return false;
  if (unknown) {
    exchange.Reply(ToResponse(ProblemOf(common::v1::ErrorReason::UNAVAILABLE, RefusalOfToken(absl::UnavailableError("")).detail),
                              exchange.path, exchange.trace_id));
    return false;
  }
  Response response =
      ToResponse(ProblemOf(common::v1::ErrorReason::UNAUTHENTICATED, header.empty() ? "A token is needed." : "The token does not hold."),
                 exchange.path, exchange.trace_id);
  if (!header.empty()) response.headers.front().second += ", error=\"invalid_token\"";
  exchange.Reply(std::move(response));
  return false;
}

bool Front::WithinRate(Exchange& exchange) {
  if (!at_.rate_limit.on()) return true;
  const auto verdict = at_.rate_limit.Take(exchange.worker(), exchange.actor->id, absl::ToUnixSeconds(absl::Now()));
  exchange.rate = {verdict.remaining, verdict.reset_seconds};
  if (verdict.allowed) return true;
  Response response = ToResponse(ProblemOf(429, "Too many requests in this minute."), exchange.path, exchange.trace_id);
  at_.rate_limit.Describe(verdict, &response);
  exchange.Reply(std::move(response));
  return false;
}

// Whoever is not known yet costs a look at the address at most: no page, no route, no signature is looked at for the next.
bool Front::StrangerWithinRate(Exchange& exchange) {
  const auto verdict = at_.strangers.Take(exchange.worker(), exchange.client, absl::ToUnixSeconds(absl::Now()));
  if (verdict.allowed) return true;
  Response response = ToResponse(ProblemOf(429, "Too many requests without a token that holds came from this address in this minute."),
                                 exchange.path, exchange.trace_id);
  response.headers.emplace_back("Retry-After", std::to_string(verdict.reset_seconds));
  exchange.Reply(std::move(response));
  return false;
}

// All of a request's handles, or none: a part of them would be answered as if the rest were CLEAR.
bool Front::WithinHandles(Exchange& exchange, std::size_t handles) {
  const auto verdict = at_.handle_limit.Take(exchange.worker(), *exchange.actor, handles, absl::ToUnixSeconds(absl::Now()));
  if (verdict.allowed) return true;
  Problem problem =
      ProblemOf(429, "Within an hour " + std::to_string(verdict.most) +
                         " contacts may be asked about with this role. The register is no list: nothing of this request was answered.");
  problem.clause = "12.4";
  Response response = ToResponse(problem, exchange.path, exchange.trace_id);
  response.headers.emplace_back("Retry-After", std::to_string(verdict.reset_seconds));
  exchange.Reply(std::move(response));
  return false;
}

std::shared_ptr<void> Front::PlaceForStream(Exchange& exchange) {
  const std::string subject = exchange.actor->id;
  const bool import = exchange.route->rpc->client_streaming() && exchange.route->rpc->server_streaming();
  const bool room = streams_->In(subject);
  if (room && (!import || imports_->In(""))) {
    return std::shared_ptr<void>(nullptr, [subject, import, streams = streams_, imports = imports_](void*) {
      streams->Out(subject);
      if (import) imports->Out("");
    });
  }
  if (room) streams_->Out(subject);
  exchange.Reply(Refusal(exchange, room ? 503 : 429,
                         room ? "As many imports as can be taken at once are under way. Please try again in a moment."
                              : "This caller has as many uploads and downloads under way as it may."));
  return nullptr;
}

bool Front::HeadersFit(Exchange& exchange) {
  const std::string_view key = exchange.Header("Idempotency-Key"), type = exchange.Header(http::field::content_type);
  if (key.size() > kMaxIdempotencyKey || !IsVisible(key)) {
    const Violation fault{"", "Idempotency-Key", "At most " + std::to_string(kMaxIdempotencyKey) + " visible ASCII characters."};
    exchange.Reply(ToResponse(ProblemOf(common::v1::ErrorReason::UNREADABLE_REQUEST, "", {fault}), exchange.path, exchange.trace_id));
    return false;
  }
  if (const std::string_view reason = exchange.Header("X-Reason"); !reason.empty() && !IsReason(reason)) {
    const Violation fault{"", "X-Reason",
                          "Say why in words: 10 letters and digits at least, 500 characters at most, percent-encoded UTF-8."};
    exchange.Reply(ToResponse(ProblemOf(common::v1::ErrorReason::UNREADABLE_REQUEST, "", {fault}), exchange.path, exchange.trace_id));
    return false;
  }
  const std::string_view coding = exchange.Header(http::field::content_encoding);
  if (!coding.empty() && coding != "identity")
    return Refuse(exchange, 415, "Bodies are taken as they are, without a content coding."), false;
  if (!IsVisible(exchange.Header(http::field::if_match))) return Refuse(exchange, 400, "If-Match is not readable."), false;
  if (exchange.route->is_unary() && exchange.route->takes_body && !type.empty() && !IsJson(type)) {
    return Refuse(exchange, 415, "This call takes application/json."), false;
  }
  const std::string& takes = exchange.route->rpc->options().GetExtension(common::v1::takes);
  if (!takes.empty() && IsJson(type)) return Refuse(exchange, 415, "This call takes " + takes + "."), false;
  return true;
}

void Front::StartStream(const std::shared_ptr<Exchange>& exchange) {
  auto first = NewMessage(*exchange->route->rpc->input_type());
  Parameters parameters = ReadParameters(*exchange->route, exchange->variables, exchange->query, first.get());
  if (!parameters.faults.empty()) {
    return exchange->Reply(ToResponse(ProblemOf(common::v1::ErrorReason::UNREADABLE_REQUEST, "", std::move(parameters.faults)),
                                      exchange->path, exchange->trace_id));
  }
  const bool one_file = exchange->route->rpc->client_streaming() && !exchange->route->rpc->server_streaming();
  if (one_file && exchange->announced_bytes() > kMaxEvidenceBytes) return Refuse(*exchange, 413, "A file may have 100 MiB at most.");
  ReadHeaders(*exchange, first.get());
  auto place = PlaceForStream(*exchange);
  if (exchange->replied()) return;
  auto call = StreamCall::Start(at_.upstreams, exchange, std::move(first), parameters.validate_only, at_.spools, std::move(place));
  if (exchange->route->rpc->client_streaming())
    exchange->Stream(call, one_file ? kMaxEvidenceBytes : std::numeric_limits<std::uint64_t>::max(), at_.upload_time);
}

void Front::OnBody(const std::shared_ptr<Exchange>& exchange) {
  const Route* route = exchange->route;
  if (route == nullptr || !route->is_unary()) return;  // answered already, or a stream that has no body
  const BorrowedMessage request = BorrowMessage(*route->rpc->input_type(), exchange->body.size());
  Refusals faults;
  if (route->takes_body) faults = ReadBody(*route, exchange->body, request.get());
  exchange->body = std::string();
  Parameters parameters = ReadParameters(*route, exchange->variables, exchange->query, request.get());
  faults.insert(faults.end(), std::make_move_iterator(parameters.faults.begin()), std::make_move_iterator(parameters.faults.end()));
  if (!faults.empty()) {
    return exchange->Reply(
        ToResponse(ProblemOf(common::v1::ErrorReason::UNREADABLE_REQUEST, "", std::move(faults)), exchange->path, exchange->trace_id));
  }
  if (route->asked != nullptr && !WithinHandles(*exchange, request->GetReflection()->FieldSize(*request, route->asked))) return;
  if (route->grpc_method == kCheckMethod && !parameters.validate_only) return checks(exchange->worker()).Submit(exchange, *request);
  CallUnary(at_.upstreams, exchange, *request, parameters.validate_only);
}

}  // namespace evenhand::gateway
