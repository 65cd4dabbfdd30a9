#include "services/platform/rpc/rpc.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/time/clock.h>
#include <google/api/annotations.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include "services/platform/audit/look_keeper.h"
#include "services/platform/auth/token_verifier.h"
#include "services/platform/base/protection.h"
#include "services/platform/lists/page.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/bulkhead.h"
#include "services/platform/rpc/canonical_fields.h"
#include "services/platform/rpc/limits.h"
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

// Worked out for each call, since areas may be entered and aliases given up while a token holds.
void ResolveAreas(const AreaDirectory& areas, Actor& actor) {
  std::vector<std::string> known;
  for (std::string& typed : actor.areas) {
    if (std::optional<std::string> name = areas.Resolve(typed)) {
      std::erase(actor.unknown_roles, typed);  // one claim may hold both
      if (std::ranges::find(known, *name) == known.end()) known.push_back(*std::move(name));
    } else {
      if (!ProtectionOn(Protection::kUnknownAreaIsNoRight)) known.push_back(typed);
      actor.unknown_areas.push_back(std::move(typed));
    }
  }
  actor.areas = std::move(known);
}

// Somebody's right is lost by a word that the provider has and we have not: seen before they ring.
void CountUnknown(const Actor& actor) {
  constexpr char kName[] = "evenhand_unknown_claims_total", kHelp[] = "Calls whose token names a role or a service area that is none here.";
  static prometheus::Counter& roles = CounterNamed(kName, kHelp, {{"claim", "roles"}});
  static prometheus::Counter& areas = CounterNamed(kName, kHelp, {{"claim", "areas"}});
  if (!actor.unknown_roles.empty()) roles.Increment();
  if (!actor.unknown_areas.empty()) areas.Increment();
}

std::string Hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) absl::StrAppend(&text, absl::Hex(static_cast<unsigned char>(byte), absl::kZeroPad2));
  return text;
}

// A letter is set by a process of its own that takes one at a time.
bool IsSlow(std::string_view method) { return method == "PreviewLetter"; }

class Inside {
 public:
  Inside(Bulkhead* bulkhead, bool slow) : bulkhead_(bulkhead), slow_(slow), admitted_(bulkhead == nullptr || bulkhead->Enter(slow)) {}
  ~Inside() {
    if (bulkhead_ != nullptr && admitted_) bulkhead_->Leave(slow_);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  bool admitted() const { return admitted_; }

 private:
  Bulkhead* const bulkhead_;
  const bool slow_, admitted_;
};

Refusal Crowded() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .detail = "Too many uploads, downloads or previews are on their way at once. Nothing was changed; please try again."};
}

// The field of a request that its body is, where that is not the whole of it.
const google::protobuf::FieldDescriptor* BodyOf(const std::string& method) {
  const std::string name = absl::StrReplaceAll(method, {{"/", "."}});
  const auto* rpc = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  return rpc == nullptr ? nullptr : rpc->input_type()->FindFieldByName(rpc->options().GetExtension(google::api::http).body());
}

// A caller's page token becomes the position that it was made of; one of another query is a fault.
std::optional<Refusal> OpenPage(Call& call, google::protobuf::Message& request) {
  common::v1::Page* page = PageIn(request);
  if (page == nullptr) return std::nullopt;
  call.query = QueryOf(call.method, request);
  if (page->page_token().empty()) return std::nullopt;
  const std::optional<std::string> position = OpenToken(call.query, page->page_token());
  if (!position) return NotOfThisList();
  page->set_page_token(*position);
  return std::nullopt;
}

// What a request's content lacks by its rules, and by the limits of its fields, at once; a rule's words go before a limit's. What comes
// before content in the order of refusals stands alone.
std::optional<Refusal> WithLimits(std::optional<Refusal> refusal, const Refusals& beyond) {
  if (beyond.empty() || (refusal && refusal->reason != ErrorReason::INVALID_CONTENT && refusal->kind != RefusalKind::kConflict))
    return refusal;
  Refusals all = refusal && refusal->reason == ErrorReason::INVALID_CONTENT ? refusal->violations : Refusals();
  for (const Violation& fault : beyond)
    if (std::ranges::none_of(all, [&](const Violation& told) { return told.field == fault.field; })) all.push_back(fault);
  return Invalid(std::move(all));
}

}  // namespace

void Rpc::SealNext(const Call& call, std::string& next) {
  if (!call.query.empty() && !next.empty()) next = SealPosition(call.query, next);
}

Rpc::Rpc(std::string service, const TokenVerifier& tokens, const Authority& authority, RpcMetrics& metrics, const AreaDirectory& areas,
         LookKeeper* looks, Bulkhead* bulkhead)
    : service_(std::move(service)),
      tokens_(tokens),
      authority_(authority),
      metrics_(metrics),
      areas_(areas),
      looks_(looks),
      bulkhead_(bulkhead) {}

