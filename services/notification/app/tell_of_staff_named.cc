// A colleague named publicly: a closed circle (12.6, 12.7, 12.10).
#include "services/notification/app/audiences.h"
#include "services/notification/app/who_is_told.h"
#include "services/notification/store/audience_store.h"

namespace evenhand::notification {

// A colleague named publicly: the three of 12.6, the strategic director for whoever is away; the leadership group gets a reference only.
void TellOfStaffNamed(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  About about = AboutOf(event, facts);
  about.person_id.clear();
  const SharingPlan plan = PlanStaffNamed();
  const LocalDate today = DateOf(session.now());
  for (const ShareLine& line : plan.told) {
    if (line.audience == kLineManager) {
      if (!facts.incident || facts.incident->line_manager_id().empty()) continue;
      const std::string manager = facts.incident->line_manager_id();
      if (IsAway(session, manager, today)) {
        Share(context, session, about, {std::string(kStrategicDirector), "In the absence of the line manager.", "12.6"});
        continue;
      }
      Share(context, session, about, line, {{manager, AddressOfStaff(session, manager), ""}});
      continue;
    }
    const bool there = !RecipientsOf(AudienceNamed(session, line.audience), today).empty();
    if (there) {
      Share(context, session, about, line);
    } else {
      Share(context, session, about,
            {std::string(kStrategicDirector), "In the absence of " + AudienceNamed(session, line.audience).name() + ".", "12.6"});
    }
  }
  Share(context, session, about,
        {std::string(kSeniorLeadership), "The senior leadership group is given a count and a reference, no more.", "12.10"});
  NoteNotTold(session, about, plan.not_told);
}

}  // namespace evenhand::notification
