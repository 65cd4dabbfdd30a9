#include "gateway/call/check_link.h"

namespace evenhand::gateway {

void CheckLink::Start(restriction::v1::ContactStreamService::Stub& stub) {
  self_ = shared_from_this();
  stub.async()->CheckContacts(&context_, this);
  AddHold();  // writes start on the gateway thread, outside of any reaction
  StartRead(&incoming_);
  StartCall();
}

void CheckLink::Send(Batch* batch) {
  busy_ = true;
  sending_.Clear();
  sending_.Swap(batch);
  awaited_.store(2, std::memory_order_release);
  StartWrite(&sending_);
}

bool CheckLink::Arrived() {
  if (awaited_.fetch_sub(1, std::memory_order_acq_rel) != 1) return false;
  busy_ = false;
  return true;
}

void CheckLink::OnReadDone(bool ok) {
  if (!ok) {
    asio::post(io_, [link = shared_from_this()] {
      link->busy_ = true;  // no write starts after the hold is gone
      link->RemoveHold();
    });
    return;
  }
  auto reply = std::make_unique<Reply>();
  reply->Swap(&incoming_);
  StartRead(&incoming_);
  asio::post(io_, [link = shared_from_this(), reply = std::move(reply)] {
    if (link->owner_ != nullptr) link->owner_->OnReply(link, *reply);
  });
}

void CheckLink::OnWriteDone(bool ok) {
  // The usual case is first: the reply is still on its way and will find the write done. A failed write ends the reads too.
  if (!ok || awaited_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  asio::post(io_, [link = shared_from_this()] {
    link->busy_ = false;
    if (link->owner_ != nullptr) link->owner_->Flush();
  });
}

void CheckLink::OnDone(const grpc::Status& status) {
  asio::post(io_, [link = std::move(self_), status] {
    if (link->owner_ != nullptr) link->owner_->OnBroken(link, status);
  });
}

}  // namespace evenhand::gateway
