// What other services tell incident-service.
#pragma once

#include "services/platform/outbox/inbox.h"

namespace evenhand::incident {

EventHandlers HandlersOfHeard();

// Two records of people became one; two again.
std::optional<Refusal> PersonMerged(Session& session, const IncomingEvent& event);
std::optional<Refusal> PersonUnmerged(Session& session, const IncomingEvent& event);
// An entry of the register that rests on incidents: proposed, then confirmed by a senior manager.
std::optional<Refusal> MarkerProposed(Session& session, const IncomingEvent& event);
std::optional<Refusal> MarkerConfirmed(Session& session, const IncomingEvent& event);
// An appeal was given to a director, or ended; a proposal or a restriction stands on these incidents, or has ended; authority was lent.
std::optional<Refusal> AppealMoved(Session& session, const IncomingEvent& event);
std::optional<Refusal> GroundsMoved(Session& session, const IncomingEvent& event);
std::optional<Refusal> AuthorityMoved(Session& session, const IncomingEvent& event);

}  // namespace evenhand::incident
