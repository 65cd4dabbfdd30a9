// What every story about a restriction does alike: look at it as it is at this instant, note what happened, tell the others.
#pragma once

#include <string>
#include <vector>

#include "evenhand/events/v1/restriction_events.h"
#include "evenhand/restriction/v1/person.pb.h"
#include "services/platform/pg/session.h"
#include "services/restriction/domain/restriction_states.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {

State::Value StateOf(const v1::Restriction& restriction, absl::Time now);  // expired at its instant, swept or not

// 409, with the clause of the action where the table knows it.
Refusal WrongState(const v1::Restriction& restriction, absl::Time now);

// As a reader sees it now: state by the clock, overdue or not, what needs somebody's eye.
v1::Restriction Present(v1::Restriction restriction, absl::Time now, const v1::Person* person = nullptr);

// One line of the history.
void Note(Session& session, v1::Restriction& restriction, v1::HistoryAction::Value action, std::string_view clause,
          const std::string& reason, const std::string& decision_id = "");

// What an event says of it.
events::RestrictionRef RefOf(const v1::Restriction& restriction);
events::RestrictionTerms TermsOf(const v1::Restriction& restriction, const std::string& decision_id);

// Audit and event of a change: Tell<events::RestrictionImposed>(…).
template <events::Event E>
void Tell(Session& session, const v1::Restriction& restriction, std::string_view clause, const std::string& before_etag,
          const std::string& decision_id = "") {
  session.Audit({std::string(E::Type().name), "restriction", restriction.id(), std::string(clause), restriction.person_id(), before_etag,
                 restriction.etag()});
  session.Emit(E{.restriction = RefOf(restriction), .terms = TermsOf(restriction, decision_id)});
}
using Teller = void (*)(Session&, const v1::Restriction&, std::string_view clause, const std::string& before_etag,
                        const std::string& decision_id);

// Ends it at an instant: state, time, measures, retention date.
void EndWith(Session& session, v1::Restriction& restriction, State::Value state, absl::Time at);

// The end that has come, kept and told exactly once (case F).
void ExpireDue(Session& session, const std::string& person_id, int limit);

}  // namespace evenhand::restriction
