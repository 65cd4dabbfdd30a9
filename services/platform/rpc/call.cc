#include "services/platform/rpc/call.h"

#include <string_view>

#include "services/platform/base/protection.h"

namespace evenhand {
namespace {

// W/"7", "7" and 7 name the same state: an integrator that drops the quotes still means it.
std::string_view Bare(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

}  // namespace

std::optional<Refusal> Call::StaleAgainst(const std::string& etag) const {
  if (if_match.empty()) {
    return Refusal{.kind = RefusalKind::kEtagMissing,
                   .reason = ErrorReason::ETAG_MISSING,
                   .detail = "Send If-Match with the etag that you read, so that nobody's change is lost."};
  }
  if (!ProtectionOn(Protection::kStaleness)) return std::nullopt;
  if (if_match == "*" || Bare(if_match) == Bare(etag)) return std::nullopt;
  return Refusal{.kind = RefusalKind::kEtagStale,
                 .reason = ErrorReason::ETAG_STALE,
                 .detail = "Somebody changed this meanwhile; read it again and decide again."};
}

std::string EtagOf(std::int64_t version) { return "\"" + std::to_string(version) + "\""; }

}  // namespace evenhand
