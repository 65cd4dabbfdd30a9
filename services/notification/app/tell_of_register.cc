// The register's entries: who has to know of one, and that everyone told before hears when it goes (4.3, 12.4, 12.5).
#include <absl/strings/str_cat.h>

#include "services/notification/app/tasks.h"
#include "services/notification/app/who_is_told.h"

namespace evenhand::notification {

void TellOfEntry(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  const SharingPlan plan =
      PlanRegisterEntry({.service_area = about.service_area,
                         .category = event.Has<events::v1::MarkerGrounds>()->category(),
                         .services_with_contact = facts.person ? std::vector<std::string>(facts.person->services_with_contact().begin(),
                                                                                          facts.person->services_with_contact().end())
                                                               : std::vector<std::string>{}});
  const auto before = ByAudience(NotificationStore(session).ToldOfMarker(about.marker_id));
  for (const ShareLine& line : plan.told) {
    const auto told = std::ranges::find(before, line.audience, &ToldBefore::audience);
    Share(context, session, about, line, told == before.end() ? std::vector<Recipient>{} : told->recipients);
  }
  TellAgain(context, session, about, before, "They were told of the entry before; it was reviewed.", plan);
  NoteNotTold(session, about, plan.not_told);
  if (event.Is<events::MarkerReviewed>()) CloseTasks(session, "marker_id", about.marker_id, "It was reviewed.");
}

void TellOfEntryRemoved(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  TellAgain(context, session, about, ByAudience(NotificationStore(session).ToldOfMarker(about.marker_id)),
            "They were told of the entry; it is no longer on the register.", {});
  CloseTasks(session, "marker_id", about.marker_id, "The entry was removed.");
}

void TellOfEntrySuspended(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  TellAgain(context, session, about, ByAudience(NotificationStore(session).ToldOfMarker(about.marker_id)),
            "They were told of the entry; it does not hold until its evidence is confirmed.", {});
}

void TellOfEntryResumed(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  TellAgain(context, session, about, ByAudience(NotificationStore(session).ToldOfMarker(about.marker_id)),
            "They were told that the entry did not hold; it holds again.", {});
  CloseTasks(session, "marker_id", about.marker_id, "Its evidence is confirmed again.");
}

}  // namespace evenhand::notification
