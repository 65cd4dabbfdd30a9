// What is recorded around a person: what was done to keep contact positive (5.1, 5.3), needs (5.4), staff who ask for distance (10.6), an
// advocate who leaves, a death.
#pragma once

#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class CareForPerson {
 public:
  explicit CareForPerson(UnitOfWork& work) : work_(work) {}

  Outcome<v1::RestorativeStep> AddRestorativeStep(const Call& call, const v1::AddRestorativeStepRequest& request);
  Outcome<v1::Adjustment> AddAdjustment(const Call& call, const v1::AddAdjustmentRequest& request);
  Outcome<v1::Adjustment> EndAdjustment(const Call& call, const v1::EndAdjustmentRequest& request);
  Outcome<v1::NoContactRequest> AddNoContactRequest(const Call& call, const v1::AddNoContactRequestRequest& request);
  Outcome<v1::NoContactRequest> WithdrawNoContactRequest(const Call& call, const v1::WithdrawNoContactRequestRequest& request);
  Outcome<v1::Person> RecordDeath(const Call& call, const v1::RecordDeathRequest& request);
  Outcome<v1::Person> RecordAdvocateResignation(const Call& call, const v1::RecordAdvocateResignationRequest& request);

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
