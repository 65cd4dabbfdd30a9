#include "services/restriction/app/story.h"

#include <algorithm>

#include <absl/strings/str_join.h>

#include "services/platform/base/check.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

using Proto = v1::Restriction::State;

struct Pair {
  State state;
  Proto::Value proto;
  const char* plain;
};

constexpr Pair kPairs[] = {
    {State::kProposed, Proto::PROPOSED, "waits for a decision"},
    {State::kInForce, Proto::IN_FORCE, "is in force"},
    {State::kLifted, Proto::LIFTED, "was lifted"},
    {State::kExpired, Proto::EXPIRED, "has expired"},
    {State::kOverturned, Proto::OVERTURNED, "was overturned"},
    {State::kSuperseded, Proto::SUPERSEDED, "was superseded"},
    {State::kDeclined, Proto::DECLINED, "was declined"},
    {State::kWithdrawn, Proto::WITHDRAWN, "was withdrawn"},
};

bool AdvocateGone(const v1::Restriction& restriction, const v1::Person& person) {
  if (person.advocate().resigned_on().empty()) return false;
  if (person.advocate().only_contact()) return true;
  for (const auto& m : restriction.measures())
    if (m.kind() == v1::Measure::Kind::THIRD_PARTY_ONLY) return true;
  return false;
}

// A proposal waits for somebody who should know what is to be said of its evidence, as it was last worded.
void AddAlertsOfProposal(v1::Restriction& restriction) {
  if (restriction.has_returned()) restriction.add_alerts("RETURNED");
  std::vector<std::string> alerts;
  for (const auto& entry : restriction.history()) {
    if (entry.action() == "CORRECTED") alerts.clear();
    if (entry.action() == kEvidenceInfected) alerts.push_back(entry.action());
    if (entry.action() == kOtherBehaviour) alerts.push_back(entry.action() + ": " + entry.reason());
    if (entry.action() == "URGENT_REVIEW_OPENED") alerts.push_back(entry.reason());
  }
  for (const std::string& alert : alerts)
    if (std::ranges::find(restriction.alerts(), alert) == restriction.alerts().end()) restriction.add_alerts(alert);
}

void ExpireOne(Session& session, Restrictions& restrictions, RestrictionRecord& record) {
  const std::string before = record.doc.etag();
  const absl::Time at = EndOf(*ParseDate(record.doc.ends_on()));
  EndWith(session, record.doc, State::kExpired, at);  // when it ended, not when somebody noticed
  Note(session, record.doc, "EXPIRED", "7.4", "Its last day has passed.");
  restrictions.Save(record, "EXPIRED");
  restrictions.FillGaps(record.doc.person_id());
  Tell(session, record.doc, "expired", "7.4", before);
}

}  // namespace

State StateOf(const v1::Restriction& restriction, absl::Time now) {
  // What binds nobody for now has no end of its own: a manager decides what becomes of it, and then the person is written to.
  if (restriction.state() == Proto::IN_FORCE && !restriction.has_suspended_at()) {
    const auto last_day = ParseDate(restriction.ends_on());
    if (last_day && now >= EndOf(*last_day)) return State::kExpired;
  }
  for (const Pair& pair : kPairs)
    if (pair.proto == restriction.state()) return pair.state;
  EVENHAND_CHECK(false, "every stored state is one of the table");
}

Proto::Value ToProto(State state) {
  for (const Pair& pair : kPairs)
    if (pair.state == state) return pair.proto;
  EVENHAND_CHECK(false, "every state has its name");
}

Refusal WrongState(const v1::Restriction& restriction, absl::Time now, std::string_view clause) {
  const State state = StateOf(restriction, now);
  for (const Pair& pair : kPairs)
    if (pair.state == state)
      return Conflict("WRONG_STATE", std::string(clause), "This restriction " + std::string(pair.plain) + "; that can't be done with it.");
  return Conflict("WRONG_STATE", std::string(clause), "This can't be done with the restriction as it stands.");
}

