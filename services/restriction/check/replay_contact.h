// What a check would have answered at a moment in the past: for auditors and for the person's own appeal.
#pragma once

#include "services/platform/base/clock.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/check/contact_check.h"

namespace evenhand::restriction::check {

class ReplayContact {
 public:
  ReplayContact(UnitOfWork& unit_of_work, const Clock& clock) : unit_of_work_(unit_of_work), clock_(clock) {}

  // As known then: from the facts as they stood at `known_at`, else at `at`; without `known_at`, where the audit has a check of that very
  // instant, what it was told. As known now: the same moment with today's facts, in which
  // people may have been merged, handles taken away or terms varied since.
  Outcome<v1::ReplayContactResponse> operator()(const Call& call, const v1::ReplayContactRequest& request);

 private:
  UnitOfWork& unit_of_work_;
  const Clock& clock_;
};

}  // namespace evenhand::restriction::check
