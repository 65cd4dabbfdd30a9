// What every story about a person does alike.
#pragma once

#include "evenhand/events/v1/restriction_events.h"
#include "evenhand/restriction/v1/person.pb.h"
#include "services/platform/pg/session.h"
#include "services/restriction/store/people.h"

namespace evenhand::restriction {

// Everything about the person that stands in tables of its own, and what needs somebody's eye. Reasons of no-contact requests are for
// auditors alone (10.6).
v1::Person Whole(Session& session, v1::Person person);

// Faults of what a record of a person says, each with its field.
Refusals FaultsOf(Session& session, const v1::Person& person);

// Ids and who-recorded for adjustments that are new.
void Complete(Session& session, v1::Person& person);

std::optional<Refusal> RefusalToRead(const Call& call, const v1::Person& person);

// Whoever may not decide leaves for whom a record of this person works as it was, by whatever way the other comes: an edit, a merge.
std::optional<Refusal> RefusalToReemploy(const Call& call, const v1::Person& before, const v1::Person& after);

// Kept, audited, told and seen by the checks: the reply with its consistency token.
v1::Person Kept(Session& session, PersonRecord& record, const OutgoingEvent& event, std::string_view clause);
// Keep<events::PersonChanged>(…).
template <events::Event E>
v1::Person Keep(Session& session, PersonRecord& record, std::string_view clause) {
  return Kept(session, record, E{.person = events::PersonRef{.person_id = record.doc.id()}}, clause);
}

}  // namespace evenhand::restriction