std::optional<Refusal> Rpc::Admit(const grpc::ServerContextBase& context, Call& call) const {
  call.areas = &areas_;
  call.rule = authority_.Find(call.method);
  if (call.rule == nullptr) return NotPermitted("council rule", "Nobody may do this: no rule allows it.");
  call.peer = PeerOf(context);
  if (!IsExpectedPeer(call.peer)) return NotPermitted("council rule", "Services answer the gateway and each other only.");
  for (const std::string_view service : call.rule->services) {
    if (call.peer != service || call.rule->for_user) continue;
    call.actor = Actor{.id = absl::StrCat("system:", call.peer)};
    return std::nullopt;
  }
  // Users come through the gateway; a service that asks does so on its own account, by a rule that names it.
  const bool for_user = call.rule->for_user && std::ranges::find(call.rule->services, call.peer) != call.rule->services.end();
  if (call.peer != "gateway" && !for_user) return NotPermitted("council rule", "This is not asked by a service on its own account.");
  const std::string header = Metadata(context, "authorization");
  if (!header.starts_with(kBearer)) return RefusalOfToken(absl::UnauthenticatedError("none"));
  call.token = header.substr(kBearer.size());
  const auto actor = tokens_.Verify(call.token);
  if (!actor.ok()) return RefusalOfToken(actor.status());
  call.actor = **actor;
  if (!areas_.known())
    return Refusal{
        .kind = RefusalKind::kUnavailable,
        .reason = ErrorReason::UNAVAILABLE,
        .detail = "The council's service areas can't be read right now, so that nobody's rights can be judged. Please try again."};
  ResolveAreas(areas_, call.actor);
  CountUnknown(call.actor);
  return RefusalByRole(*call.rule, call.actor);
}

grpc::Status Rpc::Run(grpc::ServerContext* context, std::string_view method, const google::protobuf::Message* request,
                      const std::function<std::optional<Refusal>(const Call&)>& work, bool stream,
                      const google::protobuf::Message* reply) const {
  const absl::Time start = absl::Now();
  const Inside inside(bulkhead_, stream || IsSlow(method));
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
  call.look = LookOf(method, request);
  call.deadline = stream ? absl::FromChrono(context->deadline()) : std::min(absl::FromChrono(context->deadline()), start + kLongestCall);
  call.cancelled = [context] { return context->IsCancelled(); };
  std::optional<Refusal> refusal = Admit(*context, call);
  if (!refusal && !inside.admitted()) refusal = Crowded();
  if (!refusal) {
    if (!stream && !call.idempotency_key.empty()) call.payload_hash = Hex(PayloadHash(call.method, *request));
    // gRPC's own message, which its adapter sees as const: nobody else holds it.
    if (request != nullptr) Canonicalise(const_cast<google::protobuf::Message*>(request), &areas_);
    const bool asked =
        request != nullptr && call.peer == "gateway";  // by a caller; services keep to the contract, and tell positions as they are
    const std::optional<Refusal> lost = asked ? OpenPage(call, *const_cast<google::protobuf::Message*>(request)) : std::nullopt;
    const Refusals beyond = asked ? FaultsOfLimits(*request, BodyOf(call.method)) : Refusals();
    call.validate_only |= !beyond.empty();  // what else is wrong with it is told as well, and nothing is done
    const AuditedHere audited;
    try {
      refusal = WithLimits(lost ? lost : work(call), beyond);
      if (!refusal && looks_ != nullptr && reply != nullptr) refusal = looks_->KeepShown(call, method, *reply, audited);
    } catch (const std::exception& error) {
      // what() of the database's errors may quote values: the type alone is logged.
      Log(Level::kError, "unexpected exception", {{"method", call.method}, {"type", typeid(error).name()}});
      refusal = Refusal{.kind = RefusalKind::kInternal,
                        .reason = ErrorReason::INTERNAL_FAULT,
                        .detail = "Something went wrong on our side; nothing was changed."};
    }
  }
  if (looks_ != nullptr && refusal) looks_->KeepRefused(call, refusal);
  if (call.found) context->AddInitialMetadata("x-found", "true");
  if (call.replayed) context->AddInitialMetadata("x-idempotent-replayed", "true");
  const grpc::Status status = refusal ? ToStatus(*refusal, call.trace_id) : grpc::Status::OK;
  const absl::Duration took = absl::Now() - start;
  const std::string code = refusal ? ErrorReason::Value_Name(refusal->reason) : "OK";
  metrics_.Observe(call.method, code, took);
  Log(Level::kInfo, "rpc",
      {{"method", call.method}, {"code", code}, {"peer", call.peer}, {"ms", absl::StrCat(absl::ToInt64Milliseconds(took))}});
  return status;
}

}  // namespace evenhand
