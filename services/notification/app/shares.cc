#include "services/notification/app/shares.h"

#include <absl/strings/str_cat.h>

#include "services/notification/app/audiences.h"
#include "services/notification/app/closure_for.h"
#include "services/notification/app/tasks.h"
#include "services/notification/store/audience_store.h"
#include "services/notification/store/times.h"
#include "services/platform/base/uuid.h"

namespace evenhand::notification {
namespace {

struct Words {
  std::string_view occasion;
  std::string_view subject;
  std::string_view sentence;
};
// What an e-mail says happened; references only.
constexpr Words kWords[] = {
    {"restriction.imposed", "Contact arrangements to follow", "Contact arrangements were put in place that your team carries out."},
    {"restriction.varied", "Contact arrangements have changed", "Contact arrangements that you were told of have changed."},
    {"restriction.reviewed", "Contact arrangements were reviewed", "Contact arrangements that you were told of were reviewed."},
    {"restriction.lifted", "Contact arrangements have ended",
     "Contact arrangements that you were told of have ended. Please stop following them."},
    {"restriction.expired", "Contact arrangements have ended",
     "Contact arrangements that you were told of have ended. Please stop following them."},
    {"restriction.overturned", "Contact arrangements have ended",
     "Contact arrangements that you were told of have ended. Please stop following them."},
    {"restriction.suspended", "Contact arrangements do not hold for now",
     "Contact arrangements that you were told of do not hold for now. Please stop following them until you hear again."},
    {"restriction.resumed", "Contact arrangements hold again", "Contact arrangements that you were told of hold again."},
    {"restriction.evidence_overdue", "A decision waits", "A restriction that binds nobody waits for a decision."},
    {"restriction.superseded", "Contact arrangements were replaced", "Contact arrangements that you were told of were replaced by others."},
    {"incident.person_unlinked", "A correction",
     "Something you were told or have read was linked to the wrong person. It has been corrected; please do not rely on it."},
    {"incident.person_returned", "A correction",
     "Something you were told or have read was linked to the wrong person. It has been corrected; please do not rely on it."},
    {"incident.staff_named", "A colleague was named publicly",
     "A member of staff was named publicly. Only those who act for them are told."},
    {"restriction.urgent_review_opened", "An urgent review", "Something that a decision rests on has changed. It has to be reviewed now."},
    {"restriction.review_overdue", "A review is overdue", "A review is overdue. The decision stays in force until somebody decides."},
    {"restriction.notice_withheld_due", "Look again at a notice", "A notice was withheld until today. Look again whether it can be given."},
    {"marker.confirmed", "An entry on the register", "There is an entry on the register that your team has to know of."},
    {"marker.reviewed", "An entry on the register was reviewed", "An entry on the register that you were told of was reviewed."},
    {"marker.removed", "An entry on the register was removed",
     "An entry on the register that you were told of has been removed. Please stop relying on it."},
    {"marker.suspended", "An entry on the register does not hold for now",
     "An entry on the register that you were told of does not hold for now. Please stop relying on it until you hear again."},
    {"marker.resumed", "An entry on the register holds again", "An entry on the register that you were told of holds again."},
    {"marker.urgent_review_opened", "An urgent review", "Something that a register entry rests on has changed. It has to be reviewed now."},
    {"marker.review_overdue", "A review is overdue", "The review of a register entry is overdue."},
    {"appeal.acknowledgement_overdue", "An appeal is not acknowledged", "An appeal was not acknowledged in time."},
    {"appeal.decision_overdue", "An appeal is not decided", "An appeal was not decided in time."},
    {"appeal.effect_refused", "An appeal's outcome can't be put in place",
     "The terms of an appeal's outcome can't be put in place as they are."},
    {"person.advocate_resigned", "An advocate has resigned",
     "The advocate through whom contact went has resigned. A temporary channel is open; please see how."},
    {"person.unmerged", "A correction",
     "Something you were told rested on the records of two people that were taken for one. It has been corrected; please look again."},
    {"incident.follow_up_overdue", "A follow-up is overdue", "A follow-up after an incident is overdue."},
    {"share.escalated", "A message did not reach its audience", "A message did not reach its audience. Decide how they are told."},
    {"share.decided", "Contact arrangements to follow", "A manager decided that you need to know of contact arrangements."},
};

const Words& WordsOf(const std::string& occasion) {
  static constexpr Words kOther = {"", "Something needs your attention", "Something needs your attention."};
  for (const Words& words : kWords) {
    if (words.occasion == occasion) return words;
  }
  return kOther;
}

v1::Notification Draft(const About& about, const ShareLine& line) {
  v1::Notification n;
  n.set_id(NewUuid());
  n.set_kind(v1::Notification::Kind::SHARE);
  n.set_occasion(about.occasion);
  n.set_restriction_id(about.restriction_id);
  n.set_decision_id(about.decision_id);
  n.set_incident_id(about.incident_id);
  n.set_appeal_id(about.appeal_id);
  n.set_marker_id(about.marker_id);
  n.set_decided_by(about.decided_by);
  n.set_person_id(about.person_id);
  n.set_service_area(about.service_area);
  n.set_audience(line.audience);
  n.set_reason(line.reason);
  n.set_clause(line.clause);
  return n;
}

void QueueOne(const Context& context, Session& session, const About& about, const ShareLine& line, const Recipient& to) {
  Outgoing message{.notification = Draft(about, line), .event_id = about.event_id, .provider = "smtp", .address = to.email, .payload = ""};
  v1::Notification& n = message.notification;
  n.set_recipient(to.staff_id);
  n.set_deputy_for(to.deputy_for);
  n.set_link(absl::StrCat(context.public_url, "/v1/notifications/", n.id()));
  n.set_means(to.email.empty() ? v1::Notification::Means::MEANS_UNSPECIFIED : v1::Notification::Means::EMAIL);
  message.payload = MessageText(about, n.link());
  NotificationStore store(session);
  if (store.Insert(message) && to.email.empty()) Escalate(context, session, n, "No address of this person is known.");
}

v1::Share ShareOf(Session& session, const v1::Notification& n) {
  v1::Share share;
  share.set_id(n.id());
  share.set_etag(n.etag());
  share.set_audience(n.audience());
  share.set_audience_name(AudienceNamed(session, n.audience()).name());
  share.set_reason(n.reason());
  share.set_clause(n.clause());
  share.set_recipient(n.recipient());
  share.set_state(n.state());
  *share.mutable_queued_at() = n.queued_at();
  if (n.has_sent_at()) *share.mutable_sent_at() = n.sent_at();
  if (n.has_delivered_at()) *share.mutable_delivered_at() = n.delivered_at();
  if (n.has_read_at()) *share.mutable_read_at() = n.read_at();
  if (n.has_acknowledged_at()) *share.mutable_acknowledged_at() = n.acknowledged_at();
  if (n.has_escalation()) *share.mutable_escalation() = n.escalation();
  share.set_occasion(n.occasion());
  share.set_decision_id(n.decision_id());
  share.set_decided_by(n.decided_by());
  share.set_deputy_for(n.deputy_for());
  share.set_done(IsDone(static_cast<Delivery>(n.state())));
  return share;
}

void Summarise(v1::ListSharesResponse& ledger) {
  std::map<std::string, v1::ListSharesResponse::AudienceSummary*> by_audience;
  bool all_done = true;
  for (const v1::Share& share : ledger.shares()) {
    auto*& line = by_audience[share.audience()];
    if (line == nullptr) {
      line = ledger.add_audiences();
      line->set_audience(share.audience());
      line->set_done(true);
      line->set_recipients(0);
      line->set_delivered(0);
      line->set_acknowledged(0);
      line->set_escalated(0);
      line->set_missing(0);
    }
    const auto state = static_cast<Delivery>(share.state());
    line->set_recipients(line->recipients() + (share.recipient().empty() ? 0 : 1));
    line->set_delivered(line->delivered() + (HasArrived(state) ? 1 : 0));
    line->set_acknowledged(line->acknowledged() + (state == Delivery::kAcknowledged ? 1 : 0));
    line->set_escalated(line->escalated() + (state == Delivery::kEscalated ? 1 : 0));
    line->set_missing(line->missing() + (share.done() ? 0 : 1));
    line->set_done(line->done() && share.done());
    all_done = all_done && share.done();
  }
  ledger.set_done(all_done && !ledger.shares().empty());
}

v1::ListSharesResponse Ledger(Session& session, const LedgerOf& of) {
  v1::ListSharesResponse ledger;
  for (const v1::Notification& n : NotificationStore(session).SharesOf(of)) *ledger.add_shares() = ShareOf(session, n);
  for (v1::NotTold& line : NotToldOf(session, of)) {
    line.set_audience_name(AudienceNamed(session, line.audience()).name());
    *ledger.add_not_told() = std::move(line);
  }
  if (!of.restriction_id.empty() && IsWithheld(session, of.restriction_id)) {
    ledger.set_notice_withheld("The person is not told for now; a separate record says why, with a date to look again (6.4).");
  }
  Summarise(ledger);
  return ledger;
}

void NoteRead(Session& session, const std::string& kind, const std::string& id, const std::string& person_id) {
  session.Audit({.action = "shares.read", .subject_kind = kind, .subject_id = id, .clause = "12.4", .person_id = person_id});
}

// A closed circle stays closed: the ledger of a colleague named publicly is for HR, communications and auditors, and for who was told by
// it: a strategic director only where one of the circle is absent and they stand in (12.6).
std::optional<Refusal> RefusalInCircle(const Call& call, const v1::ListSharesResponse& ledger) {
  for (const Role role : {Role::kHrBusinessPartner, Role::kCommunicationsLead, Role::kAuditor}) {
    if (call.actor.Has(role)) return std::nullopt;
  }
  if (std::ranges::any_of(ledger.shares(), [&](const v1::Share& share) {
        return share.recipient() == call.actor.id && share.audience() != std::string(kSeniorLeadership);
      }))
    return std::nullopt;
  return NotPermitted("12.7", "This goes no further than those who act for the colleague.");
}

About AboutOf(const restriction::v1::NotificationFacts& facts) {
  return {.event_id = "",
          .occasion = "share.decided",
          .restriction_id = facts.restriction_id(),
          .restriction_reference = facts.restriction_reference(),
          .decision_id = facts.decision().id(),
          .person_id = facts.person_id(),
          .service_area = facts.service_area(),
          .subject = SubjectOf(facts.person())};
}

// 12.4: whoever works with the person is shut out of the case, whatever the person's rank.
std::optional<Refusal> RefusalClosed(const Call& call, const restriction::v1::NotificationFacts& facts) {
  if (auto no = call.RefusalIn(facts.service_area())) return no;
  if (Refusals no = RefusalsToRead(call.actor, SubjectOf(facts.person())); !no.empty()) return NotPermitted(std::move(no));
  return std::nullopt;
}

// The team that the person works in is not told: its people see what to do at the contact itself, and the case is closed to them.
bool IsOwnTeam(const v1::Audience& audience, const Subject& subject) {
  return !subject.team.empty() && (audience.service_area() == subject.team || audience.id() == AudienceOfService(subject.team));
}

void NoteClosed(Session& session, const About& about, const std::string& audience) {
  v1::NotTold row;
  row.set_audience(audience);
  row.set_why("The person works in this team; the case is closed to their colleagues and manager.");
  row.set_clause("12.4");
  NoteNotTold(session, about.event_id, {about.restriction_id, about.incident_id, about.marker_id}, row);
}

Outcome<v1::ListSharesResponse> ListSharesOfMarker(const Context& context, const Call& call, const std::string& marker_id) {
  auto ledger = context.unit_of_work.Read<v1::ListSharesResponse>(call, [&](Session& session) -> Outcome<v1::ListSharesResponse> {
    return Ledger(session, {.restriction_id = "", .incident_id = "", .marker_id = marker_id});
  });
  if (!ledger.ok()) return ledger.refusal();
  // Whose it is and where is known from what was told; nothing told, nothing to see.
  if (ledger->shares().empty()) return NotFound("register entry that was shared");
  auto first = context.unit_of_work.Read<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    auto n = NotificationStore(session).Find(ledger->shares(0).id());
    if (!n) return NotFound("notification");
    if (auto no = call.RefusalIn(n->service_area())) return *no;
    NoteRead(session, "marker", marker_id, n->person_id());
    return *n;
  });
  if (!first.ok()) return first.refusal();
  if (auto no = ClosureFor(context, call).RefusalOf(first->person_id())) return *no;
  return ledger;
}

}  // namespace

