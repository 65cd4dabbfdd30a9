// What time alone brings: ends that have come, reviews that are overdue, withheld notices to look at again. Each is told exactly once,
// however often the sweep runs and however long it was stopped (cases B and F).
#pragma once

#include "services/platform/base/clock.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class Sweeps {
 public:
  explicit Sweeps(UnitOfWork& work) : work_(work) {}

  void ExpireRestrictions();
  void AlarmOverdueReviews();
  void LookAgain();
  void AlarmUndecidedEvidence();  // nobody decided within the day what becomes of one that binds nobody
  void Measure();                 // gauges of the policy's own figures

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
