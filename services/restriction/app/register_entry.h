// What every story about a register entry does alike: is it well founded, was the person told, note and tell what happened (4.3, 12.4).
#pragma once

#include <set>
#include <string>

#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/session.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

Refusals FaultsOfTold(const v1::Told& told, bool said, LocalDate today);
// Reported, standing incidents, each confirmed to be about the person (`ids`: every record of theirs).
Refusals FaultsOfEvidence(const google::protobuf::RepeatedPtrField<std::string>& asked, const Evidence& evidence,
                          const std::set<std::string>& ids);
// A person who was told without a date was told today.
v1::Told ToldOn(v1::Told told, absl::Time now);

// The least that a provisional entry says: category, instruction, evidence, how long it took (4.3, 12.4).
v1::Marker MarkerFrom(const v1::ProposeMarkerRequest& request, const Evidence& evidence, const std::string& area, absl::Time now);

// One line of an entry's history, its audit and its event. `what`: "confirmed".
void Note(Session& session, v1::Marker& marker, const std::string& action, const std::string& reason,
          const std::string& delegation_id = "");
void Tell(Session& session, const v1::Marker& marker, const std::string& what, const std::string& before);
// Nothing it rests on is about the person any more: no check tells of it until a senior manager has decided, or it is confirmed again.
void Suspend(Session& session, v1::Marker& marker);
void Resume(Session& session, v1::Marker& marker);
void TakeOff(Session& session, v1::Marker& marker, const std::string& reason, const std::string& delegation_id = "");

}  // namespace evenhand::restriction
