// A team leader proposes: everything that the policy demands is asked at once (6.2, 6.4, 7.1-7.4, 9).
#pragma once

#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

class RestrictionProposer {
 public:
  RestrictionProposer(UnitOfWork& work, EvidenceSource& evidence) : work_(work), evidence_(evidence) {}

  Outcome<v1::Restriction> operator()(const Call& call, const v1::Restriction& request);
  // By who proposed it, while nobody has decided; judged anew as a whole, earlier versions are kept.
  Outcome<v1::Restriction> Correct(const Call& call, const v1::UpdateRestrictionRequest& request);

 private:
  UnitOfWork& work_;
  EvidenceSource& evidence_;
};

}  // namespace evenhand::restriction
