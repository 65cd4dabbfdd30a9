// Restrictions: who carries them out is told of their terms and of their end.

#include <algorithm>

#include "services/notification/app/tasks.h"
#include "services/notification/app/who_is_told.h"

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

// It binds nobody for now: whoever was told of it stops, and is told again if it binds again.
void TellOfSuspension(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  TellAgain(context, session, about, ByAudience(NotificationStore(session).ToldOfRestriction(about.restriction_id)),
            "They were told of it; it does not hold until its evidence is confirmed.", {});
}

}  // namespace evenhand::notification
