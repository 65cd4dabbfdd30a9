// Who hears what. A service's handlers are put together against its list: one that is missing, or too many, does not compile
// (services/platform/outbox/inbox.h). Senders ask here, so that nothing is sent for nobody.
#pragma once

#include <span>
#include <string_view>

#include "evenhand/events/v1/appeal_events.h"
#include "evenhand/events/v1/incident_events.h"
#include "evenhand/events/v1/notification_events.h"
#include "evenhand/events/v1/restriction_events.h"

namespace evenhand::events {

template <Event... E>
struct Types {
  template <typename One>
  static constexpr bool kHolds = (std::same_as<One, E> || ...);
};

// Links of incidents follow people; tasks and readers follow who decides on what rests on incidents; from incident to register is measured.
using HeardByIncident =
    Types<PersonMerged, PersonUnmerged, MarkerProposed, MarkerConfirmed, DelegationCreated, DelegationRevoked, RestrictionProposed,
          RestrictionCorrected, RestrictionImposed, RestrictionVaried, RestrictionReviewed, RestrictionLifted, RestrictionExpired,
          RestrictionOverturned, RestrictionSuperseded, RestrictionDeclined, RestrictionWithdrawn, RestrictionUrgentReviewOpened,
          AppealAcknowledged, AppealAssigned, AppealInformationRequested, AppealInformationReceived, AppealWaitEnded, AppealAcceptedLate,
          AppealRefused, AppealReceiptCorrected, AppealReopened, AppealEffectPending, AppealDecided, AppealWithdrawn>;

// Decisions and register entries rest on incidents; an open appeal holds a record. That an incident was recorded, and what is due for it,
// is no matter of theirs: an import of a year would be a hundred thousand events for nobody.
using HeardByRestriction = Types<IncidentAmended, IncidentWithdrawn, IncidentMarkedDuplicate, IncidentEvidenceInfected,
                                 IncidentPersonUnlinked, IncidentPersonReturned, IncidentPersonLinked, IncidentRegisterDecided,
                                 AppealLodged, AppealAcceptedLate, AppealReopened, AppealDecided, AppealRefused, AppealWithdrawn>;

// The time to appeal runs from the day the person was told; records follow people, and go with what they are about.
using HeardByAppeal = Types<NotificationTold, NotificationToldUndone, PersonMerged, PersonUnmerged, PersonErased, RestrictionErased>;

// Beside everything that systems may hear by webhook: a closed circle is told by name (12.6).
using HeardByNotification = Types<IncidentStaffNamed>;

// Every service beside the one that tells it keeps the council's areas and its calendar: the platform's own handlers.
using HeardEverywhere = Types<ServiceAreaChanged, HolidayChanged>;

// The services that hear it: "incident", "restriction", "appeal", "notification".
std::span<const std::string_view> ReceiversOf(const EventType& type);

// Where the events that `source` tells go to.
std::span<const std::string_view> DestinationsOf(std::string_view source);

}  // namespace evenhand::events
