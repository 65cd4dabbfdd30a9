// Between the contract's messages, which are the application's data, and the plain facts that the rules look at.
#pragma once

#include <string>

#include <absl/time/time.h>

#include "evenhand/events/v1/incident_events.h"
#include "evenhand/incident/v1/incident.pb.h"
#include "evenhand/incident/v1/incident_service.pb.h"
#include "services/closure/closure.h"
#include "services/incident/domain/facts.h"
#include "services/incident/domain/readers.h"
#include "services/incident/domain/record_rules.h"
#include "services/platform/pg/session.h"

namespace evenhand::incident {

// The source of incidents that an old register brings over (`evenhand register import`).
inline constexpr char kOldRegister[] = "REGISTER_IMPORT";
// The flag of an incident of an area that nobody knows: taken all the same, and looked after by health and safety (4.3).
inline constexpr char kAreaUnknown[] = "SERVICE_AREA_UNKNOWN";

void SetTime(google::protobuf::Timestamp* out, absl::Time at);
absl::Time TimeOf(const google::protobuf::Timestamp& at);

IncidentFacts FactsOf(const v1::Incident& incident);
RecordFacts RecordFactsOf(const v1::Incident& incident);
// `closure`: what the register says of the person it is about; asked only where it is about somebody of the register.
Closeness ClosenessOf(const Closure& closure, const Actor& actor, const v1::Incident& incident, bool director_stands_in);

// The person of the register that it is about, or that the recorder named while the register was away.
std::string PersonOf(const v1::Incident& incident);

// SHA-256 of what the source said: everything but what Evenhand itself added.
std::string TextHash(const v1::Incident& incident);

// The part of an incident that a version keeps.
v1::Incident TextOf(const v1::Incident& incident);

bool IsStaffNamed(const v1::Incident& incident);

// What an event says of it.
events::IncidentRef RefOf(const v1::Incident& incident);
events::IncidentFacts KnownOf(const v1::Incident& incident);
// An event that says no more: About<events::IncidentAmended>(…).
template <events::Event E>
E About(const v1::Incident& incident) {
  return E{.incident = RefOf(incident), .facts = KnownOf(incident)};
}

}  // namespace evenhand::incident
