#include "services/platform/rpc/rpc.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include "services/platform/auth/token_verifier.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/peer.h"
#include "services/platform/rpc/trace.h"

namespace evenhand {
namespace {

// No caller waits longer, whether it says so or not.
constexpr absl::Duration kLongestCall = absl::Seconds(30);
constexpr std::string_view kBearer = "Bearer ";

std::string Metadata(const grpc::ServerContextBase& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end() ? std::string() : std::string(found->second.data(), found->second.size());
}

// The same bytes for the same content: maps and unknown fields in a fixed order.
std::string PayloadHash(const std::string& method, const google::protobuf::Message& request) {
  std::string bytes = method + "\n";
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializePartialToCodedStream(&coded);
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return std::string(reinterpret_cast<const char*>(digest), 16);
}

std::string Hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) absl::StrAppend(&text, absl::Hex(static_cast<unsigned char>(byte), absl::kZeroPad2));
  return text;
}

}  // namespace

Rpc::Rpc(std::string service, const TokenVerifier& tokens, const Authority& authority, RpcMetrics& metrics)
    : service_(std::move(service)), tokens_(tokens), authority_(authority), metrics_(metrics) {}

std::optional<Refusal> Rpc::Admit(const grpc::ServerContextBase& context, Call& call) const {
  call.rule = authority_.Find(call.method);
  if (call.rule == nullptr) return NotPermitted("4.1", "Nobody may do this: no rule allows it.");
  call.peer = PeerOf(context);
  if (!IsExpectedPeer(call.peer)) return NotPermitted("4.1", "Services answer the gateway and each other only.");
  for (const std::string_view service : call.rule->services) {
    if (call.peer != service) continue;
    call.actor = Actor{.id = absl::StrCat("system:", call.peer)};
    return std::nullopt;
  }
  // Users come through the gateway; a service that asks does so on its own account, by a rule that names it.
  if (call.peer != "gateway") return NotPermitted("4.1", "This is not asked by a service on its own account.");
  const std::string header = Metadata(context, "authorization");
  if (!header.starts_with(kBearer)) return RefusalOfToken(absl::UnauthenticatedError("none"));
  const auto actor = tokens_.Verify(std::string_view(header).substr(kBearer.size()));
  if (!actor.ok()) return RefusalOfToken(actor.status());
  call.actor = **actor;
  return RefusalByRole(*call.rule, call.actor);
}

grpc::Status Rpc::Run(grpc::ServerContext* context, std::string_view method, const google::protobuf::Message* request,
                      const std::function<std::optional<Refusal>(const Call&)>& work) const {
  const absl::Time start = absl::Now();
  Call call;
  call.method = absl::StrCat(service_, "/", std::string(method));
  const Trace trace = TraceFrom(Metadata(*context, "traceparent"));
  call.traceparent = trace.header;
  call.trace_id = trace.id;
  const TraceScope scope(call.trace_id);
  call.idempotency_key = Metadata(*context, "idempotency-key");
  call.if_match = Metadata(*context, "if-match");
  call.reason = Metadata(*context, "x-reason-bin");
  call.validate_only = Metadata(*context, "x-validate-only") == "true";
  call.deadline =
      request == nullptr ? absl::FromChrono(context->deadline()) : std::min(absl::FromChrono(context->deadline()), start + kLongestCall);
  call.cancelled = [context] { return context->IsCancelled(); };
  std::optional<Refusal> refusal = Admit(*context, call);
  if (!refusal) {
    if (request != nullptr && !call.idempotency_key.empty()) call.payload_hash = Hex(PayloadHash(call.method, *request));
    try {
      refusal = work(call);
    } catch (const std::exception& error) {
      // what() of the database's errors may quote values: the type alone is logged.
      Log(Level::kError, "unexpected exception", {{"method", call.method}, {"type", typeid(error).name()}});
      refusal = Refusal{
          .kind = RefusalKind::kInternal, .reason = "INTERNAL_FAULT", .detail = "Something went wrong on our side; nothing was changed."};
    }
  }
  if (call.replayed) context->AddInitialMetadata("x-idempotent-replayed", "true");
  const grpc::Status status = refusal ? ToStatus(*refusal, call.trace_id) : grpc::Status::OK;
  const absl::Duration took = absl::Now() - start;
  metrics_.Observe(call.method, refusal ? refusal->reason : "OK", took);
  Log(Level::kInfo, "rpc",
      {{"method", call.method},
       {"code", refusal ? refusal->reason : "OK"},
       {"peer", call.peer},
       {"ms", absl::StrCat(absl::ToInt64Milliseconds(took))}});
  return status;
}

}  // namespace evenhand
