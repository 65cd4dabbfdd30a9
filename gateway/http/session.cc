#include "gateway/http/session.h"

namespace evenhand::gateway {

Session::Session(Wire wire, Worker& worker, std::string client, std::function<void(Session*)> on_closed)
    : wire_(std::move(wire)),
      worker_(worker),
      client_(std::move(client)),
      on_closed_(std::move(on_closed)),
      proxied_(worker.proxies != nullptr && worker.proxies->Trusts(client_)),
      held_(worker.budget),
      idle_since_(worker.now) {}

void Session::Open() {
  wire_.Open([self = shared_from_this()](ErrorCode error) {
    if (error) return self->Close();
    self->Read();
  });
}

void Session::Read() {
  if (reading_ || !open_ || ended_) return;
  if (!lingering_ && in_.size() >= kMaxUnreadBytes) return;
  reading_ = true;
  wire_.ReadSome(asio::buffer(space_), [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    self->reading_ = false;
    self->OnRead(error, bytes);
  });
}

void Session::OnRead(ErrorCode error, std::size_t bytes) {
  if (!open_) return;
  if (error) {
    ended_ = true;
    // A reply that is on its way is still written to a client that has only stopped sending.
    if (exchange_ == nullptr || !exchange_->complete_ || error != asio::error::eof) Close();
    return;
  }
  if (lingering_ && worker_.now - head_began_ > kLongestLinger) return Close();
  lingered_ = worker_.now;
  if (!lingering_) in_.append(space_.data(), bytes);
  Advance();
}

void Session::Advance() {
  if (advancing_) return;
  const auto self = shared_from_this();
  advancing_ = true;
  do {
    while (open_ && !lingering_ && Step() == Progress::kMore) {
    }
  } while (open_ && !Account());
  advancing_ = false;
  if (open_) Read();
}

Session::Progress Session::Step() {
  if (exchange_ == nullptr) return TakeHead();
  if (!exchange_->body_done_) return TakeBody();
  if (exchange_->complete_ && out_.empty()) {
    Finish();
    return Progress::kMore;
  }
  return Progress::kWait;
}

Session::Progress Session::TakeHead() {
  if (in_.starts_with("\r\n")) {  // RFC 9112, 2.2: an empty line before a request is ignored; two are no request
    if (std::exchange(empty_line_, true)) {
      Refuse(400, "Empty lines stand before the request.");
      return Progress::kMore;
    }
    in_.erase(0, 2);
    scanned_ = 0;
  }
  if (in_.empty()) return Progress::kWait;
  if (empty_line_ && in_.starts_with("\r\n")) return Progress::kMore;
  if (scanned_ == 0) head_began_ = worker_.now;
  const std::size_t end = in_.find("\r\n\r\n", scanned_ > 3 ? scanned_ - 3 : 0);
  const bool unended = end == std::string::npos;
  if ((unended ? in_.size() : end + 4) > kMaxHeadBytes) {
    Refuse(431, "The request head is too large.");
    return Progress::kMore;
  }
  if (unended) {
    scanned_ = in_.size();
    if (in_.find("\n\n") == std::string::npos) return Progress::kWait;
    Refuse(400, "A line does not end with CR LF.");
    return Progress::kMore;
  }
  scanned_ = 0;
  auto exchange = std::make_shared<Exchange>(this);
  exchange->head_text_.assign(in_, 0, end + 4);
  if (const auto fault = ReadHead(exchange->head_text_, exchange->head_)) {
    Refuse(fault->status, fault->why);
    return Progress::kMore;
  }
  empty_line_ = false;
  exchange->head_read_ = true;
  exchange_ = std::move(exchange);
  in_.erase(0, end + 4);
  MeetHead();
  return Progress::kMore;
}

void Session::MeetHead() {
  Exchange& exchange = *exchange_;
  exchange.reader_.Begin(exchange.head_);
  exchange.body_done_ = exchange.reader_.done();
  exchange.method = exchange.head_.method;
  exchange.head_only_ = exchange.method == "HEAD";
  if (exchange.head_only_) exchange.method = "GET";
  if (proxied_) exchange.client = worker_.proxies->ClientOf(exchange.head_, client_);
  const std::string_view target = exchange.head_.path;
  const std::size_t mark = target.find('?');
  exchange.path = target.substr(0, mark);
  exchange.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);

