#include "gateway/call/stream_call.h"

#include "gateway/call/download_head.h"
#include "gateway/call/messages.h"
#include "gateway/json/json_writer.h"
#include "gateway/problem.h"
#include "services/platform/obs/log.h"

namespace evenhand::gateway {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;  // one message to the service
constexpr std::size_t kBodyAhead = 128 * 1024;  // read from the client before the service has taken it
constexpr std::size_t kReplyBytes = 64 * 1024;  // one write to the client
constexpr std::chrono::minutes kKeepTime{5};    // for a file that lies here whole: to be looked at for viruses, sealed and written

}  // namespace

StreamCall::StreamCall(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange, const Spools& spools)
    : upstreams_(upstreams),
      exchange_(exchange),
      space_(spools.space),
      file_(spools.folder, spools.space),
      spool_(spools.folder, spools.space) {
  const auto& rpc = *exchange->route->rpc;
  if (rpc.server_streaming()) form_ = rpc.output_type()->FindFieldByName("chunk") != nullptr ? Form::kFile : Form::kLines;
  whole_first_ = rpc.client_streaming() && !rpc.server_streaming();
}

std::shared_ptr<StreamCall> StreamCall::Start(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange,
                                              std::unique_ptr<google::protobuf::Message> first, bool validate_only, const Spools& spools,
                                              std::shared_ptr<void> place) {
  auto call = std::make_shared<StreamCall>(upstreams, exchange, spools);
  call->first_ = std::move(first);
  call->validate_only_ = validate_only;
  call->place_ = std::move(place);
  exchange->holds = kHolds;
  exchange->on_gone = [call] {
    call->cancelled_ = true;
    call->context_.TryCancel();
    if (std::exchange(call->read_held_, false)) call->StartRead(&call->incoming_);  // the call ends when its reads do
  };
  if (!call->whole_first_) call->Call();
  return call;
}

void StreamCall::Call() {
  called_ = true;
  self_ = shared_from_this();
  // A stream lasts as long as it moves: the session ends it when it stalls. What is here already moves by itself.
  const auto now = std::chrono::system_clock::now();
  upstreams_.Describe(*exchange_, validate_only_, whole_first_ ? now + kKeepTime : std::chrono::system_clock::time_point::max(), &context_);
  upstreams_.StubOf(exchange_->route->service).PrepareBidiStreamingCall(&context_, exchange_->route->grpc_method, {}, this);
  AddHold();  // reads and writes start on the session's thread, not in reactions, until both have ended
  StartRead(&incoming_);
  const bool client_streams = exchange_->route->rpc->client_streaming();
  if (!client_streams || first_->ByteSizeLong() > 0) Send(*first_);
  if (!client_streams) OnEnd();
  StartCall();
}

void StreamCall::Send(const google::protobuf::Message& message) {
  outgoing_ = ToBytes(message);
  writing_ = true;
  StartWrite(&outgoing_);
}

void StreamCall::OnPiece(std::string piece) {
  if (cancelled_ || finished_) return;
  if (whole_first_) return Keep(piece);
  body_ += piece;
  if (body_.size() >= kBodyAhead) exchange_->PauseBody();
  PumpBody();
}

void StreamCall::Keep(std::string_view piece) {
  if (!space_->full() && file_.Append(piece)) return;
  Log(Level::kError, "upload_not_kept", {{"traceId", exchange_->trace_id}});
  finished_ = true;
  exchange_->on_gone = nullptr;
  const Problem full =
      ProblemOf(common::v1::ErrorReason::UNAVAILABLE, "There is no room for another upload at the moment. Please try again in a moment.");
  exchange_->Reply(ToResponse(full, exchange_->path, exchange_->trace_id));
}

void StreamCall::OnEnd() {
  if (cancelled_ || finished_) return;
  body_ended_ = true;
  if (!called_) return Call();
  PumpBody();
}

void StreamCall::PumpBody() {
  if (writing_ || half_closed_) return;
  if (whole_first_ && body_.empty() && !writes_failed_) body_ = file_.Take(kChunkBytes);
  if (writes_failed_ || (body_.empty() && !file_.empty())) {  // or what was kept can't be read: half a file is never taken for the whole
    context_.TryCancel();
    half_closed_ = true;
    return Release();
  }
  if (!body_.empty() && !reads_ended_) {
    const auto message = NewMessage(*exchange_->route->rpc->input_type());
    SetTextField(message.get(), "chunk", std::string_view(body_).substr(0, kChunkBytes));
    body_.erase(0, kChunkBytes);
    Send(*message);
    if (body_.size() < kBodyAhead) exchange_->ResumeBody();
  } else if (body_ended_ || reads_ended_) {
    half_closed_ = true;
    if (!reads_ended_) StartWritesDone();
    Release();
  }
}

