// The door through which other services hand events over (evenhand.common.v1.EventService): kept, acted on once.
#pragma once

#include <functional>

#include "evenhand/common/v1/event_service.grpc.pb.h"
#include "services/platform/outbox/inbox.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand {

class EventRpc final : public common::v1::EventService::Service {
 public:
  // `heard` is called after the commit of each event that was acted on: the work that it left in the tables need not wait to be found.
  EventRpc(const Rpc& rpc, UnitOfWork& unit_of_work, EventHandlers handlers, std::function<void()> heard = nullptr)
      : rpc_(rpc), unit_of_work_(unit_of_work), handlers_(std::move(handlers)), heard_(std::move(heard)) {}

  grpc::Status DeliverEvent(grpc::ServerContext* context, const common::v1::DeliverEventRequest* request,
                            common::v1::DeliverEventResponse* reply) override;

 private:
  Outcome<common::v1::DeliverEventResponse> Receive(const Call& call, const common::v1::Event& event);

  const Rpc& rpc_;
  UnitOfWork& unit_of_work_;
  const EventHandlers handlers_;
  const std::function<void()> heard_;
};

}  // namespace evenhand
