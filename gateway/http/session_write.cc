// The writing half of a session: replies, deadlines and the end.
#include "gateway/http/session.h"
#include "services/platform/base/protection.h"

namespace evenhand::gateway {

bool Session::MustClose(const Exchange& exchange) const {
  if (exchange.close_ || *worker_.draining || !exchange.head_read_ || !exchange.head_.keep_alive) return true;
  if (exchange.body_done_) return false;
  // The rest of a body that nobody wants is read only when it is small and surely coming.
  const auto rest = exchange.reader_.left();
  return exchange.sink_ != nullptr || !rest || *rest > kMaxRestBytes || !exchange.Header(http::field::expect).empty();
}

void Session::Reply(Exchange& exchange, Response response) {
  exchange.close_ = MustClose(exchange);
  worker_.handler->Decorate(exchange, &response);
  const bool old = exchange.head_.http10;
  exchange.sent_bytes_ = response.body.size();
  exchange.complete_ = true;
  Send(Render(response, {.close = exchange.close_, .http10 = old, .head_only = exchange.head_only_}, exchange.request_id), nullptr);
  if (open_) Complete(exchange);
}

void Session::Start(Exchange& exchange, Response head) {
  const bool old = exchange.head_.http10;
  exchange.close_ = old || MustClose(exchange);
  worker_.handler->Decorate(exchange, &head);
  exchange.chunked_ = !old;
  Send(Render(head, {.close = exchange.close_, .http10 = old, .head_only = true, .chunked = !old, .until_close = old}, exchange.request_id),
       nullptr);
}

// The reply is made; what is left of a body that will not be read to its end makes the connection useless.
void Session::Complete(Exchange& exchange) {
  if (exchange.close_ && !exchange.body_done_) exchange.body_done_ = true, in_.clear();
  Advance();
}

void Session::Send(std::string bytes, Exchange::Done done) {
  if (!open_) return done ? done(false) : void();
  out_bytes_ += bytes.size();
  out_.push_back({std::move(bytes), 0, std::move(done)});
  Flush();
}

void Session::Flush() {
  if (writing_ || flushing_) return;
  flushing_ = true;
  while (open_ && !out_.empty()) {
    Out& out = out_.front();
    out.sent += wire_.TryWrite(asio::buffer(out.bytes.data() + out.sent, out.bytes.size() - out.sent));
    if (out.sent < out.bytes.size()) {
      if (!stalled_) reply_pace_.Begin(worker_.now, kReplyPause, Exchange::Clock::duration::max());
      writing_ = stalled_ = true;
      wire_.WriteSome(asio::buffer(out.bytes.data() + out.sent, out.bytes.size() - out.sent),
                      [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                        self->writing_ = false;
                        if (error) return self->Close();
                        if (!self->open_) return;
                        self->reply_pace_.Moved(self->worker_.now, bytes);
                        self->out_.front().sent += bytes;
                        self->Flush();
                        self->Advance();
                      });
      break;
    }
    const Exchange::Done done = std::move(out.done);
    out_bytes_ -= out.bytes.size();
    out_.pop_front();
    if (out_.empty()) stalled_ = false;
    if (done) done(true);
  }
  flushing_ = false;
}

void Session::Finish() {
  const auto exchange = std::exchange(exchange_, nullptr);
  exchange->session_ = nullptr;
  exchange->on_gone = nullptr;
  exchange->sink_ = nullptr;
  worker_.handler->OnDone(*exchange);
  CountOut();
  idle_since_ = worker_.now;
  if (ended_) return Close();
  if (exchange->close_) Linger();
}

// Says that no more comes, and reads on for a while: to close at once would reset the connection under our last reply.
void Session::Linger() {
  lingering_ = true;
  in_.clear();
  lingered_ = head_began_ = worker_.now;
  wire_.ShutdownSend();
}

void Session::Close() {
  if (!open_) return;
  const auto self = shared_from_this();
  open_ = false;
  wire_.Close();
  if (const auto exchange = std::exchange(exchange_, nullptr)) {
    exchange->session_ = nullptr;
    if (!exchange->complete_ || !out_.empty()) exchange->status_ = 499;
    if (exchange->on_gone) std::exchange(exchange->on_gone, nullptr)();
    exchange->sink_ = nullptr;
    worker_.handler->OnDone(*exchange);
  }
  CountOut();
  held_.Set("", 0);
  auto out = std::move(out_);
  for (Out& waiting : out) {
    if (waiting.done) waiting.done(false);
  }
  on_closed_(this);
}

void Session::Sweep() {
  if (!open_) return;
  const auto self = shared_from_this();
  const auto over = [&](Exchange::Clock::time_point since, auto limit) { return worker_.now - since > limit; };
  if (lingering_) return over(lingered_, kLingerTime) ? Close() : void();
  if (exchange_ == nullptr) {
    if (in_.empty()) return over(idle_since_, *worker_.draining ? kDrainIdleTime : kIdleTime) ? Close() : void();
    if (over(head_began_, kHeadTime)) Refuse(408, "The request head took too long.");
    return;
  }
  if (writing_ && reply_pace_.Late(worker_.now)) return Close();
  if (exchange_->body_done_ || exchange_->paused_ || !exchange_->pace_.Late(worker_.now) || !ProtectionOn(Protection::kBodyPace)) return;
  Refuse(408, "The body came too slowly.");
}

}  // namespace evenhand::gateway
