// A case is closed to those who work with the person, when the person works for the council (12.4, scenario 7).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "services/notification/app/context.h"
#include "services/notification/domain/closed_subject.h"

namespace evenhand::notification {

Subject SubjectOf(const restriction::v1::PersonFacts& facts);

// Asks the register as it is now; while that can't be reached, what it said last holds. Each person is asked once in its lifetime.
class Closure {
 public:
  Closure(const Context& context, const Call& call) : context_(context), call_(call) {}

  std::optional<Refusal> RefusalOf(const std::string& person_id);

 private:
  const Context& context_;
  const Call& call_;
  std::map<std::string, std::optional<Refusal>> known_;
};

}  // namespace evenhand::notification