bool IsOfCircle(const v1::Notification& n) { return n.clause() == "12.6" || n.clause() == "12.10"; }

std::string MessageText(const About& about, const std::string& link) {
  const Words& words = WordsOf(about.occasion);
  const std::string& reference = !about.restriction_reference.empty() ? about.restriction_reference
                                 : !about.appeal_reference.empty()    ? about.appeal_reference
                                                                      : about.incident_reference;
  return absl::StrCat(std::string(words.subject), reference.empty() ? "" : " (" + reference + ")", "\n", std::string(words.sentence),
                      "\n\nSign in to see what to do: ", link,
                      "\n\nHandling: for you in your task only. Do not forward, print or copy it; the details stay in the system.\n"
                      "Please acknowledge it there, so that the sender knows you have it.\n");
}

SharingPlan PlanOf(const restriction::v1::NotificationFacts& facts) {
  SharingFacts asked{.service_area = facts.service_area(),
                     .physical_threat = facts.physical_threat(),
                     .services_with_contact = {facts.services_with_contact().begin(), facts.services_with_contact().end()}};
  for (const auto& measure : facts.measures()) {
    asked.measures.push_back(
        {restriction::v1::Measure::Kind::Value_Name(measure.kind()), measure.channel() == restriction::v1::Channel::CHANNEL_UNSPECIFIED
                                                                         ? ""
                                                                         : restriction::v1::Channel::Value_Name(measure.channel())});
  }
  for (const int behaviour : facts.behaviours())
    asked.behaviours.push_back(restriction::v1::Behaviour::Value_Name(static_cast<restriction::v1::Behaviour::Value>(behaviour)));
  return PlanSharing(asked);
}

