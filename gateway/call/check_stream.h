// The hot path: contact checks of one gateway thread travel over one long stream to restriction-service. Whatever arrives while a batch is
// in flight goes with the next: no timer, no lock, and batches grow by themselves under load.
#pragma once

#include <memory>
#include <string>

#include <absl/container/flat_hash_map.h>

#include "gateway/call/check_link.h"
#include "gateway/call/token_numbers.h"
#include "gateway/http/exchange.h"

namespace evenhand::gateway {

class CheckStream final : private CheckLink::Owner {
 public:
  // A phone is ringing: an answer later than this is none. Swept four times a second, so nobody waits for more than one.
  static constexpr std::chrono::milliseconds kCheckTime{750};

  // `address` of restriction-service, as in the settings.
  CheckStream(asio::io_context& io, std::string address, const Settings& settings);
  ~CheckStream() override;

  // `request` is a serialised CheckContactRequest.
  void Submit(const std::shared_ptr<Exchange>& exchange, const google::protobuf::Message& request);
  // Answers what waited too long. While a whole batch goes unanswered, others are refused at once: the service hangs.
  void Sweep(Exchange::Clock::time_point now);
  void Stop();

 private:
  // What the service keeps for a stream (contact_service.proto, StreamToken).
  static constexpr std::uint32_t kTokens = 4096;

  // A service that answers nothing for so long is looked for anew: it may be another process by now.
  static constexpr std::chrono::seconds kLongestHang{5};

  void OnLinked() override { Flush(); }
  void OnReply(const restriction::v1::CheckBatchReply& reply) override;
  void OnBroken(const std::string& why) override;

  void FlushSoon();
  void Flush();
  void Answer(const restriction::v1::CheckResult& result);
  void Refuse(const std::shared_ptr<Exchange>& exchange);
  std::optional<std::uint32_t> NumberOf(std::string_view token);
  const std::string& JsonOf(const std::string& response);

  asio::io_context& io_;
  const std::string address_;
  const Settings& settings_;
  std::shared_ptr<CheckLink> link_;
  bool in_flight_ = false;   // a batch that has no reply yet
  bool flush_soon_ = false;  // at the end of the loop's round
  restriction::v1::CheckBatch next_;
  std::uint64_t last_id_ = 0;
  bool hanging_ = false;  // a batch waited too long, and nothing has come since
  Exchange::Clock::time_point hanging_since_;
  absl::flat_hash_map<std::uint64_t, std::shared_ptr<Exchange>> waiting_;
  TokenNumbers tokens_{kTokens};
  // All CLEAR answers of a moment are the same bytes: they are printed once. The last one asked for comes first; the one not asked for
  // longest makes room.
  struct Printed {
    std::string response, json;
  } printed_[4];
  restriction::v1::CheckContactResponse answer_;  // being printed; keeps its memory
};

}  // namespace evenhand::gateway
