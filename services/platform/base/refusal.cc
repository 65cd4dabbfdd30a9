#include "services/platform/base/refusal.h"

#include <algorithm>

namespace evenhand {
namespace {

Refusal Of(RefusalKind kind, ErrorReason::Value reason, Refusals violations) {
  Refusal refusal{.kind = kind, .reason = reason};
  if (!violations.empty()) {
    refusal.clause = violations.front().clause;
    refusal.detail = violations.front().message;
    const std::size_t more = violations.size() - 1;
    if (more > 0)
      refusal.detail += more == 1 ? " One more fault stands beside it." : " " + std::to_string(more) + " more faults stand beside it.";
  }
  refusal.violations = std::move(violations);
  return refusal;
}

}  // namespace

bool IsPolicyClause(std::string_view text) {
  const auto is_number = [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::size_t dot = text.find('.');
  return is_number(text.substr(0, dot)) && (dot == std::string_view::npos || is_number(text.substr(dot + 1)));
}

Refusal Invalid(Refusals violations) { return Of(RefusalKind::kInvalid, ErrorReason::INVALID_CONTENT, std::move(violations)); }

Refusal NotPermitted(Refusals violations) { return Of(RefusalKind::kNotPermitted, ErrorReason::NOT_PERMITTED, std::move(violations)); }

Refusal NotPermitted(std::string clause, std::string message) {
  return NotPermitted(Refusals{{std::move(clause), "", std::move(message)}});
}

Refusal NotFound(std::string what) {
  return {.kind = RefusalKind::kNotFound, .reason = ErrorReason::NOT_FOUND, .detail = "There is no such " + std::move(what) + "."};
}

Refusal Conflict(ErrorReason::Value reason, std::string clause, std::string detail) {
  return {.kind = RefusalKind::kConflict, .reason = reason, .clause = std::move(clause), .detail = std::move(detail)};
}

}  // namespace evenhand
