// One life of a check stream's gRPC call. Its reactions run on gRPC's threads and only post to the gateway thread.
#pragma once

#include "gateway/call/check_stream.h"

namespace evenhand::gateway {

class CheckLink final : public grpc::ClientBidiReactor<restriction::v1::CheckBatch, restriction::v1::CheckBatchReply>,
                        public std::enable_shared_from_this<CheckLink> {
 public:
  using Batch = restriction::v1::CheckBatch;
  using Reply = restriction::v1::CheckBatchReply;

  CheckLink(CheckStream* owner, asio::io_context& io) : owner_(owner), io_(io) {}

  // On the gateway thread.
  void Start(restriction::v1::ContactStreamService::Stub& stub);
  bool busy() const { return busy_; }
  void Send(Batch* batch);  // takes the content; not while busy
  bool Arrived();           // one of: written, answered. True for the second: no longer busy
  void Cancel() { context_.TryCancel(); }
  void Forget() { owner_ = nullptr; }

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  CheckStream* owner_;
  asio::io_context& io_;
  std::shared_ptr<CheckLink> self_;  // until OnDone
  grpc::ClientContext context_;
  Batch sending_;
  Reply incoming_;
  bool busy_ = false;
  std::atomic<int> awaited_{0};  // a batch's write and its prompt reply: gRPC may tell of either first
};

}  // namespace evenhand::gateway