void Share(const Context& context, Session& session, const About& about, const ShareLine& line, const std::vector<Recipient>& also) {
  const v1::Audience audience = AudienceNamed(session, line.audience);
  if (IsOwnTeam(audience, about.subject)) return NoteClosed(session, about, line.audience);
  std::vector<Recipient> recipients = RecipientsOf(audience, DateOf(session.now()));
  for (const Recipient& other : also) {
    if (std::ranges::find(recipients, other.staff_id, &Recipient::staff_id) == recipients.end()) recipients.push_back(other);
  }
  std::erase_if(recipients, [&](const Recipient& to) { return about.subject.IsClose(to.staff_id); });
  for (Recipient& to : recipients) {  // a deputy is named by number; their address is kept where they belong themselves
    if (to.email.empty()) to.email = AddressOfStaff(session, to.staff_id);
  }
  for (const Recipient& to : recipients) QueueOne(context, session, about, line, to);
  if (!recipients.empty()) return;
  Outgoing nobody{.notification = Draft(about, line), .event_id = about.event_id, .provider = "", .address = "", .payload = ""};
  if (NotificationStore(session).Insert(nobody)) Escalate(context, session, nobody.notification, "Nobody of this audience can be reached.");
}

namespace {

// What an escalation sets going happens once; a message that is tried again and fails again is another escalation.
std::string ThisEscalationOf(const v1::Notification& n) {
  int times = 0;
  for (const v1::Transition& step : n.history())
    times += step.to() == v1::Notification::State::ESCALATED && step.from() != step.to() ? 1 : 0;
  return times <= 1 ? absl::StrCat("escalated/", n.id()) : absl::StrCat("escalated/", n.id(), "/", times);
}

}  // namespace

