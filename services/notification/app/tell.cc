#include "services/notification/app/tell.h"

#include <algorithm>

#include "services/notification/app/tasks.h"
#include "services/notification/app/telling.h"

namespace evenhand::notification {

void TellOfTerms(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  const SharingPlan plan = PlanOf(*facts.restriction);
  const auto before = ByAudience(NotificationStore(session).ToldOfRestriction(about.restriction_id));
  for (const ShareLine& line : plan.told) {
    const auto told = std::ranges::find(before, line.audience, &ToldBefore::audience);
    Share(context, session, about, line, told == before.end() ? std::vector<Recipient>{} : told->recipients);
  }
  TellAgain(context, session, about, before, "They were told of earlier terms, which have changed.", plan);
  NoteNotTold(session, about, plan.not_told);
}

void TellOfEnd(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  // First, so that what can't be told now opens its task and keeps it.
  CloseTasksOfEnded(session, about.restriction_id, "The restriction has ended.");
  TellAgain(context, session, about, ByAudience(NotificationStore(session).ToldOfRestriction(about.restriction_id)),
            "They were told of it when it began; it has ended.", {});
}

namespace {

// It binds nobody for now: whoever was told of it stops, and is told again if it binds again.
void TellOfSuspension(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  TellAgain(context, session, about, ByAudience(NotificationStore(session).ToldOfRestriction(about.restriction_id)),
            "They were told of it; it does not hold until its evidence is confirmed.", {});
}

using Teller = void (*)(const Context&, Session&, const IncomingEvent&, const Facts&);
struct Occasions {
  std::string_view type;
  Teller teller;
  bool needs_restriction;
};
constexpr Occasions kTellers[] = {
    {"restriction.imposed", TellOfTerms, true},
    {"restriction.varied", TellOfTerms, true},
    {"restriction.reviewed", TellOfTerms, true},
    {"restriction.continued", TellOfTerms, true},
    {"restriction.lifted", TellOfEnd, true},
    {"restriction.expired", TellOfEnd, true},
    {"restriction.overturned", TellOfEnd, true},
    {"restriction.superseded", TellOfEnd, true},
    {"restriction.review_overdue", TellOfAlarm, true},
    {"restriction.urgent_review_opened", TellOfAlarm, true},
    {"restriction.suspended", TellOfSuspension, true},
    {"restriction.suspended", TellOfAlarm, true},
    {"restriction.resumed", TellOfTerms, true},
    {"restriction.resumed", CloseAlarmsOfReview, true},
    {"restriction.evidence_overdue", TellOfAlarm, true},
    {"restriction.notice_withheld_due", TellOfAlarm, true},
    {"appeal.acknowledgement_overdue", TellOfAlarm, false},
    {"appeal.decision_overdue", TellOfAlarm, false},
    {"incident.follow_up_overdue", TellOfAlarm, false},
    {"incident.person_unlinked", TellOfCorrection, false},
    {"incident.person_returned", TellOfCorrection, false},
    {"incident.staff_named", TellOfStaffNamed, false},
    {"marker.confirmed", TellOfEntry, false},
    {"marker.reviewed", TellOfEntry, false},
    {"marker.removed", TellOfEntryRemoved, false},
    {"marker.suspended", TellOfEntrySuspended, false},
    {"marker.suspended", TellOfAlarm, false},
    {"marker.resumed", TellOfEntryResumed, false},
    {"marker.urgent_review_opened", TellOfAlarm, false},
    {"marker.review_overdue", TellOfAlarm, false},
    {"appeal.effect_refused", TellOfAlarm, false},
    {"appeal.acknowledged", CloseAlarmsOfAppeal, false},
    {"appeal.decided", CloseAlarmsOfAppeal, false},
    {"appeal.refused", CloseAlarmsOfAppeal, false},
    {"appeal.withdrawn", CloseAlarmsOfAppeal, false},
    {"restriction.reviewed", CloseAlarmsOfReview, true},
    {"person.advocate_resigned", TellOfAdvocateGone, false},
    {"person.unmerged", TellOfUnmerged, false},
};

}  // namespace

bool TellsStaff(const std::string& type) {
  return std::ranges::any_of(kTellers, [&](const Occasions& occasion) { return occasion.type == type; });
}

void TellStaff(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  for (const Occasions& occasion : kTellers) {
    if (occasion.type != event.type || (occasion.needs_restriction && !facts.restriction)) continue;
    occasion.teller(context, session, event, facts);
  }
}

}  // namespace evenhand::notification
