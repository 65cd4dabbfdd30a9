#include "services/platform/outbox/event_rpc.h"

#include "services/platform/base/local_date.h"

namespace evenhand {
grpc::Status EventRpc::DeliverEvent(grpc::ServerContext* context, const common::v1::DeliverEventRequest* request,
                                    common::v1::DeliverEventResponse* reply) {
  return rpc_.Unary(context, "DeliverEvent", *request, reply, [&](const Call& call) { return Receive(call, request->event()); });
}

Outcome<common::v1::DeliverEventResponse> EventRpc::Receive(const Call& call, const common::v1::Event& event) {
  bool acted = false;
  auto done =
      unit_of_work_.Write<common::v1::DeliverEventResponse>(call, [&](Session& session) -> Outcome<common::v1::DeliverEventResponse> {
        acted = false;  // a try before this one may have been rolled back
        common::v1::DeliverEventResponse reply;
        const auto noted = session.sql().exec_params(
            "insert into inbox (event_id, source, type, received_at) values ($1, $2, $3, $4) on conflict do nothing", event.id(),
            event.source(), event.type(), FormatInstant(session.now()));
        reply.set_duplicate(noted.affected_rows() == 0);
        const auto handler = handlers_.find(events::FindEventType(event.type()));
        if (reply.duplicate() || handler == handlers_.end()) return reply;
        const IncomingEvent heard{
            .id = event.id(),
            .source = event.source(),
            .type = handler->first,
            .data = events::DataOf(*handler->first, event.data()),
            .occurred_at = absl::FromUnixSeconds(event.occurred_at().seconds()) + absl::Nanoseconds(event.occurred_at().nanos())};
        // Parked and alarmed, never passed over.
        if (heard.data == nullptr) return Invalid({{"council rule", "data", "It is not what an event of this type holds."}});
        if (auto refusal = handler->second(session, heard)) return *refusal;
        acted = true;
        return reply;
      });
  if (acted && done.ok() && heard_) heard_();
  return done;
}

}  // namespace evenhand
