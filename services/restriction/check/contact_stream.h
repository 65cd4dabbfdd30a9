// The gateway's long stream of checks, by the callback API: a batch in, its answers out, no thread ever waits.
#pragma once

#include <memory>
#include <set>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include "evenhand/restriction/v1/contact_service.grpc.pb.h"
#include "services/restriction/check/batch_answerer.h"

namespace evenhand::restriction::check {

class CheckStream;

class ContactStreamRpc final : public v1::ContactStreamService::WithCallbackMethod_CheckContacts<v1::ContactStreamService::Service> {
 public:
  explicit ContactStreamRpc(CheckStreamParts parts) : parts_(parts) {}

  grpc::ServerBidiReactor<v1::CheckBatch, v1::CheckBatchReply>* CheckContacts(grpc::CallbackServerContext* context) override;

  // Ends every stream once what has arrived is answered; new ones are refused.
  void Drain();

 private:
  friend class CheckStream;
  void Gone(CheckStream* stream);

  const CheckStreamParts parts_;
  absl::Mutex mutex_;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<CheckStream*> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::restriction::check
