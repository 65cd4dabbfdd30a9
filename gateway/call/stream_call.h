// A streamed request or reply, whatever the RPC: the body goes out in `chunk` messages, replies come back as NDJSON lines, as the bytes
// of a file, or as one JSON message. Nothing is ever held whole in memory. A service's thread waits for no client: a file is taken whole
// before the service hears of it, and one that goes out is taken from the service as fast as it gives it. Only where rows are answered
// while they come (an import) does the client's pace reach the service.
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
  // What it keeps in memory at most, in both directions and in gRPC: counted for as long as it lasts.
  static constexpr std::uint64_t kHolds = 512 * 1024;

  struct Spools {
    std::string folder;
    std::shared_ptr<SpoolSpace> space;
  };
  // `first` carries path variables and what headers say; for a client stream it goes before the chunks. `place` is let go when all is over.
  static std::shared_ptr<StreamCall> Start(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange,
                                           std::unique_ptr<google::protobuf::Message> first, bool validate_only, const Spools& spools,
                                           std::shared_ptr<void> place);

  StreamCall(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange, const Spools& spools);

  // The request's body, on the exchange's thread.
  void OnPiece(std::string piece) override;
  void OnEnd() override;

  // gRPC's threads; each only posts.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  enum class Form { kOne, kLines, kFile };

  void Call();
  void Keep(std::string_view piece);
  void Send(const google::protobuf::Message& message);
  void PumpBody();
  void TakeReply();
  void TakeLine(const google::protobuf::Message& reply);
  void Queue(std::string_view bytes);
  void PumpReply();
  void Release();
  void Finish();

  Upstreams& upstreams_;
  const std::shared_ptr<Exchange> exchange_;
  const std::shared_ptr<SpoolSpace> space_;
  std::unique_ptr<google::protobuf::Message> first_;
  bool validate_only_ = false, whole_first_ = false, called_ = false, read_held_ = false, broken_ = false, writes_failed_ = false;
  std::shared_ptr<void> place_;
  std::shared_ptr<StreamCall> self_;  // until OnDone
  grpc::ClientContext context_;
  grpc::ByteBuffer outgoing_, incoming_;
  std::unique_ptr<google::protobuf::Message> one_reply_;
  Form form_ = Form::kOne;
  std::string body_;  // taken from the client, not yet sent to the service
  Spool file_;        // the same where the whole is taken first
  Spool spool_;       // for the client, not yet sent to it
  grpc::Status status_;
  bool writing_ = false, body_ended_ = false, half_closed_ = false, reads_ended_ = false, sending_ = false, done_ = false,
       cancelled_ = false, finished_ = false;
};

}  // namespace evenhand::gateway
