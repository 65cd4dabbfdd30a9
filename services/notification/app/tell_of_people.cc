// What changes about a person: an advocate who goes, two records that were one by mistake, an incident that was somebody else's.
#include <map>
#include <set>

#include <absl/strings/str_cat.h>

#include "services/notification/app/tasks.h"
#include "services/notification/app/who_is_told.h"
#include "services/notification/store/occasion_store.h"

namespace evenhand::notification {

// The wrong person had been linked, or two records were parted and it went back with the other one: everyone who was told meanwhile, or
// who read it, is told of the correction, each once (case A, scenario 5).
void TellOfCorrection(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  absl::Time since = absl::UnixEpoch();
  std::map<std::string, std::string> readers;
  if (const auto* unlinked = event.As<events::IncidentPersonUnlinked>()) {
    for (const std::string& reader : unlinked->readers()) readers.emplace(reader, "");
  }
  if (const auto* returned = event.As<events::IncidentPersonReturned>()) {
    for (const std::string& reader : returned->readers()) readers.emplace(reader, "");
    since = MergedAt(session, returned->facts().person_id(), returned->former_person_id()).value_or(since);
  }
  for (const Outgoing& told : NotificationStore(session).ToldOfIncident(about.incident_id, since))
    readers[told.notification.recipient()] = told.address;
  for (const auto& [staff_id, address] : readers) {
    TellOne(context, session, about, v1::Notification::Kind::CORRECTION, staff_id,
            "You were told of it, or read it, while it was linked to the wrong person.", "12.4", address);
  }
}

// Those who were told of arrangements that hold with the person have to know that nobody speaks for them now (5.4, scenario 11).
void TellOfAdvocateGone(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  for (const std::string& restriction_id : NotificationStore(session).RestrictionsShared(about.person_id)) {
    const std::vector<Outgoing> told = NotificationStore(session).ToldOfRestriction(restriction_id);
    About one = about;
    one.restriction_id = restriction_id;
    one.service_area = told.front().notification.service_area();
    // One event tells of several restrictions; an audience is told of each.
    one.event_id = absl::StrCat(event.id, "/", restriction_id);
    TellAgain(context, session, one, ByAudience(told), "The person's advocate has resigned; a temporary channel is open.", {});
    Raise(context, session, event, one,
          {v1::Task::Kind::ADVOCATE_RESIGNED,
           "The person's advocate has resigned. See that the temporary channel works, and help them find somebody else.", "5.4"});
  }
}

// While two people's records were one, what was told or written may have reached or named the wrong one: each who was told is told so,
// once.
void TellOfUnmerged(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  const std::string other = event.As<events::PersonUnmerged>()->merged_person_id();
  const absl::Time since = MergedAt(session, about.person_id, other).value_or(absl::UnixEpoch());
  std::map<std::string, std::string> told;
  std::set<std::string> areas;
  for (const Outgoing& message : NotificationStore(session).ToldOfPeople({about.person_id, other}, since)) {
    areas.insert(message.notification.service_area());
    if (message.notification.kind() != v1::Notification::Kind::LETTER) told[message.notification.recipient()] = message.address;
  }
  for (const auto& [staff_id, address] : told) {
    TellOne(context, session, about, v1::Notification::Kind::CORRECTION, staff_id,
            "You were told of it while the records of two people were one by mistake.", "12.4", address);
  }
  for (const std::string& area : areas) {
    if (area.empty()) continue;
    OpenTask(session,
             {.kind = v1::Task::Kind::CHECK_UNMERGED,
              .description = "The records of two people were parted again. See whether a letter or a message about one went to the other.",
              .service_area = area,
              .due_on = DateOf(session.now()) + 1,
              .person_id = about.person_id,
              .once = absl::StrCat("unmerged/", event.id, "/", area)});
  }
}

}  // namespace evenhand::notification
