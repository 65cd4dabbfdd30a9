// What every story about a register entry does alike: is it well founded, was the person told, note and tell what happened (4.3, 12.4).
#pragma once

#include <set>
#include <string>

#include "evenhand/events/v1/restriction_events.h"
#include "evenhand/marker/v1/marker_service.pb.h"
#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/session.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

Refusals FaultsOfTold(const marker::v1::Told& told, bool said, LocalDate today);
// Reported, standing incidents, each confirmed to be about the person (`ids`: every record of theirs).
Refusals FaultsOfEvidence(const google::protobuf::RepeatedPtrField<std::string>& asked, const Evidence& evidence,
                          const std::set<std::string>& ids);
// A person who was told without a date was told today.
marker::v1::Told ToldOn(marker::v1::Told told, absl::Time now);

// The least that a provisional entry says: category, instruction, evidence, how long it took (4.3, 12.4).
marker::v1::Marker MarkerFrom(const marker::v1::Marker& request, const Evidence& evidence, const std::string& area, absl::Time now);

// One line of an entry's history, its audit and its event: Tell<events::MarkerConfirmed>(…).
void Note(Session& session, marker::v1::Marker& marker, marker::v1::MarkerEvent::Action::Value action, const std::string& reason,
          const std::string& delegation_id = "");
events::MarkerRef RefOf(const marker::v1::Marker& marker);
events::MarkerGrounds GroundsOf(const marker::v1::Marker& marker);
template <events::Event E>
void Tell(Session& session, const marker::v1::Marker& marker, const std::string& before) {
  session.Audit({std::string(E::Type().name), "marker", marker.id(), "4.3", marker.person_id(), before, marker.etag()});
  session.Emit(E{.marker = RefOf(marker), .grounds = GroundsOf(marker)});
}
using MarkerTeller = void (*)(Session&, const marker::v1::Marker&, const std::string& before);
// Nothing it rests on is about the person any more: no check tells of it until a senior manager has decided, or it is confirmed again.
void Suspend(Session& session, marker::v1::Marker& marker);
void Resume(Session& session, marker::v1::Marker& marker);
void TakeOff(Session& session, marker::v1::Marker& marker, const std::string& reason, const std::string& delegation_id = "");

}  // namespace evenhand::restriction