  const auto self = exchange_;
  exchange.pace_.Begin(worker_.now, kBodyPause, kBodyTime);
  worker_.handler->OnHead(self);
  if (exchange.replied() || exchange.gone()) return;
  if (!exchange.body_done_) {
    if (exchange.announced_bytes() > exchange.limit_)
      return exchange.Reply(worker_.handler->Refusal(exchange, 413, "The body is larger than this call takes."));
    exchange.pace_.Begin(worker_.now, kBodyPause, exchange.body_time_);
    if (!exchange.head_.http10 && !exchange.Header(http::field::expect).empty()) Send("HTTP/1.1 100 Continue\r\n\r\n", nullptr);
    return;
  }
  if (const auto sink = exchange.sink_) return sink->OnEnd();
  worker_.handler->OnBody(self);
}

Session::Progress Session::TakeBody() {
  const auto exchange = exchange_;
  if (exchange->paused_ && !exchange->complete_) return Progress::kWait;
  if (in_.empty()) return Progress::kWait;
  std::string piece;
  const auto used = exchange->reader_.Take(in_, piece);
  if (!used) {
    Refuse(400, "The body is not readable: a chunk is broken.");
    return Progress::kMore;
  }
  in_.erase(0, *used);
  exchange->pace_.Moved(worker_.now, piece.size());
  exchange->received_ += piece.size();
  exchange->body_done_ = exchange->reader_.done();
  if (exchange->replied() && exchange->sink_ == nullptr) {  // refused: the rest is read and dropped
    if (exchange->received_ > kMaxRestBytes + exchange->limit_) Linger();
    return Progress::kMore;
  }
  if (exchange->received_ > exchange->limit_) {
    Refuse(413, "The body is larger than this call takes.");
    return Progress::kMore;
  }
  if (exchange->sink_ == nullptr) {
    if (exchange->body.empty()) {
      exchange->body = std::move(piece);
    } else {
      exchange->body += piece;
    }
    if (exchange->body_done_) worker_.handler->OnBody(exchange);
  } else {
    const auto sink = exchange->sink_;
    if (!piece.empty()) sink->OnPiece(std::move(piece));
    if (exchange->body_done_ && !exchange->gone()) sink->OnEnd();
  }
  return Progress::kMore;
}

bool Session::Account() {
  if (lingering_) return held_.Set("", 0), true;
  if (exchange_ == nullptr && in_.empty() && in_.capacity() > kFreeBytes) in_ = std::string();
  const bool coming = exchange_ == nullptr ? !in_.empty() : !exchange_->body_done_ && !exchange_->replied();
  if (proxied_ && exchange_ != nullptr && coming && counted_.empty() && worker_.clients != nullptr) {
    if (!worker_.clients->In(exchange_->client)) {
      Refuse(503, "This client has as many requests under way as it may.");
      return false;
    }
    counted_ = exchange_->client;
  }
  std::uint64_t bytes = in_.capacity() + out_bytes_;
  if (exchange_ != nullptr) bytes += exchange_->head_text_.capacity() + exchange_->body.capacity() + exchange_->holds;
  bytes -= std::min(bytes, kFreeBytes);
  if (bytes == 0 && held_.bytes() == 0) return true;
  const std::string& owner = exchange_ == nullptr ? client_ : exchange_->actor == nullptr ? exchange_->client : exchange_->actor->id;
  const Budget::Room room = held_.Set(owner, bytes);
  if (room == Budget::Room::kThere) return true;
  if (coming) {
    if (room == Budget::Room::kNone) {
      Refuse(503, "The gateway holds as much for others as it can. Please try again in a moment.");
    } else {
      Refuse(429, "Too much of this caller is under way at once.");
    }
    return false;
  }
  if (in_.size() > kFreeBytes) return Close(), true;  // requests sent ahead of their turn have no claim to be kept
  held_.Set(owner, bytes, true);
  return true;
}

void Session::CountOut() {
  if (!counted_.empty()) worker_.clients->Out(std::exchange(counted_, {}));
}

void Session::Refuse(int status, std::string_view why) {
  if (exchange_ == nullptr) exchange_ = std::make_shared<Exchange>(this);
  const auto exchange = exchange_;
  exchange->close_ = true;
  exchange->body_done_ = true;  // nothing after this can be trusted to be where it seems
  in_.clear();
  exchange->body = std::string();
  if (exchange->on_gone) std::exchange(exchange->on_gone, nullptr)();
  if (exchange->replied()) {
    if (!exchange->complete_) return exchange->Abort();
    return Advance();  // a sweep asks from outside: nobody else would come by to finish
  }
  exchange->Reply(worker_.handler->Refusal(*exchange, status, why));
}

}  // namespace evenhand::gateway