v1::Restriction Present(v1::Restriction restriction, absl::Time now, const v1::Person* person) {
  const State state = StateOf(restriction, now);
  restriction.set_state(ToProto(state));
  if (state == State::kExpired && !restriction.has_ended_at())
    *restriction.mutable_ended_at() = ToProto(EndOf(*ParseDate(restriction.ends_on())));
  restriction.set_review_overdue(state == State::kInForce && Overdue(ParseDate(restriction.review_due_on()), DateOf(now)));
  restriction.clear_alerts();
  if (state == State::kInForce) {
    if (restriction.review_overdue()) restriction.add_alerts("REVIEW_OVERDUE");
    if (restriction.has_open_review() && restriction.open_review().urgent()) restriction.add_alerts("URGENT_REVIEW");
    if (restriction.has_suspended_at()) restriction.add_alerts("DOES_NOT_BIND");
    if (person != nullptr && AdvocateGone(restriction, *person)) restriction.add_alerts("ADVOCATE_RESIGNED");
    if (person != nullptr && person->state() == v1::Person::State::DECEASED) restriction.add_alerts("PERSON_DIED");
    const auto look = ParseDate(restriction.explanation().withheld().look_again_on());
    if (look && DateOf(now) >= *look) restriction.add_alerts("LOOK_AGAIN_AT_WITHHELD_NOTICE");
  }
  if (state == State::kProposed) AddAlertsOfProposal(restriction);
  if (state == State::kInForce) restriction.clear_retain_until();
  const auto retain = ParseDate(restriction.retain_until());
  if (retain && DateOf(now) >= *retain) restriction.add_alerts(restriction.holds().empty() ? "RETENTION_DUE" : "RETENTION_HELD");
  return restriction;
}

void Note(Session& session, v1::Restriction& restriction, const std::string& action, std::string_view clause, const std::string& reason,
          const std::string& decision_id) {
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

void Tell(Session& session, const v1::Restriction& restriction, const std::string& type, std::string_view clause,
          const std::string& before_etag, const std::string& decision_id) {
  session.Audit({"restriction." + type, "restriction", restriction.id(), std::string(clause), restriction.person_id(), before_etag,
                 restriction.etag()});
  std::vector<std::string> kinds, channels, incidents;
  for (const auto& m : restriction.measures()) {
    kinds.push_back(v1::Measure::Kind::Value_Name(m.kind()));
    if (m.channel() != 0) channels.push_back(v1::Channel::Value_Name(m.channel()));
  }
  for (const auto& id : IncidentIdsOf(restriction.grounds())) incidents.push_back(id);
  std::string decision = decision_id;
  if (decision.empty() && restriction.decisions_size() > 0) decision = restriction.decisions(restriction.decisions_size() - 1).id();
  session.Emit({"restriction." + type,
                restriction.id(),
                {{"restrictionId", restriction.id()},
                 {"decisionId", decision},
                 {"personId", restriction.person_id()},
                 {"serviceArea", restriction.service_area()},
                 {"decidingArea", restriction.deciding_area()},
                 {"proposedBy", restriction.proposed_by()},
                 {"by", session.actor().id},
                 {"state", Proto::Value_Name(restriction.state())},
                 {"measureKinds", JoinComma(kinds)},
                 {"channels", JoinComma(channels)},
                 {"behaviours", JoinComma(BehavioursOf(restriction))},
                 {"incidentIds", JoinComma(incidents)},
                 {"withheld", restriction.explanation().has_withheld() ? "true" : "false"}}});
}

void EndWith(Session& session, v1::Restriction& restriction, State state, absl::Time at) {
  restriction.set_state(ToProto(state));
  *restriction.mutable_ended_at() = ToProto(at);
  restriction.clear_open_review();
  restriction.clear_suspended_at();
  restriction.clear_returned();
  if (restriction.has_imposed_at()) Restrictions(session).EndMeasures(restriction.id(), at);
  restriction.set_retain_until(FormatDate(RetainUntil(BehavioursOf(restriction), DateOf(at))));
}

void ExpireDue(Session& session, const std::string& person_id, int limit) {
  Restrictions restrictions(session);
  for (RestrictionRecord& record : restrictions.DueToExpire(person_id, limit)) ExpireOne(session, restrictions, record);
}

std::string JoinComma(const std::vector<std::string>& words) { return absl::StrJoin(words, ","); }

}  // namespace evenhand::restriction
