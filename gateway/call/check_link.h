// One life of a check stream: a connection, and the gRPC call on it, on the gateway thread's own loop, so that a batch costs no thread's
// wake-up here (ADR 7).
#pragma once

#include <array>
#include <memory>
#include <string>

#include "evenhand/restriction/v1/contact_service.pb.h"
#include "gateway/call/upstream_wire.h"
#include "services/platform/rpc/message_stream.h"

namespace evenhand::gateway {

class CheckLink final : public std::enable_shared_from_this<CheckLink> {
 public:
  struct Owner {
    virtual ~Owner() = default;
    virtual void OnLinked() = 0;
    virtual void OnReply(const restriction::v1::CheckBatchReply& reply) = 0;
    virtual void OnBroken(const std::string& why) = 0;  // the last call; the link is of no more use
  };

  CheckLink(Owner* owner, asio::io_context& io, const std::string& address, const Settings& settings);

  void Start();
  bool linked() const { return stream_ != nullptr; }
  void Send(const restriction::v1::CheckBatch& batch);  // once linked
  void Break(const std::string& why);                   // tells the owner, unless it has been told
  void Forget();                                        // ends without telling

 private:
  static constexpr std::size_t kReadBytes = 64 * 1024;

  void Read();
  bool Take(std::size_t bytes);
  void Pump();
  void Write();

  Owner* owner_;
  UpstreamWire wire_;
  std::unique_ptr<MessageStream> stream_;
  bool broken_ = false, writing_ = false;
  std::string out_, writing_out_;
  std::size_t written_ = 0;  // of writing_out_
  std::array<char, kReadBytes> space_;
  restriction::v1::CheckBatchReply reply_;  // used again and again: keeps its memory
};

}  // namespace evenhand::gateway
