// What the appeal service tells of its appeals: who hears one, and that it has ended.
#include <absl/strings/str_split.h>

#include "services/incident/app/heard.h"
#include "services/incident/store/appeal_hearings.h"
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
  if (HasEnded(event.Get("state"))) {
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

}  // namespace evenhand::incident
