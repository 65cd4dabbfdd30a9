// One life of a check stream's gRPC call: a connection, one HTTP/2 stream on it, messages both ways (gRPC over HTTP/2, PROTOCOL-HTTP2.md
// of the gRPC project). By nghttp2 on the gateway thread's own loop, so that a batch costs no thread's wake-up here (ADR 7).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include <nghttp2/nghttp2.h>

#include "evenhand/restriction/v1/contact_service.pb.h"
#include "gateway/call/upstream_wire.h"
#include "gateway/http/exchange.h"

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
  ~CheckLink();
  CheckLink(const CheckLink&) = delete;
  CheckLink& operator=(const CheckLink&) = delete;

  void Start();
  bool linked() const { return linked_; }
  void Send(const restriction::v1::CheckBatch& batch);  // once linked
  void Break(const std::string& why);                   // tells the owner, unless it has been told
  void Forget();                                        // ends without telling

 private:
  static constexpr std::size_t kReadBytes = 64 * 1024;
  struct Callbacks;

  void OpenStream();
  void Read();
  bool Take(std::size_t bytes);
  void Pump();
  void Write();
  bool TakeMessages();

  Owner* owner_;
  UpstreamWire wire_;
  nghttp2_session* session_ = nullptr;
  std::int32_t stream_ = 0;
  bool linked_ = false, broken_ = false, writing_ = false;
  std::string unsent_;         // messages that HTTP/2 has not taken yet: its window is the back-pressure
  std::size_t unsent_at_ = 0;  // taken of them
  std::string out_, writing_out_;
  std::size_t written_ = 0;
  std::string in_;  // DATA, not yet whole messages
  std::string why_;
  std::array<char, kReadBytes> space_;
  restriction::v1::CheckBatchReply reply_;  // used again and again: keeps its memory
};

}  // namespace evenhand::gateway
