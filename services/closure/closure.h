// A case is closed to those who work with the person, when the person works for the council (12.4, scenario 7): for the services that do
// not keep people themselves. Their schema has the table `subject` (subject_store.h).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/closure/closed_subject.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand {

Subject SubjectOf(const restriction::v1::PersonFacts& facts);

// Asks the register as it is now; while that can't be reached, what it said last holds. Each person is asked once in its lifetime.
class Closure {
 public:
  using Ask = std::function<Outcome<restriction::v1::PersonFacts>(const std::string& person_id)>;

  // `own`: the service on its own account, which keeps what the register said.
  Closure(UnitOfWork& unit_of_work, const Call& call, Call own, Ask ask)
      : unit_of_work_(unit_of_work), call_(call), own_(std::move(own)), ask_(std::move(ask)) {}

  // Of the caller's looking at this person's case; nobody's case is closed to nobody.
  std::optional<Refusal> RefusalOf(const std::string& person_id);

 private:
  Subject AsLastAsked(const std::string& person_id);
  void Remember(const std::string& person_id, const Subject& now);

  UnitOfWork& unit_of_work_;
  const Call& call_;
  const Call own_;
  const Ask ask_;
  std::map<std::string, std::optional<Refusal>> known_;
};

}  // namespace evenhand
