// Records are kept for their time and no longer: what is due is erased by a daily sweep, what something holds is kept and listed. The
// audit, which says who did what and never about what, stays (12.1; terms from councils' published ranges).
#pragma once

#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "evenhand/retention/v1/retention_service.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

class RetainRecords {
 public:
  RetainRecords(UnitOfWork& work, EvidenceSource& evidence) : work_(work), evidence_(evidence) {}

  // What the sweep would do, for whoever answers for records; looking changes nothing.
  Outcome<retention::v1::ListRetentionRecordsResponse> List(const Call& call, const retention::v1::ListRetentionRecordsRequest& request);

  // Each record in a transaction of its own: erased, audited, told. Run twice, or by two replicas at once, it does nothing more.
  void EraseDue();

 private:
  void AddIncidentHolds(const Call& call, retention::v1::RetentionRecord& record, LocalDate today);
  bool ErasesSomething();
  bool Erase(const retention::v1::RetentionRecord& record, const std::string& person_id);

  UnitOfWork& work_;
  EvidenceSource& evidence_;
};

}  // namespace evenhand::restriction
