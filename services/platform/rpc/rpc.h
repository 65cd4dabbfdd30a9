// What every RPC passes through, in this order: trace id, log, metrics, identity and the authority table, deadline, exception barrier.
// An adapter's method is one line:
//   return rpc_.Unary(context, "ImposeRestriction", *request, reply, [&](const Call& call) { return impose_(call, *request); });
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include "services/platform/rpc/call.h"

namespace evenhand {

class Authority;
class TokenVerifier;
class RpcMetrics;
class LookKeeper;
class Bulkhead;

// A refusal as it travels: gRPC code, plain message, and google.rpc.Status details with an evenhand.common.v1.ErrorDetail.
grpc::Status ToStatus(const Refusal& refusal, const std::string& trace_id);

class Rpc {
 public:
  // `service` is the full proto name, e.g. "evenhand.restriction.v1.RestrictionService".
  // `areas`: what requests and tokens may name; without one every name is an area (tests).
  // `looks` keeps the refused ones, and what was shown without a word of the use case's (12.4).
  Rpc(std::string service, const TokenVerifier& tokens, const Authority& authority, RpcMetrics& metrics,
      const AreaDirectory& areas = AreaDirectory::Any(), LookKeeper* looks = nullptr, Bulkhead* bulkhead = nullptr);

  // Fields that the contract marks as a staff number or an area are in their one form when `work` sees the request (canonical_fields.h).
  template <typename Reply, typename Work>  // Work: Outcome<Reply>(const Call&)
  grpc::Status Unary(grpc::ServerContext* context, std::string_view method, const google::protobuf::Message& request, Reply* reply,
                     Work&& work) const {
    return Run(
        context, method, &request,
        [&](const Call& call) -> std::optional<Refusal> {
          Outcome<Reply> outcome = work(call);
          if (!outcome.ok()) return outcome.refusal();
          *reply = std::move(outcome).value();
          if constexpr (requires { reply->next_page_token(); }) SealNext(call, *reply->mutable_next_page_token());
          return std::nullopt;
        },
        /*stream=*/false, reply);
  }

  // Streams of any direction: `work` reads and writes the stream itself and returns a refusal or nothing; it calls Canonicalise on what
  // it reads.
  // `asked`: the one message that opens a stream of answers, where there is one.
  grpc::Status Stream(grpc::ServerContext* context, std::string_view method, const std::function<std::optional<Refusal>(const Call&)>& work,
                      const google::protobuf::Message* asked = nullptr) const {
    return Run(context, method, asked, work, /*stream=*/true);
  }

  // Who calls, and may they by the table? Fills the rule, peer and actor of a call whose method is set. For callback streams,
  // which pass through no Run.
  std::optional<Refusal> Admit(const grpc::ServerContextBase& context, Call& call) const;

 private:
  // A position leaves the service as an opaque token of its query.
  static void SealNext(const Call& call, std::string& next);

  grpc::Status Run(grpc::ServerContext* context, std::string_view method, const google::protobuf::Message* request,
                   const std::function<std::optional<Refusal>(const Call&)>& work, bool stream = false,
                   const google::protobuf::Message* reply = nullptr) const;

  std::string service_;
  const TokenVerifier& tokens_;
  const Authority& authority_;
  RpcMetrics& metrics_;
  const AreaDirectory& areas_;
  LookKeeper* const looks_;
  Bulkhead* const bulkhead_;
};

}  // namespace evenhand
