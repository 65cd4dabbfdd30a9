// Deadlines that passed and grounds that moved: whoever has to act is told, and a task stands until somebody has acted.
#include <algorithm>
#include <array>

#include <absl/strings/str_cat.h>

#include "services/notification/app/tasks.h"
#include "services/notification/app/telling.h"

namespace evenhand::notification {
namespace {

struct AlarmRow {
  std::string_view type;
  v1::Task::Kind::Value kind;
  std::string_view what;
  std::string_view clause;
};
constexpr std::array kAlarms = {
    AlarmRow{"appeal.acknowledgement_overdue", v1::Task::Kind::DEADLINE_PASSED, "was not acknowledged in time. Acknowledge it now.", "7.3"},
    AlarmRow{"appeal.decision_overdue", v1::Task::Kind::DEADLINE_PASSED, "was not decided in time. A strategic director decides it.",
             "7.3"},
    AlarmRow{"appeal.effect_refused", v1::Task::Kind::APPEAL_EFFECT,
             "was decided with terms that can't be put in place as they are. See what has changed about the person, and mend it.", "7.3"},
    AlarmRow{"restriction.review_overdue", v1::Task::Kind::DEADLINE_PASSED,
             "is due for review since. It stays in force until somebody decides.", "7.4"},
    AlarmRow{"restriction.notice_withheld_due", v1::Task::Kind::DEADLINE_PASSED,
             "was kept from the person until today. Look again whether they can be told.", "6.4"},
    AlarmRow{"restriction.urgent_review_opened", v1::Task::Kind::URGENT_REVIEW,
             "rests on something that has changed. Review it now; it stays in force until you decide.", "7.3"},
    AlarmRow{"restriction.suspended", v1::Task::Kind::URGENT_REVIEW,
             "rests on nothing that is confirmed to be about the person. It binds nobody until you decide: within a day, lift it or name "
             "evidence that stands. Nobody is written to before that.",
             "7.3"},
    AlarmRow{"restriction.evidence_overdue", v1::Task::Kind::DEADLINE_PASSED,
             "binds nobody, and nobody decided within a day what becomes of it. Lift it, or name evidence that stands.", "7.3"},
    AlarmRow{"marker.review_overdue", v1::Task::Kind::DEADLINE_PASSED, "is due for review since.", "4.3"},
    AlarmRow{"marker.urgent_review_opened", v1::Task::Kind::URGENT_REVIEW, "rests on something that has changed. Review it now.", "4.3"},
    AlarmRow{
        "marker.suspended", v1::Task::Kind::URGENT_REVIEW,
        "rests on nothing that is confirmed to be about the person. No check tells of it until you decide: take it off, or see to it that "
        "the incident is linked to the person it is about.",
        "4.3"},
    AlarmRow{"incident.follow_up_overdue", v1::Task::Kind::DEADLINE_PASSED, "has a follow-up that is overdue.", "10.3"},
};

std::string ThingOf(const IncomingEvent& event, const About& about) {
  if (event.type.starts_with("appeal.")) return absl::StrCat("The appeal ", about.appeal_reference, " ");
  if (event.type.starts_with("marker.")) return "A register entry ";
  if (event.type.starts_with("incident.")) return absl::StrCat("The incident ", about.incident_reference, " ");
  return absl::StrCat("The restriction ", about.restriction_reference, " ");
}

// A late appeal is not in the hands of those whose decision it is against: whoever had a part in it, by its own history (7.3).
std::vector<std::string> WhoDecided(const IncomingEvent& event, const Facts& facts) {
  std::vector<std::string> staff;
  if (!event.type.starts_with("appeal.") || !facts.restriction) return staff;
  for (const auto& entry : facts.restriction->restriction().history()) {
    if (!entry.by().empty() && entry.by() != "system" && std::ranges::find(staff, entry.by()) == staff.end()) staff.push_back(entry.by());
  }
  return staff;
}

}  // namespace

void TellOfAlarm(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  About about = AboutOf(event, facts);
  about.incident_id = event.Get("incidentId");
  for (const AlarmRow& row : kAlarms) {
    if (row.type != event.type) continue;
    Raise(context, session, event, about,
          {row.kind, ThingOf(event, about) + std::string(row.what), std::string(row.clause), WhoDecided(event, facts)});
  }
}

void CloseAlarmsOfAppeal(const Context&, Session& session, const IncomingEvent& event, const Facts&) {
  if (event.Get("appealId").empty()) return;
  // An acknowledgement answers its own alarm; the end of the appeal answers all.
  const std::string like = event.type == "appeal.acknowledged" ? "appeal.acknowledgement_overdue" : "";
  CloseTasks(session, "appeal_id", event.Get("appealId"),
             event.type == "appeal.acknowledged" ? "It was acknowledged." : "The appeal is closed.", like);
}

void CloseAlarmsOfReview(const Context&, Session& session, const IncomingEvent&, const Facts& facts) {
  for (const char* of :
       {"restriction.review_overdue", "restriction.urgent_review_opened", "restriction.suspended", "restriction.evidence_overdue"})
    CloseTasks(session, "restriction_id", facts.restriction->restriction_id(), "It was reviewed.", of);
}

}  // namespace evenhand::notification
