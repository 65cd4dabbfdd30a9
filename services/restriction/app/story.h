// What every story about a restriction does alike: look at it as it is at this instant, note what happened, tell the others.
#pragma once

#include <string>
#include <vector>

#include "evenhand/restriction/v1/person.pb.h"
#include "services/platform/pg/session.h"
#include "services/restriction/domain/restriction_states.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {

State StateOf(const v1::Restriction& restriction, absl::Time now);  // expired at its instant, swept or not
v1::Restriction::State::Value ToProto(State state);

// 409, with the clause of the action where the table knows it.
Refusal WrongState(const v1::Restriction& restriction, absl::Time now, std::string_view clause);

// As a reader sees it now: state by the clock, overdue or not, what needs somebody's eye.
v1::Restriction Present(v1::Restriction restriction, absl::Time now, const v1::Person* person = nullptr);

// History and alert of a proposal whose evidence somebody must look at.
inline constexpr char kEvidenceInfected[] = "EVIDENCE_INFECTED";
// None of the incidents of a ground shows the behaviour that it names: the decider is shown it (7.3).
inline constexpr char kOtherBehaviour[] = "EVIDENCE_OF_OTHER_BEHAVIOUR";

// One line of the history.
void Note(Session& session, v1::Restriction& restriction, const std::string& action, std::string_view clause, const std::string& reason,
          const std::string& decision_id = "");

// Audit and event of a change. `type` without its prefix: "imposed".
void Tell(Session& session, const v1::Restriction& restriction, const std::string& type, std::string_view clause,
          const std::string& before_etag, const std::string& decision_id = "");

// Ends it at an instant: state, time, measures, retention date.
void EndWith(Session& session, v1::Restriction& restriction, State state, absl::Time at);

// The end that has come, kept and told exactly once (case F).
void ExpireDue(Session& session, const std::string& person_id, int limit);

std::string JoinComma(const std::vector<std::string>& words);

}  // namespace evenhand::restriction
