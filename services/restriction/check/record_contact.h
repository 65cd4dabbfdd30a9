// A contact that took place: counted against the limits in force, each allowance once, however many are recorded at the same time (7.2).
#pragma once

#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/check/contact_check.h"

namespace evenhand::restriction::check {

class RecordContact {
 public:
  explicit RecordContact(UnitOfWork& unit_of_work) : unit_of_work_(unit_of_work) {}

  // Answered from the database, in the transaction that counts: what remains is exact. Only a contact that is certainly the person's
  // (EXACT) is counted; on a shared number nobody's allowance is used up by somebody else.
  Outcome<v1::CheckContactResponse> operator()(const Call& call, const v1::CheckContactRequest& request);

 private:
  UnitOfWork& unit_of_work_;
};

}  // namespace evenhand::restriction::check
