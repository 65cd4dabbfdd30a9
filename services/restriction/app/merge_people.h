// Two records that are one person, and the way back: the union holds, old references resolve, what is ambiguous waits for a human
// (scenario 5).
#pragma once

#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

class PeopleMerger {
 public:
  PeopleMerger(UnitOfWork& work, EvidenceSource& evidence) : work_(work), evidence_(evidence) {}

  Outcome<v1::Person> Merge(const Call& call, const v1::MergePeopleRequest& request);
  Outcome<v1::Person> Unmerge(const Call& call, const v1::UnmergePersonRequest& request);
  Outcome<v1::Person> Answer(const Call& call, const v1::AnswerMergeQuestionRequest& request);

 private:
  Outcome<Evidence> EvidenceAskedAbout(const Call& call, const std::string& question_id);

  UnitOfWork& work_;
  EvidenceSource& evidence_;
};

}  // namespace evenhand::restriction
