// The look at a person's record, judged before the use case that shows it: a tie, or a stated reason (12.4).
#pragma once

#include <string>

#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/evidence.h"
#include "services/restriction/domain/need_to_know.h"

namespace evenhand::restriction {

class PersonAccess {
 public:
  PersonAccess(UnitOfWork& work, EvidenceSource& evidence);

  // 403 without a tie or a reason, 503 while incident-service, asked last, can't tell. A look for a stated reason is kept in the audit
  // and counted for the alarm. Nobody registered under this id: no refusal, the use case says so.
  std::optional<Refusal> RefusalToSee(const Call& call, const std::string& id);

  // A look-up by handle answers whoever has the handle at hand; the name goes to those with a tie or a reason alone.
  void HideNames(const Call& call, v1::ResolvePeopleResponse& reply);

 private:
  struct Ties;
  Outcome<Ties> TiesKept(const Call& call, const std::string& id);
  std::optional<Refusal> AddIncidents(const Call& call, Ties& ties);

  UnitOfWork& work_;
  EvidenceSource& evidence_;
  prometheus::Counter& looks_for_a_reason_;
};

}  // namespace evenhand::restriction
