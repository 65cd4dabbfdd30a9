#include "services/notification/app/telling.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

#include "services/notification/app/audiences.h"
#include "services/notification/app/tasks.h"
#include "services/notification/store/audience_store.h"
#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"

namespace evenhand::notification {

About AboutOf(const IncomingEvent& event, const Facts& facts) {
  About about{.event_id = event.id, .occasion = event.name(), .subject = facts.subject};
  bool named = facts.incident && facts.incident->staff_named();
  if (const auto* marker = event.Has<events::v1::MarkerRef>()) {
    about.marker_id = marker->marker_id();
    about.person_id = marker->person_id();
    about.service_area = marker->service_area();
  }
  if (const auto* person = event.Has<events::v1::PersonRef>()) about.person_id = person->person_id();
  if (const auto* appeal = event.Has<events::v1::AppealFacts>()) {
    about.appeal_id = appeal->appeal_id();
    about.restriction_id = appeal->restriction_id();
    about.person_id = appeal->person_id();
    about.service_area = appeal->service_area();
  }
  if (const auto* restriction = event.Has<events::v1::RestrictionRef>()) {
    about.restriction_id = restriction->restriction_id();
    about.person_id = restriction->person_id();
    about.service_area = restriction->service_area();
  }
  if (const auto* incident = event.Has<events::v1::IncidentRef>()) {
    about.incident_id = incident->incident_id();
    about.service_area = incident->service_area();
    named = named || incident->staff_named();
  }
  if (const auto* known = event.Has<events::v1::IncidentFacts>()) about.person_id = known->person_id();
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
  if (named && ProtectionOn(Protection::kCircleOfTasks)) {
    about.circle = "12.6";
    about.person_id.clear();
  }
  return about;
}

std::vector<ToldBefore> ByAudience(const std::vector<Outgoing>& messages) {
  std::vector<ToldBefore> audiences;
  for (const Outgoing& message : messages) {
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

void TellAgain(const Context& context, Session& session, const About& about, const std::vector<ToldBefore>& before,
               const std::string& reason, const SharingPlan& plan) {
  for (const ToldBefore& told : before) {
    const bool planned = std::ranges::any_of(plan.told, [&](const ShareLine& line) { return line.audience == told.audience; });
    if (!planned) Share(context, session, about, {told.audience, reason, "12.5"}, told.recipients);
  }
}

void NoteNotTold(Session& session, const About& about, const std::vector<NotToldLine>& lines) {
  for (const NotToldLine& line : lines) {
    v1::NotTold row;
    row.set_audience(line.audience);
    row.set_why(line.why);
    row.set_clause(line.clause);
    NoteNotTold(session, about.event_id, {about.restriction_id, about.incident_id, about.marker_id}, row);
  }
}

void TellOne(const Context& context, Session& session, const About& about, v1::Notification::Kind::Value kind, const std::string& staff_id,
             const std::string& reason, const std::string& clause, const std::string& address) {
  if (about.subject.IsClose(staff_id)) return;  // 12.4: the case is closed to them
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
  n.set_marker_id(about.marker_id);
  n.set_person_id(about.person_id);
  n.set_service_area(about.service_area);
  n.set_recipient(staff_id);
  n.set_reason(reason);
  n.set_clause(about.circle.empty() ? clause : about.circle);
  n.set_link(absl::StrCat(context.public_url, "/v1/notifications/", n.id()));
  n.set_means(message.address.empty() ? v1::Notification::Means::MEANS_UNSPECIFIED : v1::Notification::Means::EMAIL);
  message.payload = MessageText(about, n.link());
  if (NotificationStore(session).Insert(message) && message.address.empty())
    Escalate(context, session, n, "No address of this person is known.");
}

namespace {

// Who owns it in a closed circle; whoever is away is stood in for by the strategic director (12.6).
std::vector<Recipient> OfTheCircle(Session& session, const std::string& owner_role) {
  const LocalDate today = DateOf(session.now());
  const std::string_view audience = owner_role == "communications_lead" ? kCommunications : kHrPartner;
  std::vector<Recipient> there = RecipientsOf(AudienceNamed(session, std::string(audience)), today);
  if (there.empty()) there = RecipientsOf(AudienceNamed(session, std::string(kStrategicDirector)), today);
  return there;
}

}  // namespace

void Raise(const Context& context, Session& session, const IncomingEvent& event, const About& about, const Alarm& alarm) {
  const bool of_appeal = !about.appeal_id.empty() && alarm.kind == v1::Task::Kind::DEADLINE_PASSED;
  OpenTask(session, {.kind = alarm.kind,
                     .description = alarm.what,
                     .service_area = about.service_area,
                     .due_on = DateOf(session.now()),
                     .restriction_id = about.restriction_id,
                     .person_id = about.person_id,
                     .once = absl::StrCat(about.occasion, "/", about.event_id),
                     .appeal_id = about.appeal_id,
                     .marker_id = about.marker_id,
                     .circle = about.circle,
                     .kept_from = alarm.kept_from,
                     .of_appeal = of_appeal});
  constexpr char kReason[] = "You, or your service, have to act on this.";
  bool told = false;
  const auto tell = [&](const std::string& staff_id, const std::string& address) {
    if (staff_id.empty() || std::ranges::find(alarm.kept_from, staff_id) != alarm.kept_from.end()) return;
    TellOne(context, session, about, v1::Notification::Kind::ALERT, staff_id, kReason, alarm.clause, address);
    told = true;
  };
  const auto tell_all = [&](const std::vector<Recipient>& recipients) {
    for (const Recipient& to : recipients) tell(to.staff_id, to.email);
  };
  std::string owner_role;
  if (const auto* appeal = event.Has<events::v1::AppealFacts>()) tell(appeal->assignee(), "");
  if (const auto* overdue = event.As<events::IncidentFollowUpOverdue>()) {
    tell(overdue->owner(), "");
    owner_role = overdue->owner_role();
  }
  if (told) return;
  if (!about.circle.empty()) return tell_all(OfTheCircle(session, owner_role));
  if (of_appeal) tell_all(RecipientsOf(AudienceNamed(session, std::string(kStrategicDirector)), DateOf(session.now())));
  if (told) return;
  const v1::Audience audience = AudienceNamed(session, AudienceOfService(about.service_area));
  tell(audience.escalate_to(), audience.escalate_email());
  if (!told) tell_all(RecipientsOf(audience, DateOf(session.now())));
}

}  // namespace evenhand::notification
