// What other services tell incident-service.
#pragma once

#include "services/platform/outbox/inbox.h"

namespace evenhand::incident {

EventHandlers HandlersOfHeard();

// Two records of people became one; two again.
std::optional<Refusal> PersonMerged(Session& session, const events::v1::PersonMerged& merged, const IncomingEvent& event);
std::optional<Refusal> PersonUnmerged(Session& session, const events::v1::PersonUnmerged& unmerged, const IncomingEvent& event);
// An entry of the register that rests on incidents: proposed, then confirmed by a senior manager.
std::optional<Refusal> MarkerProposed(Session& session, const events::v1::MarkerProposed& proposed, const IncomingEvent& event);
std::optional<Refusal> MarkerConfirmed(Session& session, const events::v1::MarkerConfirmed& confirmed, const IncomingEvent& event);
// An appeal was given to a director, or ended; a proposal or a restriction stands on these incidents, or has ended; authority was lent.
std::optional<Refusal> AppealMoved(Session& session, const events::v1::AppealFacts& appeal);
std::optional<Refusal> GroundsMoved(Session& session, const events::v1::RestrictionRef& restriction,
                                    const events::v1::RestrictionTerms& terms);
std::optional<Refusal> AuthorityLent(Session& session, const events::v1::DelegationCreated& lent);
std::optional<Refusal> AuthorityTakenBack(Session& session, const events::v1::DelegationRevoked& revoked);

}  // namespace evenhand::incident
