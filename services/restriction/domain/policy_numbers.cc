#include "services/restriction/domain/policy_numbers.h"

#include "services/platform/base/check.h"

namespace evenhand::restriction {
namespace {

PolicyNumbers& Kept() {
  static PolicyNumbers numbers;
  return numbers;
}

}  // namespace

const PolicyNumbers& Numbers() {
  EVENHAND_CHECK(Kept().review_months > 0, "the settings are read before any rule asks");
  return Kept();
}

void SetNumbers(const PolicyNumbers& numbers) { Kept() = numbers; }

}  // namespace evenhand::restriction