void Escalate(const Context& context, Session& session, v1::Notification& n, const std::string& why) {
  NotificationStore store(session);
  const v1::Audience audience = AudienceNamed(session, n.audience());
  v1::Escalation& escalation = *n.mutable_escalation();
  escalation.set_to(!audience.escalate_to().empty() ? audience.escalate_to()
                    : IsOfCircle(n)                 ? "HR business partner"
                                                    : absl::StrCat("senior manager, ", n.service_area()));
  escalation.set_why(why);
  *escalation.mutable_at() = ToTimestamp(session.now());
  if (!store.Move(n, Signal::kEscalate, why)) return;
  OpenTask(session, {.kind = v1::Task::Kind::ESCALATED_SHARE,
                     .description = absl::StrCat(audience.name(), " could not be told: ", why, " Decide how they are told."),
                     .service_area = n.service_area(),
                     .due_on = DateOf(session.now()) + 1,
                     .restriction_id = n.restriction_id(),
                     .notification_id = n.id(),
                     .person_id = n.person_id(),
                     .once = ThisEscalationOf(n),
                     .circle = IsOfCircle(n) ? "12.6" : ""});
  if (audience.escalate_email().empty()) return;
  Outgoing alert{
      .notification = {}, .event_id = ThisEscalationOf(n), .provider = "smtp", .address = audience.escalate_email(), .payload = ""};
  alert.notification.set_id(NewUuid());
  alert.notification.set_kind(v1::Notification::Kind::ALERT);
  alert.notification.set_means(v1::Notification::Means::EMAIL);
  alert.notification.set_occasion("share.escalated");
  alert.notification.set_restriction_id(n.restriction_id());
  alert.notification.set_service_area(n.service_area());
  alert.notification.set_recipient(audience.escalate_to());
  alert.notification.set_reason("A message did not reach its audience; you decide how they are told.");
  alert.notification.set_clause(IsOfCircle(n) ? "12.6" : "12.5");
  alert.notification.set_link(absl::StrCat(context.public_url, "/v1/notifications/", n.id()));
  alert.payload = MessageText({.occasion = "share.escalated"}, alert.notification.link());
  store.Insert(alert);
}

