// A streamed request or reply, whatever the RPC: the body goes out in `chunk` messages, replies come back as NDJSON lines, as the bytes
// of a file, or as one JSON message. Nothing is ever held whole in memory; both directions move on their own.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "gateway/call/spool.h"
#include "gateway/call/upstreams.h"
#include "gateway/route/router.h"

namespace evenhand::gateway {

class StreamCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public BodySink,
                         public std::enable_shared_from_this<StreamCall> {
 public:
  // `first` carries path variables and what headers say; for a client stream it goes before the chunks.
  static std::shared_ptr<StreamCall> Start(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange,
                                           std::unique_ptr<google::protobuf::Message> first, bool validate_only,
                                           const std::string& spool_folder);

  StreamCall(const std::shared_ptr<Exchange>& exchange, const std::string& spool_folder);

  // The request's body, on the exchange's thread.
  void OnPiece(std::string piece) override;
  void OnEnd() override;

  // gRPC's threads; each only posts.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  enum class Form { kOne, kLines, kFile };

  void Send(const google::protobuf::Message& message);
  void PumpBody();
  void TakeReply();
  void TakeLine(const google::protobuf::Message& reply);
  void TakeFile(const google::protobuf::Message& reply);
  void PumpReply();
  void Release();
  void Finish();

  const std::shared_ptr<Exchange> exchange_;
  std::shared_ptr<StreamCall> self_;  // until OnDone
  grpc::ClientContext context_;
  grpc::ByteBuffer outgoing_, incoming_;
  std::unique_ptr<google::protobuf::Message> one_reply_;
  Form form_ = Form::kOne;
  std::string body_;  // taken from the client, not yet sent to the service
  Spool spool_;       // printed for the client, not yet sent to it
  grpc::Status status_;
  bool writing_ = false, body_ended_ = false, half_closed_ = false, reads_ended_ = false, sending_ = false, done_ = false,
       cancelled_ = false, finished_ = false;
};

}  // namespace evenhand::gateway
