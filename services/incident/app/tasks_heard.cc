// Who was given something to do that rests on incidents: an appeal to hear, a proposal or a restriction to decide on, authority lent.
#include <absl/strings/str_split.h>

#include "services/incident/app/heard.h"
#include "services/incident/store/task_readers.h"
#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

bool HasEnded(const std::string& state) {
  return state == "EFFECT_PENDING" || state == "DECIDED" || state == "REFUSED" || state == "WITHDRAWN";
}

}  // namespace

std::optional<Refusal> AppealMoved(Session& session, const IncomingEvent& event) {
  const std::string appeal = event.Get("appealId");
  if (appeal.empty()) return std::nullopt;
  if (HasEnded(event.Get("state")) && ProtectionOn(Protection::kHearingEnds)) {
    CloseHearing(session, appeal);
    return std::nullopt;
  }
  Hearing hearing{.appeal_id = appeal, .staff_id = event.Get("assignee"), .incident_ids = {}};
  for (const absl::string_view id : absl::StrSplit(event.Get("incidentIds"), ',', absl::SkipEmpty()))
    if (IsUuid(std::string(id))) hearing.incident_ids.emplace_back(id);
  // Some steps are the machine's own and know of no incident: what was told before holds.
  if (hearing.incident_ids.empty()) {
    OpenHearing(session, appeal, hearing.staff_id);
  } else {
    NoteHearing(session, hearing);
  }
  return std::nullopt;
}

std::optional<Refusal> GroundsMoved(Session& session, const IncomingEvent& event) {
  const std::string restriction = event.Get("restrictionId"), state = event.Get("state");
  if (restriction.empty()) return std::nullopt;
  const bool stands = state == "PROPOSED" || state == "IN_FORCE";
  std::vector<std::string> incidents;
  if (stands) incidents = absl::StrSplit(event.Get("incidentIds"), ',', absl::SkipEmpty());
  // Whoever decides reads what it rests on: the named other area, where the own one is closed because the person is a colleague.
  const std::string decides = event.Get("decidingArea");
  NoteGrounds(session, restriction, decides.empty() ? event.Get("serviceArea") : decides, incidents);
  return std::nullopt;
}

std::optional<Refusal> AuthorityMoved(Session& session, const IncomingEvent& event) {
  if (event.type == "delegation.revoked") {
    NoteTakenBack(session, event.Get("delegationId"));
  } else {
    NoteLent(session, event.Get("delegationId"), event.Get("delegateId"), event.Get("serviceArea"), event.Get("start"), event.Get("end"));
  }
  return std::nullopt;
}

}  // namespace evenhand::incident