Outcome<v1::ListSharesResponse> ListShares(const Context& context, const Call& call, const v1::ListSharesRequest& request) {
  const int named =
      (request.restriction_id().empty() ? 0 : 1) + (request.incident_id().empty() ? 0 : 1) + (request.marker_id().empty() ? 0 : 1);
  if (named != 1) {
    return Invalid({{"12.5", "restrictionId", "Name one restriction, one register entry or one incident whose ledger you want to see."}});
  }
  if (!request.marker_id().empty()) return ListSharesOfMarker(context, call, request.marker_id());
  if (!request.incident_id().empty()) {
    return context.unit_of_work.Read<v1::ListSharesResponse>(call, [&](Session& session) -> Outcome<v1::ListSharesResponse> {
      v1::ListSharesResponse ledger = Ledger(session, {.restriction_id = "", .incident_id = request.incident_id(), .marker_id = ""});
      if (auto no = RefusalInCircle(call, ledger)) return *no;
      NoteRead(session, "incident", request.incident_id(), "");
      return ledger;
    });
  }
  auto facts = context.peers.Restriction(call, request.restriction_id(), "");
  if (!facts.ok()) return facts.refusal();
  if (auto no = RefusalClosed(call, *facts)) return *no;
  return context.unit_of_work.Read<v1::ListSharesResponse>(call, [&](Session& session) -> Outcome<v1::ListSharesResponse> {
    NoteRead(session, "restriction", facts->restriction_id(), facts->person_id());
    return Ledger(session, {.restriction_id = facts->restriction_id(), .incident_id = "", .marker_id = ""});
  });
}

