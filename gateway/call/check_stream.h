// The hot path: contact checks of one gateway thread travel over one long stream to restriction-service. Whatever arrives while a batch is
// in flight goes with the next: no timer, no lock, and batches grow by themselves under load.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <absl/container/flat_hash_map.h>

#include "evenhand/restriction/v1/contact_service.grpc.pb.h"
#include "gateway/call/upstreams.h"

namespace evenhand::gateway {

class CheckLink;

class CheckStream {
 public:
  // A phone is ringing: an answer later than this is none. Swept four times a second, so nobody waits for more than one.
  static constexpr std::chrono::milliseconds kCheckTime{750};

  CheckStream(asio::io_context& io, std::shared_ptr<grpc::Channel> channel);
  ~CheckStream();

  // `request` is a serialised CheckContactRequest.
  void Submit(const std::shared_ptr<Exchange>& exchange, const google::protobuf::Message& request);
  // Answers what waited too long. While a whole batch goes unanswered, others are refused at once: the service hangs.
  void Sweep(Exchange::Clock::time_point now);
  void Stop();

 private:
  friend class CheckLink;
  // A stream's numbers for tokens start anew when they are used up (contact_service.proto, StreamToken).
  static constexpr std::uint32_t kTokens = 4096;

  void Flush();
  void OnReply(const std::shared_ptr<CheckLink>& link, const restriction::v1::CheckBatchReply& reply);
  void OnBroken(const std::shared_ptr<CheckLink>& link, const grpc::Status& status);
  void Answer(const restriction::v1::CheckResult& result);
  void Refuse(const std::shared_ptr<Exchange>& exchange);
  std::uint32_t NumberOf(std::string_view token);
  const std::string& JsonOf(const std::string& response);

  asio::io_context& io_;
  std::unique_ptr<restriction::v1::ContactStreamService::Stub> stub_;
  std::shared_ptr<CheckLink> link_;
  restriction::v1::CheckBatch next_;
  std::uint64_t last_id_ = 0;
  bool hanging_ = false;  // a batch waited too long, and nothing has come since
  absl::flat_hash_map<std::uint64_t, std::shared_ptr<Exchange>> waiting_;
  absl::flat_hash_map<std::string, std::uint32_t> tokens_;
  // All CLEAR answers of a moment are the same bytes: they are printed once.
  struct Printed {
    std::string response, json;
  } printed_[4];
  std::size_t printed_next_ = 0;
};

}  // namespace evenhand::gateway
