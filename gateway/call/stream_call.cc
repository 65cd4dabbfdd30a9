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

}  // namespace

StreamCall::StreamCall(const std::shared_ptr<Exchange>& exchange, const std::string& spool_folder)
    : exchange_(exchange), spool_(spool_folder) {
  const auto& rpc = *exchange->route->rpc;
  if (rpc.server_streaming()) form_ = rpc.output_type()->FindFieldByName("chunk") != nullptr ? Form::kFile : Form::kLines;
}

std::shared_ptr<StreamCall> StreamCall::Start(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange,
                                              std::unique_ptr<google::protobuf::Message> first, bool validate_only,
                                              const std::string& spool_folder) {
  auto call = std::make_shared<StreamCall>(exchange, spool_folder);
  call->self_ = call;
  // A stream lasts as long as it moves: the session ends it when it stalls.
  upstreams.Describe(*exchange, validate_only, std::chrono::system_clock::time_point::max(), &call->context_);
  exchange->on_gone = [call] {
    call->cancelled_ = true;
    call->context_.TryCancel();
  };
  upstreams.StubOf(exchange->route->service).PrepareBidiStreamingCall(&call->context_, exchange->route->grpc_method, {}, call.get());
  call->AddHold();  // reads and writes start on the session's thread, not in reactions, until both have ended
  call->StartRead(&call->incoming_);
  const bool sends_first = !exchange->route->rpc->client_streaming() || first->ByteSizeLong() > 0;
  if (sends_first) call->Send(*first);
  if (!exchange->route->rpc->client_streaming()) call->OnEnd();
  call->StartCall();
  return call;
}

void StreamCall::Send(const google::protobuf::Message& message) {
  outgoing_ = ToBytes(message);
  writing_ = true;
  StartWrite(&outgoing_);
}

void StreamCall::OnPiece(std::string piece) {
  body_ += piece;
  if (body_.size() >= kBodyAhead) exchange_->PauseBody();
  PumpBody();
}

void StreamCall::OnEnd() {
  body_ended_ = true;
  PumpBody();
}

void StreamCall::PumpBody() {
  if (writing_ || half_closed_) return;
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
    if (!ok) call->body_.clear(), call->body_ended_ = true;  // the service has ended the call; the reads end with it
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
      return TakeFile(*reply);  // reads on when the bytes are written
  }
  StartRead(&incoming_);
}

void StreamCall::TakeLine(const google::protobuf::Message& reply) {
  std::string line;
  WriteJson(reply, &line);
  line += '\n';
  if (!spool_.Append(line)) {
    Log(Level::kError, "reply_spool_failed", {{"traceId", exchange_->trace_id}});
    context_.TryCancel();
  }
  if (!exchange_->replied()) exchange_->Start({.status = 200, .content_type = "application/x-ndjson", .body = {}, .headers = {}});
  PumpReply();
}

void StreamCall::PumpReply() {
  if (sending_) return;
  std::string bytes = spool_.Take(kReplyBytes);
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

void StreamCall::TakeFile(const google::protobuf::Message& reply) {
  if (!exchange_->replied()) exchange_->Start(DownloadHead(reply));
  std::string chunk = TextField(reply, "chunk");
  exchange_->Write(std::move(chunk), [call = shared_from_this()](bool sent) {
    if (!sent) call->context_.TryCancel();
    asio::post(call->exchange_->io(), [call] { call->StartRead(&call->incoming_); });
  });
}

void StreamCall::OnDone(const grpc::Status& status) {
  asio::post(exchange_->io(), [call = std::move(self_), status] {
    call->status_ = status;
    call->done_ = true;
    if (call->form_ == Form::kLines && !call->spool_.empty()) return call->PumpReply();
    if (!call->sending_) call->Finish();
  });
}

void StreamCall::Finish() {
  if (std::exchange(finished_, true) || cancelled_) return;
  exchange_->on_gone = nullptr;
  if (!exchange_->replied()) {
    if (!status_.ok()) return exchange_->Reply(ToResponse(ProblemOf(status_), exchange_->path, exchange_->trace_id));
    if (one_reply_ != nullptr) return exchange_->Reply(ToResponse(*one_reply_));
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