Outcome<v1::ListSharesResponse> CreateShare(const Context& context, const Call& call, const v1::CreateShareRequest& request) {
  auto facts = context.peers.Restriction(call, request.restriction_id(), "");
  if (!facts.ok()) return facts.refusal();
  if (auto no = RefusalClosed(call, *facts)) return *no;
  return context.unit_of_work.Write<v1::ListSharesResponse>(call, [&](Session& session) -> Outcome<v1::ListSharesResponse> {
    Refusals no;
    if (request.audience().empty()) no.push_back({"12.5", "audience", "Name the audience that needs to know."});
    if (NamesEverybody(request.audience()))
      no.push_back({"12.5", "audience", "There is no sharing with everybody; name those who need to know, one by one."});
    if (request.reason().empty()) no.push_back({"12.5", "reason", "Say why this audience needs to know."});
    if (!no.empty()) return Invalid(std::move(no));
    if (facts->state() != restriction::v1::Restriction::State::IN_FORCE)
      return Conflict("WRONG_STATE", "12.5", "Only what is in force is shared.");
    if (AudienceNamed(session, request.audience()).etag().empty()) {
      return Invalid({{"12.5", "audience", "No such audience is kept; put its people down at /v1/audiences first."}});
    }
    About about = AboutOf(*facts);
    if (IsOwnTeam(AudienceNamed(session, request.audience()), about.subject))
      return Invalid({{"12.4", "audience", "The person works in this team; the case is closed to their colleagues and manager."}});
    about.event_id = NewUuid();
    about.decided_by = call.actor.id;
    Share(context, session, about, {request.audience(), request.reason(), "12.5"});
    session.Audit({.action = "share.decided",
                   .subject_kind = "restriction",
                   .subject_id = facts->restriction_id(),
                   .clause = "12.5",
                   .person_id = facts->person_id()});
    return Ledger(session, {.restriction_id = facts->restriction_id(), .incident_id = "", .marker_id = ""});
  });
}

Outcome<v1::ListSharesResponse> DeclineShare(const Context& context, const Call& call, const v1::DeclineShareRequest& request) {
  auto facts = context.peers.Restriction(call, request.restriction_id(), "");
  if (!facts.ok()) return facts.refusal();
  if (auto no = RefusalClosed(call, *facts)) return *no;
  return context.unit_of_work.Write<v1::ListSharesResponse>(call, [&](Session& session) -> Outcome<v1::ListSharesResponse> {
    Refusals no;
    if (request.audience().empty()) no.push_back({"12.5", "audience", "Name the audience that is not told."});
    if (request.why().empty()) no.push_back({"12.5", "why", "Say why they need not know; the decision not to share is recorded too."});
    for (const ShareLine& line : PlanOf(*facts).told) {
      if (line.audience == request.audience())
        no.push_back({"12.5", "audience", "The policy has this audience told as a minimum: " + line.reason});
    }
    if (!no.empty()) return Invalid(std::move(no));
    v1::NotTold line;
    line.set_audience(request.audience());
    line.set_why(request.why());
    line.set_clause("12.5");
    line.set_decided_by(call.actor.id);
    NoteNotTold(session, NewUuid(), {.restriction_id = facts->restriction_id(), .incident_id = "", .marker_id = ""}, line);
    session.Audit({.action = "share.declined",
                   .subject_kind = "restriction",
                   .subject_id = facts->restriction_id(),
                   .clause = "12.5",
                   .person_id = facts->person_id()});
    return Ledger(session, {.restriction_id = facts->restriction_id(), .incident_id = "", .marker_id = ""});
  });
}

}  // namespace evenhand::notification
