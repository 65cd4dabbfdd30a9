// People: registered for a reason, found by an exact handle or an id alone, changed with their history kept (5.4, 12.1, 12.4).
#pragma once

#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class RegisterPerson {
 public:
  explicit RegisterPerson(UnitOfWork& work) : work_(work) {}

  Outcome<v1::Person> Create(const Call& call, const v1::Person& request);
  Outcome<v1::Person> Get(const Call& call, const v1::GetPersonRequest& request);
  Outcome<v1::Person> Update(const Call& call, const v1::UpdatePersonRequest& request);
  Outcome<v1::ResolvePeopleResponse> Resolve(const Call& call, const v1::ResolvePeopleRequest& request);

 private:
  UnitOfWork& work_;
};

}  // namespace evenhand::restriction
