// What a caller may be told no with: values, not exceptions, each naming its policy clause.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/platform/base/vocabulary.h"

namespace evenhand {

// One reason for a refusal. `field` is the JSON path in the request ("grounds[0].incidentIds"), empty when no field is at fault.
struct Violation {
  std::string clause;  // of the policy ("7.3"), or the source where the policy does not say so ("council rule", "UK GDPR art. 15")
  std::string field;
  std::string message;

  friend bool operator==(const Violation&, const Violation&) = default;
};

// Is it a clause of the policy ("7.3", "12")? Whatever else stands there is a source, and travels and prints as one.
bool IsPolicyClause(std::string_view text);

// Everything a rule found wrong, all at once; empty means allowed.
using Refusals = std::vector<Violation>;

// How a refusal reaches the caller; the order is the order in which api.md has them win.
enum class RefusalKind {
  kUnauthenticated,       // 401
  kUnreadable,            // 400: not even a well-formed request
  kNotPermitted,          // 403: role, area, conflict of interest
  kNotFound,              // 404
  kEtagMissing,           // 428
  kEtagStale,             // 412
  kInvalid,               // 400: content, all violations at once
  kConflict,              // 409: state
  kIdempotencyKeyReused,  // 422: same key, another payload
  kIdempotencyInFlight,   // 409: same key, first request still running
  kTooMany,               // 429
  kUnavailable,           // 503: may be retried
  kDeadline,              // 504
  kInternal,              // 500
};

// A refusal as a whole.
struct Refusal {
  RefusalKind kind = RefusalKind::kInternal;
  ErrorReason::Value reason = ErrorReason::INTERNAL_FAULT;
  std::string clause;  // of the first violation when left empty
  std::string detail;  // one plain sentence
  Refusals violations;
  std::string other_id;         // the thing in the way: "the other's id" of ALREADY_IN_FORCE, the first appeal of a second
  std::string other_reference;  // its readable reference
};

Refusal Invalid(Refusals violations);
Refusal NotPermitted(Refusals violations);
Refusal NotPermitted(std::string clause, std::string message);
Refusal NotFound(std::string what);
Refusal Conflict(ErrorReason::Value reason, std::string clause, std::string detail);

// A value or the refusal of it.
template <typename T>
class Outcome {
 public:
  Outcome(T value) : held_(std::move(value)) {}            // NOLINT(google-explicit-constructor): a return reads as one
  Outcome(Refusal refusal) : held_(std::move(refusal)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(held_); }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<T>(held_); }
  const T& value() const& { return std::get<T>(held_); }
  T&& value() && { return std::get<T>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Refusal& refusal() const { return std::get<Refusal>(held_); }

 private:
  std::variant<T, Refusal> held_;
};

}  // namespace evenhand
