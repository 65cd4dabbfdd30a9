#include "gateway/http/session.h"

namespace evenhand::gateway {

Session::Session(Wire wire, Worker& worker, std::string client, std::function<void(Session*)> on_closed)
    : wire_(std::move(wire)), worker_(worker), client_(std::move(client)), on_closed_(std::move(on_closed)), moved_(worker.now) {}

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
  moved_ = worker_.now;
  if (!lingering_) in_.append(space_.data(), bytes);
  Advance();
}

void Session::Advance() {
  if (advancing_) return;
  const auto self = shared_from_this();
  advancing_ = true;
  while (open_ && !lingering_ && Step() == Progress::kMore) {
  }
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
  while (scanned_ == 0 && in_.starts_with("\r\n")) in_.erase(0, 2);  // RFC 9112, 2.2: an empty line before a request is ignored
  if (in_.empty()) return Progress::kWait;
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
  std::string_view target = exchange.head_.target;
  if (!target.starts_with('/')) {  // absolute-form (RFC 9112, 3.2.2)
    const std::size_t host = target.find("://");
    const std::size_t path = host == std::string_view::npos ? host : target.find('/', host + 3);
    if (path != std::string_view::npos) target.remove_prefix(path);
  }
  const std::size_t mark = target.find('?');
  exchange.path = target.substr(0, mark);
  exchange.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);

  const auto self = exchange_;
  worker_.handler->OnHead(self);
  if (exchange.replied() || exchange.gone()) return;
  if (!exchange.body_done_) {
    if (exchange.announced_bytes() > exchange.limit_)
      return exchange.Reply(worker_.handler->Refusal(exchange, 413, "The body is larger than this call takes."));
    if (!exchange.Header(http::field::expect).empty()) Send("HTTP/1.1 100 Continue\r\n\r\n", nullptr);
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
  exchange->received_ += piece.size();
  exchange->body_done_ = exchange->reader_.done();
  const bool more = exchange->body_done_ || *used > 0;
  if (!more && in_.size() > kReadBytes) {
    Refuse(400, "The body is not readable: a chunk's head is too long.");
    return Progress::kMore;
  }
  if (exchange->replied() && exchange->sink_ == nullptr) {  // refused: the rest is read and dropped
    if (exchange->received_ > kMaxRestBytes + exchange->limit_) Linger();
    return more ? Progress::kMore : Progress::kWait;
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
  return more ? Progress::kMore : Progress::kWait;
}

void Session::Refuse(int status, std::string_view why) {
  if (exchange_ == nullptr) exchange_ = std::make_shared<Exchange>(this);
  const auto exchange = exchange_;
  exchange->close_ = true;
  exchange->body_done_ = true;  // nothing after this can be trusted to be where it seems
  in_.clear();
  if (exchange->on_gone) std::exchange(exchange->on_gone, nullptr)();
  if (exchange->replied()) {
    if (!exchange->complete_) return exchange->Abort();
    return Advance();  // a sweep asks from outside: nobody else would come by to finish
  }
  exchange->Reply(worker_.handler->Refusal(*exchange, status, why));
}

}  // namespace evenhand::gateway
