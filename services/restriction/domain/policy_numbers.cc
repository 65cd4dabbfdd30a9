#include "services/restriction/domain/policy_numbers.h"

namespace evenhand::restriction {
namespace {

PolicyNumbers& Kept() {
  static PolicyNumbers numbers;
  return numbers;
}

}  // namespace

const PolicyNumbers& Numbers() { return Kept(); }

void SetNumbers(const PolicyNumbers& numbers) { Kept() = numbers; }

}  // namespace evenhand::restriction