void StreamCall::Release() {
  if (half_closed_ && reads_ended_) RemoveHold();
}

void StreamCall::OnWriteDone(bool ok) {
  asio::post(exchange_->io(), [call = shared_from_this(), ok] {
    call->writing_ = false;
    call->writes_failed_ |= !ok;  // the service has ended the call; the reads end with it
    call->PumpBody();
  });
}

void StreamCall::OnReadDone(bool ok) {
  asio::post(exchange_->io(), [call = shared_from_this(), ok] {
    if (ok) return call->TakeReply();
    call->reads_ended_ = true;
    if (call->half_closed_) return call->Release();
    call->PumpBody();  // nothing of the body is wanted either, whatever of it is still to come
  });
}

void StreamCall::TakeReply() {
  auto reply = NewMessage(*exchange_->route->rpc->output_type());
  if (!FromBytes(incoming_, reply.get())) context_.TryCancel();
  incoming_.Clear();
  switch (form_) {
    case Form::kOne:
      one_reply_ = std::move(reply);
      break;
    case Form::kLines:
      TakeLine(*reply);
      break;
    case Form::kFile:
      if (!exchange_->replied()) exchange_->Start(DownloadHead(*reply));
      Queue(TextField(*reply, "chunk"));
      break;
  }
  read_held_ = space_->full() && !spool_.empty() && !broken_ && !cancelled_;  // goes on when what is here has been sent
  if (!read_held_) StartRead(&incoming_);
}

void StreamCall::TakeLine(const google::protobuf::Message& reply) {
  std::string line;
  WriteJson(reply, &line);
  line += '\n';
  if (!exchange_->replied()) exchange_->Start({.status = 200, .content_type = "application/x-ndjson", .body = {}, .headers = {}});
  Queue(line);
}

void StreamCall::Queue(std::string_view bytes) {
  if (!spool_.Append(bytes)) {
    Log(Level::kError, "reply_spool_failed", {{"traceId", exchange_->trace_id}});
    broken_ = true;  // bytes are missing: what follows would be taken for the whole
    context_.TryCancel();
  }
  PumpReply();
}

void StreamCall::PumpReply() {
  if (sending_) return;
  std::string bytes = broken_ ? "" : spool_.Take(kReplyBytes);
  if (bytes.empty() && !spool_.empty()) broken_ = true, context_.TryCancel();
  if (read_held_ && (spool_.empty() || broken_)) read_held_ = false, StartRead(&incoming_);
  if (bytes.empty()) return done_ ? Finish() : void();
  sending_ = true;
  exchange_->Write(std::move(bytes), [call = shared_from_this()](bool sent) {
    // Posted: a long spool must not become a deep stack.
    asio::post(call->exchange_->io(), [call, sent] {
      call->sending_ = false;
      if (sent) call->PumpReply();
    });
  });
}

void StreamCall::OnDone(const grpc::Status& status) {
  asio::post(exchange_->io(), [call = std::move(self_), status] {
    call->status_ = status;
    call->done_ = true;
    if (call->form_ != Form::kOne && !call->spool_.empty()) return call->PumpReply();
    if (!call->sending_) call->Finish();
  });
}

void StreamCall::Finish() {
  if (std::exchange(finished_, true) || cancelled_) return;
  exchange_->on_gone = nullptr;
  place_.reset();
  if (broken_) return exchange_->Abort();
  if (!exchange_->replied()) {
    if (!status_.ok()) return exchange_->Reply(ToResponse(ProblemOf(status_), exchange_->path, exchange_->trace_id));
    if (one_reply_ != nullptr) return exchange_->Reply(AnswerOf(*exchange_, *one_reply_, validate_only_ || Says(context_, "x-found")));
    if (form_ == Form::kLines) return exchange_->Reply({.status = 200, .content_type = "application/x-ndjson", .body = {}, .headers = {}});
    return exchange_->Reply(ToResponse(ProblemOf({grpc::INTERNAL, ""}), exchange_->path, exchange_->trace_id));
  }
  if (status_.ok()) return exchange_->End();
  // The head is out: the last line says what went wrong, and the cut connection that the reply is not whole.
  Log(Level::kWarning, "stream_broke",
      {{"rpc", exchange_->route->rpc->name()}, {"code", std::to_string(status_.error_code())}, {"traceId", exchange_->trace_id}});
  if (form_ == Form::kFile) return exchange_->Abort();
  exchange_->Write(ToJson(ProblemOf(status_), exchange_->path, exchange_->trace_id) + "\n",
                   [exchange = exchange_](bool) { asio::post(exchange->io(), [exchange] { exchange->Abort(); }); });
}

}  // namespace evenhand::gateway
