#include "services/restriction/app/story.h"

#include <algorithm>
#include <set>

#include "services/platform/base/check.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"
#include "services/wording/measure_words.h"

namespace evenhand::restriction {
namespace {

std::string_view Plain(State::Value state) {
  switch (state) {
    case State::PROPOSED:
      return "waits for a decision";
    case State::IN_FORCE:
      return "is in force";
    case State::LIFTED:
      return "was lifted";
    case State::EXPIRED:
      return "has expired";
    case State::OVERTURNED:
      return "was overturned";
    case State::SUPERSEDED:
      return "was superseded";
    case State::DECLINED:
      return "was declined";
    case State::WITHDRAWN:
      return "was withdrawn";
    case State::STATE_UNSPECIFIED:
      break;
  }
  return "";
}

bool AdvocateGone(const v1::Restriction& restriction, const v1::Person& person) {
  if (person.advocate().resigned_on().empty()) return false;
  if (person.advocate().only_contact()) return true;
  for (const auto& m : restriction.measures())
    if (wording::GoesThrough(m.kind(), m.name(), person.advocate().name())) return true;
  return false;
}

using Alert = v1::Restriction::Alert;

Alert::Value AlertOf(ReviewCause::Value cause) {
  switch (cause) {
    case ReviewCause::INCIDENT_AMENDED:
      return Alert::INCIDENT_AMENDED;
    case ReviewCause::INCIDENT_WITHDRAWN:
      return Alert::INCIDENT_WITHDRAWN;
    case ReviewCause::INCIDENT_DUPLICATE:
      return Alert::INCIDENT_DUPLICATE;
    case ReviewCause::EVIDENCE_INFECTED:
      return Alert::EVIDENCE_INFECTED;
    case ReviewCause::PERSON_UNLINKED:
      return Alert::PERSON_UNLINKED;
    case ReviewCause::SCHEDULED:
    case ReviewCause::CAUSE_UNSPECIFIED:
      break;
  }
  return Alert::URGENT_REVIEW;
}

// A proposal waits for somebody who should know what is to be said of its evidence, as it was last worded.
void AddAlertsOfProposal(v1::Restriction& restriction) {
  if (restriction.has_returned()) restriction.add_alerts(Alert::RETURNED);
  std::set<Alert::Value> alerts;
  for (const auto& entry : restriction.history()) {
    if (entry.action() == v1::HistoryAction::CORRECTED) alerts.clear();
    if (entry.action() == v1::HistoryAction::EVIDENCE_INFECTED) alerts.insert(Alert::EVIDENCE_INFECTED);
    if (entry.action() == v1::HistoryAction::EVIDENCE_OF_OTHER_BEHAVIOUR) alerts.insert(Alert::EVIDENCE_OF_OTHER_BEHAVIOUR);
    if (entry.action() == v1::HistoryAction::URGENT_REVIEW_OPENED) alerts.insert(AlertOf(Named<ReviewCause>(entry.reason())));
  }
  for (const Alert::Value alert : alerts) restriction.add_alerts(alert);
}

void ExpireOne(Session& session, Restrictions& restrictions, RestrictionRecord& record) {
  const std::string before = record.doc.etag();
  const absl::Time at = EndOf(*ParseDate(record.doc.ends_on()));
  EndWith(session, record.doc, State::EXPIRED, at);  // when it ended, not when somebody noticed
  Note(session, record.doc, v1::HistoryAction::EXPIRED, "council rule", "Its last day has passed.");
  restrictions.Save(record, v1::HistoryAction::EXPIRED);
  restrictions.FillGaps(record.doc.person_id());
  Tell<events::RestrictionExpired>(session, record.doc, "7.4", before);
}

}  // namespace

State::Value StateOf(const v1::Restriction& restriction, absl::Time now) {
  // What binds nobody for now has no end of its own: a manager decides what becomes of it, and then the person is written to.
  if (restriction.state() == State::IN_FORCE && !restriction.has_suspended_at()) {
    const auto last_day = ParseDate(restriction.ends_on());
    if (last_day && now >= EndOf(*last_day)) return State::EXPIRED;
  }
  return restriction.state();
}

Refusal WrongState(const v1::Restriction& restriction, absl::Time now) {
  return Conflict(ErrorReason::WRONG_STATE, "council rule",
                  "This restriction " + std::string(Plain(StateOf(restriction, now))) + "; that can't be done with it.");
}

v1::Restriction Present(v1::Restriction restriction, absl::Time now, const v1::Person* person) {
  const State::Value state = StateOf(restriction, now);
  restriction.set_state(state);
  if (state == State::EXPIRED && !restriction.has_ended_at())
    *restriction.mutable_ended_at() = ToProto(EndOf(*ParseDate(restriction.ends_on())));
  restriction.set_review_overdue(state == State::IN_FORCE && Overdue(ParseDate(restriction.review_due_on()), DateOf(now)));
  restriction.clear_alerts();
  if (state == State::IN_FORCE) {
    if (restriction.review_overdue()) restriction.add_alerts(Alert::REVIEW_OVERDUE);
    if (restriction.has_open_review() && restriction.open_review().urgent()) restriction.add_alerts(Alert::URGENT_REVIEW);
    if (restriction.has_suspended_at()) restriction.add_alerts(Alert::DOES_NOT_BIND);
    if (person != nullptr && AdvocateGone(restriction, *person)) restriction.add_alerts(Alert::ADVOCATE_RESIGNED);
    if (person != nullptr && person->state() == v1::Person::State::DECEASED) restriction.add_alerts(Alert::PERSON_DIED);
    const auto look = ParseDate(restriction.explanation().withheld().look_again_on());
    if (look && DateOf(now) >= *look) restriction.add_alerts(Alert::LOOK_AGAIN_AT_WITHHELD_NOTICE);
  }
  if (state == State::PROPOSED) AddAlertsOfProposal(restriction);
  if (state == State::IN_FORCE) restriction.clear_retention_ends_on();
  const Keeps keeps = WhatKeeps(
      RestrictionKept{
          .in_force = state == State::IN_FORCE, .until = ParseDate(restriction.retention_ends_on()), .held = !restriction.holds().empty()},
      DateOf(now));
  if (keeps == Keeps::kNothing) restriction.add_alerts(Alert::RETENTION_DUE);
  if (keeps == Keeps::kHold) restriction.add_alerts(Alert::RETENTION_HELD);
  return restriction;
}

void Note(Session& session, v1::Restriction& restriction, v1::HistoryAction::Value action, std::string_view clause,
          const std::string& reason, const std::string& decision_id) {
  auto* entry = restriction.add_history();
  *entry->mutable_at() = ToProto(session.now());
  entry->set_by(session.actor().id);
  if (session.actor().through) entry->set_through(session.actor().through->id);
  entry->set_action(action);
  entry->set_clause(std::string(clause));
  entry->set_state(restriction.state());
  entry->set_reason(reason);
  entry->set_decision_id(decision_id);
}

events::RestrictionRef RefOf(const v1::Restriction& restriction) {
  return {.restriction_id = restriction.id(), .person_id = restriction.person_id(), .service_area = restriction.service_area()};
}

events::RestrictionTerms TermsOf(const v1::Restriction& restriction, const std::string& decision_id) {
  std::vector<MeasureKind::Value> kinds;
  std::vector<Channel::Value> channels;
  for (const auto& m : restriction.measures()) {
    kinds.push_back(m.kind());
    if (m.channel() != 0) channels.push_back(m.channel());
  }
  const auto incidents = IncidentIdsOf(restriction.grounds());
  std::optional<std::string> decision;
  if (!decision_id.empty()) decision = decision_id;
  if (!decision && restriction.decisions_size() > 0) decision = restriction.decisions().rbegin()->id();
  std::optional<std::string> deciding_area;
  if (!restriction.deciding_area().empty()) deciding_area = restriction.deciding_area();
  return {.decision_id = decision,
          .state = restriction.state(),
          .measure_kinds = kinds,
          .channels = channels,
          .behaviours = BehavioursOf(restriction),
          .incident_ids = std::vector<std::string>(incidents.begin(), incidents.end()),
          .withheld = restriction.explanation().has_withheld(),
          .deciding_area = deciding_area};
}

void EndWith(Session& session, v1::Restriction& restriction, State::Value state, absl::Time at) {
  restriction.set_state(state);
  *restriction.mutable_ended_at() = ToProto(at);
  restriction.clear_open_review();
  restriction.clear_suspended_at();
  restriction.clear_returned();
  if (restriction.has_imposed_at()) Restrictions(session).EndMeasures(restriction.id(), at);
  restriction.set_retention_ends_on(FormatDate(RetainUntil(BehavioursOf(restriction), DateOf(at))));
}

void ExpireDue(Session& session, const std::string& person_id, int limit) {
  Restrictions restrictions(session);
  for (RestrictionRecord& record : restrictions.DueToExpire(person_id, limit)) ExpireOne(session, restrictions, record);
}

}  // namespace evenhand::restriction
