#include "services/platform/rpc/turns.h"

#include <sched.h>

#include <vector>

namespace evenhand {
namespace {

// The processors that the calling thread may use.
std::vector<int> Allowed() {
  cpu_set_t set;
  std::vector<int> allowed;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return allowed;
  for (int number = 0; number < CPU_SETSIZE; ++number)
    if (CPU_ISSET(number, &set)) allowed.push_back(number);
  return allowed;
}

}  // namespace

void TakeTurns() {
  const sched_param no_priority{};
  sched_setscheduler(0, SCHED_BATCH, &no_priority);
}

void StayOnNthProcessor(std::size_t nth) {
  const std::vector<int> allowed = Allowed();
  if (!allowed.empty()) StayOnProcessor(allowed[nth % allowed.size()]);
}

void StayOnProcessor(int number) {
  if (number < 0 || number >= CPU_SETSIZE) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(number, &one);
  sched_setaffinity(0, sizeof one, &one);
}

std::optional<int> KeptOnProcessor() {
  const std::vector<int> allowed = Allowed();
  return allowed.size() == 1 ? std::optional(allowed.front()) : std::nullopt;
}

}  // namespace evenhand
