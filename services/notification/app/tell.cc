#include "services/notification/app/tell.h"

#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "services/notification/app/audiences.h"
#include "services/notification/app/shares.h"
#include "services/notification/app/tasks.h"
#include "services/notification/store/audience_store.h"
#include "services/platform/base/uuid.h"

namespace evenhand::notification {
namespace {

About AboutOf(const IncomingEvent& event, const Facts& facts) {
  About about{.event_id = event.id, .occasion = event.type, .person_id = event.Get("personId"), .service_area = event.Get("serviceArea")};
  if (facts.restriction) {
    about.restriction_id = facts.restriction->restriction_id();
    about.restriction_reference = facts.restriction->restriction_reference();
    about.decision_id = facts.restriction->decision().id();
    about.person_id = facts.restriction->person_id();
    about.service_area = facts.restriction->service_area();
  }
  if (facts.appeal) {
    about.appeal_id = facts.appeal->id();
    about.appeal_reference = facts.appeal->reference();
  }
  if (facts.incident) {
    about.incident_id = facts.incident->id();
    about.incident_reference = facts.incident->reference();
    about.service_area = facts.incident->service_area();
  }
  return about;
}

// Everybody told before is told again when a restriction changes or ends: by audience, with whoever had it then.
struct ToldBefore {
  std::string audience;
  std::vector<Recipient> recipients;
};
std::vector<ToldBefore> ToldBeforeOf(Session& session, const std::string& restriction_id) {
  std::vector<ToldBefore> audiences;
  for (const Outgoing& message : NotificationStore(session).ToldOfRestriction(restriction_id)) {
    const std::string& audience = message.notification.audience();
    auto found = std::ranges::find(audiences, audience, &ToldBefore::audience);
    if (found == audiences.end()) found = audiences.insert(audiences.end(), {audience, {}});
    if (message.notification.recipient().empty()) continue;
    if (std::ranges::find(found->recipients, message.notification.recipient(), &Recipient::staff_id) == found->recipients.end()) {
      found->recipients.push_back({message.notification.recipient(), message.address, ""});
    }
  }
  return audiences;
}

void TellAgain(const Context& context, Session& session, const About& about, const std::string& reason, const SharingPlan& plan) {
  for (const ToldBefore& before : ToldBeforeOf(session, about.restriction_id)) {
    const bool planned = std::ranges::any_of(plan.told, [&](const ShareLine& line) { return line.audience == before.audience; });
    if (!planned) Share(context, session, about, {before.audience, reason, "12.5"}, before.recipients);
  }
}

void TellOfTerms(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  const SharingPlan plan = PlanOf(*facts.restriction);
  const auto before = ToldBeforeOf(session, about.restriction_id);
  for (const ShareLine& line : plan.told) {
    const auto told = std::ranges::find(before, line.audience, &ToldBefore::audience);
    Share(context, session, about, line, told == before.end() ? std::vector<Recipient>{} : told->recipients);
  }
  TellAgain(context, session, about, "They were told of earlier terms, which have changed.", plan);
  for (const NotToldLine& line : plan.not_told) {
    v1::NotTold row;
    row.set_audience(line.audience);
    row.set_why(line.why);
    row.set_clause(line.clause);
    NoteNotTold(session, event.id, about.restriction_id, "", row);
  }
}

void TellOfEnd(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const About about = AboutOf(event, facts);
  TellAgain(context, session, about, "They were told of it when it began; it has ended.", {});
  CloseTasks(session, "restriction_id", about.restriction_id, "The restriction has ended.");
}

// To one member of staff by number, as a correction or an alarm.
void TellOne(const Context& context, Session& session, const About& about, v1::Notification::Kind::Value kind, const std::string& staff_id,
             const std::string& reason, const std::string& clause, const std::string& address = "") {
  Outgoing message{.notification = {},
                   .event_id = about.event_id,
                   .provider = "smtp",
                   .address = address.empty() ? AddressOfStaff(session, staff_id) : address,
                   .payload = ""};
  v1::Notification& n = message.notification;
  n.set_id(NewUuid());
  n.set_kind(kind);
  n.set_occasion(about.occasion);
  n.set_restriction_id(about.restriction_id);
  n.set_incident_id(about.incident_id);
  n.set_appeal_id(about.appeal_id);
  n.set_person_id(about.person_id);
  n.set_service_area(about.service_area);
  n.set_recipient(staff_id);
  n.set_reason(reason);
  n.set_clause(clause);
  n.set_link(absl::StrCat(context.public_url, "/v1/notifications/", n.id()));
  n.set_means(message.address.empty() ? v1::Notification::Means::MEANS_UNSPECIFIED : v1::Notification::Means::EMAIL);
  message.payload = MessageText(about, n.link());
  if (NotificationStore(session).Insert(message) && message.address.empty())
    Escalate(context, session, n, "No address of this person is known.");
}

// The wrong person had been linked: everyone who was told, or who read it, is told of the correction, each once (case A).
void TellOfCorrection(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  About about = AboutOf(event, facts);
  about.incident_id = event.Get("incidentId");
  std::map<std::string, std::string> readers;
  for (const absl::string_view reader : absl::StrSplit(event.Get("readers"), ',', absl::SkipWhitespace()))
    readers.emplace(std::string(reader), "");
  for (const Outgoing& told : NotificationStore(session).ToldOfIncident(about.incident_id))
    readers[told.notification.recipient()] = told.address;
  for (const auto& [staff_id, address] : readers) {
    TellOne(context, session, about, v1::Notification::Kind::CORRECTION, staff_id,
            "You were told of it, or read it, while it was linked to the wrong person.", "12.4", address);
  }
}

// A colleague named publicly: the three of 12.6, the strategic director for whoever is away; the leadership group gets a reference only.
void TellOfStaffNamed(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  About about = AboutOf(event, facts);
  about.incident_id = event.Get("incidentId");
  about.person_id.clear();
  const SharingPlan plan = PlanStaffNamed();
  const LocalDate today = DateOf(session.now());
  for (const ShareLine& line : plan.told) {
    if (line.audience == kLineManager) {
      if (!facts.incident || facts.incident->line_manager_id().empty()) continue;
      const std::string manager = facts.incident->line_manager_id();
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
  for (const NotToldLine& line : plan.not_told) {
    v1::NotTold row;
    row.set_audience(line.audience);
    row.set_why(line.why);
    row.set_clause(line.clause);
    NoteNotTold(session, event.id, "", about.incident_id, row);
  }
}

// Deadlines and reviews that passed: whoever has to act is told, the service's own people otherwise.
void TellOfAlarm(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  About about = AboutOf(event, facts);
  about.incident_id = event.Get("incidentId");
  const std::string reason = "A deadline has passed that you, or your service, have to meet.";
  for (const char* attribute : {"assignee", "owner"}) {
    if (const std::string staff_id = event.Get(attribute); !staff_id.empty())
      return TellOne(context, session, about, v1::Notification::Kind::ALERT, staff_id, reason, "7.4");
  }
  const std::string audience = AudienceOfService(about.service_area);
  const auto recipients = RecipientsOf(AudienceNamed(session, audience), DateOf(session.now()));
  for (const Recipient& to : recipients)
    TellOne(context, session, about, v1::Notification::Kind::ALERT, to.staff_id, reason, "7.4", to.email);
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
    {"restriction.urgent_review", TellOfAlarm, true},
    {"restriction.notice_withheld_due", TellOfAlarm, true},
    {"appeal.acknowledgement_overdue", TellOfAlarm, false},
    {"appeal.decision_overdue", TellOfAlarm, false},
    {"incident.follow_up_overdue", TellOfAlarm, false},
    {"incident.person_unlinked", TellOfCorrection, false},
    {"incident.staff_named", TellOfStaffNamed, false},
};

}  // namespace

void TellStaff(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  for (const Occasions& occasion : kTellers) {
    if (occasion.type != event.type || (occasion.needs_restriction && !facts.restriction)) continue;
    occasion.teller(context, session, event, facts);
  }
}

}  // namespace evenhand::notification
