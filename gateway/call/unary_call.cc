#include "gateway/call/unary_call.h"

#include "gateway/call/messages.h"
#include "gateway/problem.h"
#include "services/platform/obs/log.h"

namespace evenhand::gateway {
namespace {

// Alive until the service has answered, even when the client has left.
struct Call {
  grpc::ClientContext context;
  grpc::ByteBuffer request, reply;
  bool validate_only = false;
  std::string restriction;  // that the request names
};

Response Answer(Call& call, const Exchange& exchange, const grpc::Status& status) {
  if (!status.ok()) return ToResponse(ProblemOf(status), exchange.path, exchange.trace_id);
  const auto reply = NewMessage(*exchange.route->rpc->output_type());
  if (!FromBytes(call.reply, reply.get())) return ToResponse(ProblemOf({grpc::INTERNAL, ""}), exchange.path, exchange.trace_id);
  Response response = AnswerOf(exchange, *reply, call.validate_only || Says(call.context, "x-found"), call.restriction);
  if (Says(call.context, "x-idempotent-replayed")) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

}  // namespace

void CallUnary(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange, const google::protobuf::Message& request,
               bool validate_only) {
  auto call = std::make_shared<Call>();
  call->request = ToBytes(request);
  call->validate_only = validate_only;
  if (exchange->route->read_at > 0) call->restriction = TextField(request, "restriction_id");
  upstreams.Describe(*exchange, validate_only, std::chrono::system_clock::now() + upstreams.timeout(), &call->context);
  exchange->holds = call->request.Length();
  exchange->on_gone = [call] { call->context.TryCancel(); };
  // Long replies are turned into JSON on gRPC's thread, so that they hold up no other connection.
  upstreams.StubOf(exchange->route->service)
      .UnaryCall(&call->context, exchange->route->grpc_method, {}, &call->request, &call->reply, [call, exchange](grpc::Status status) {
        Response response = Answer(*call, *exchange, status);
        if (response.status >= 500) {
          Log(Level::kWarning, "upstream_failed",
              {{"service", exchange->route->service},
               {"rpc", exchange->route->rpc->name()},
               {"code", std::to_string(status.error_code())},
               {"traceId", exchange->trace_id}});
        }
        asio::post(exchange->io(), [exchange, response = std::move(response)]() mutable {
          exchange->holds = 0;
          exchange->Reply(std::move(response));
        });
      });
}

}  // namespace evenhand::gateway
