#include "gateway/call/check_stream.h"

#include <algorithm>

#include <google/rpc/status.pb.h>

#include "gateway/call/messages.h"
#include "gateway/json/json_writer.h"
#include "gateway/problem.h"
#include "services/platform/obs/log.h"

namespace evenhand::gateway {

namespace v1 = restriction::v1;

CheckStream::CheckStream(asio::io_context& io, std::string address, const Settings& settings)
    : io_(io), address_(std::move(address)), settings_(settings) {}

CheckStream::~CheckStream() { Stop(); }

void CheckStream::Stop() {
  if (const auto link = std::exchange(link_, nullptr)) link->Forget();
}

std::optional<std::uint32_t> CheckStream::NumberOf(std::string_view token) {
  const auto given = tokens_.Of(token);
  if (!given) return std::nullopt;
  if (given->is_new) {
    v1::StreamToken& told = *next_.add_tokens();
    told.set_number(given->number);
    told.set_jwt(std::string(token));
  }
  return given->number;
}

void CheckStream::Submit(const std::shared_ptr<Exchange>& exchange, const google::protobuf::Message& request) {
  const std::optional<std::uint32_t> number = hanging_ ? std::nullopt : NumberOf(exchange->bearer);
  if (!number) return Refuse(exchange);
  const std::uint64_t id = ++last_id_;
  v1::CheckItem& item = *next_.add_items();
  item.set_id(id);
  item.set_token_number(*number);
  item.set_traceparent(exchange->traceparent);
  std::string& bytes = *item.mutable_request();
  bytes.resize(request.ByteSizeLong());
  request.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data()));
  waiting_.emplace(id, exchange);
  FlushSoon();
}

// After every request that this round of the loop brings: they travel together.
void CheckStream::FlushSoon() {
  if (in_flight_ || std::exchange(flush_soon_, true)) return;
  asio::post(io_, [this] {
    flush_soon_ = false;
    Flush();
  });
}

void CheckStream::Flush() {
  if (in_flight_ || next_.items().empty()) return;
  if (link_ == nullptr) {
    CheckLink::Owner* const self = this;
    link_ = std::make_shared<CheckLink>(self, io_, address_, settings_);
    link_->Start();
  }
  if (link_ == nullptr || !link_->linked()) return;
  in_flight_ = true;
  link_->Send(next_);
  next_.Clear();
  tokens_.NextBatch();
}

void CheckStream::OnReply(const v1::CheckBatchReply& reply) {
  hanging_ = false;
  if (!reply.late()) {
    in_flight_ = false;
    Flush();  // the next batch is looked up while the answers to this one are written
  }
  for (const v1::CheckResult& result : reply.results()) Answer(result);
}

const std::string& CheckStream::JsonOf(const std::string& response) {
  auto known = std::ranges::find(printed_, response, &Printed::response);
  if (known == std::end(printed_)) *--known = {response, {}};  // in the place of the one that nobody has asked for longest
  if (known != printed_) std::rotate(printed_, known, std::next(known));
  Printed& first = printed_[0];
  if (first.json.empty() && answer_.ParseFromString(response)) WriteJson(answer_, &first.json);
  return first.json;
}

void CheckStream::Answer(const v1::CheckResult& result) {
  const auto found = waiting_.find(result.id());
  if (found == waiting_.end()) return;
  const std::shared_ptr<Exchange> exchange = std::move(found->second);
  waiting_.erase(found);
  if (result.has_response()) return exchange->Reply({.status = 200, .body = JsonOf(result.response()), .headers = {}});
  google::rpc::Status status;
  const bool readable = status.ParseFromString(result.status());
  const grpc::Status carried(readable ? static_cast<grpc::StatusCode>(status.code()) : grpc::INTERNAL, status.message(), result.status());
  exchange->Reply(ToResponse(ProblemOf(carried), exchange->path, exchange->trace_id));
}

void CheckStream::Refuse(const std::shared_ptr<Exchange>& exchange) {
  static const Problem away =
      ProblemOf(common::v1::ErrorReason::UNAVAILABLE,
                "Contacts can't be checked at the moment. Take care, and don't rely on there being no restriction.");
  exchange->Reply(ToResponse(away, exchange->path, exchange->trace_id));
}

void CheckStream::OnBroken(const std::string& why) {
  link_ = nullptr;
  in_flight_ = hanging_ = false;
  tokens_.Forget();
  next_.Clear();
  auto waiting = std::move(waiting_);
  waiting_.clear();
  if (!waiting.empty()) Log(Level::kWarning, "check_stream_broke", {{"why", why}, {"waiting", std::to_string(waiting.size())}});
  for (const auto& [id, exchange] : waiting) Refuse(exchange);
}

void CheckStream::Sweep(Exchange::Clock::time_point now) {
  std::vector<std::shared_ptr<Exchange>> late;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const auto next = std::next(at);
    if (now - at->second->began > kCheckTime) {
      late.push_back(std::move(at->second));
      waiting_.erase(at);
    }
    at = next;
  }
  if (hanging_ && now - hanging_since_ > kLongestHang) link_->Break("it hangs");
  if (late.empty()) return;
  if (link_ != nullptr && (in_flight_ || !link_->linked()) && !hanging_) {
    hanging_ = true;
    hanging_since_ = now;
    Log(Level::kWarning, "checks_hang", {{"waiting", std::to_string(late.size())}});
  }
  for (const auto& exchange : late) Refuse(exchange);
}

}  // namespace evenhand::gateway
