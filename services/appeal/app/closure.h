// A case is closed to those who work with the person, when the person works for the council (12.4, scenario 7).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "evenhand/appeal/v1/appeal.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

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

// 404, 403 of the area and 403 of the closure, before anything else is looked at.
std::optional<Refusal> RefusalToOpen(const Context& context, const Call& call, const std::string& appeal_id);

}  // namespace evenhand::appeal
