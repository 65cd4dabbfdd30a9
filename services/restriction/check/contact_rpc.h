// ContactService on the wire.
#pragma once

#include "evenhand/restriction/v1/contact_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/check/check_contact.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/check/replay_contact.h"

namespace evenhand::restriction::check {

class ContactRpc final : public v1::ContactService::Service {
 public:
  ContactRpc(const Rpc& rpc, check::CheckContact& check, check::RecordContact& record, check::ReplayContact& replay)
      : rpc_(rpc), check_(check), record_(record), replay_(replay) {}

  grpc::Status CheckContact(grpc::ServerContext* context, const v1::CheckContactRequest* request, v1::CheckContactResponse* reply) override;
  grpc::Status BatchCheckContacts(grpc::ServerContext* context, const v1::BatchCheckContactsRequest* request,
                                  v1::BatchCheckContactsResponse* reply) override;
  grpc::Status RecordContact(grpc::ServerContext* context, const v1::CheckContactRequest* request,
                             v1::CheckContactResponse* reply) override;
  grpc::Status ReplayContact(grpc::ServerContext* context, const v1::ReplayContactRequest* request,
                             v1::ReplayContactResponse* reply) override;

 private:
  const Rpc& rpc_;
  check::CheckContact& check_;
  check::RecordContact& record_;
  check::ReplayContact& replay_;
};

}  // namespace evenhand::restriction::check
