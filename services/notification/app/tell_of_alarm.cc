// Deadlines that passed and grounds that moved: whoever has to act is told, and a task stands until somebody has acted.
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "services/notification/app/tasks.h"
#include "services/notification/app/who_is_told.h"

namespace evenhand::notification {
namespace {

std::string ThingOf(const IncomingEvent& event, const About& about) {
  if (event.Has<events::v1::AppealFacts>() != nullptr) return absl::StrCat("The appeal ", about.appeal_reference, " ");
  if (event.Has<events::v1::MarkerRef>() != nullptr) return "A register entry ";
  if (event.Has<events::v1::IncidentRef>() != nullptr) return absl::StrCat("The incident ", about.incident_reference, " ");
  return absl::StrCat("The restriction ", about.restriction_reference, " ");
}

// A late appeal is not in the hands of those whose decision it is against: whoever had a part in it, by its own history (7.3).
std::vector<std::string> WhoDecided(const IncomingEvent& event, const Facts& facts) {
  std::vector<std::string> staff;
  if (event.Has<events::v1::AppealFacts>() == nullptr || !facts.restriction) return staff;
  for (const auto& entry : facts.restriction->restriction().history()) {
    if (!entry.by().empty() && entry.by() != "system" && std::ranges::find(staff, entry.by()) == staff.end()) staff.push_back(entry.by());
  }
  return staff;
}

}  // namespace

void TellOfAlarm(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  const AlarmWords& words = WhoIsTold(*event.type)->alarm;
  Raise(context, session, event, about,
        {words.kind, ThingOf(event, about) + std::string(words.what), std::string(words.clause), WhoDecided(event, facts)});
}

void CloseAlarmsOfAppeal(const Context&, Session& session, const IncomingEvent& event, const Facts&) {
  // An acknowledgement answers its own alarm; the end of the appeal answers all.
  const bool acknowledged = event.Is<events::AppealAcknowledged>();
  CloseTasks(session, "appeal_id", event.Has<events::v1::AppealFacts>()->appeal_id(),
             acknowledged ? "It was acknowledged." : "The appeal is closed.",
             acknowledged ? NameOf<events::AppealAcknowledgementOverdue>() : "");
}

void CloseAlarmsOfReview(const Context&, Session& session, const IncomingEvent&, const Facts& facts) {
  for (const std::string& of : {NameOf<events::RestrictionReviewOverdue>(), NameOf<events::RestrictionUrgentReviewOpened>(),
                                NameOf<events::RestrictionSuspended>(), NameOf<events::RestrictionEvidenceOverdue>()})
    CloseTasks(session, "restriction_id", facts.restriction->restriction_id(), "It was reviewed.", of);
}

}  // namespace evenhand::notification
