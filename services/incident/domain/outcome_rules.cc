#include "services/incident/domain/outcome_rules.h"

#include "services/incident/domain/facts.h"

namespace evenhand::incident {
namespace {

using Kind = FollowUpKind;
using Out = FollowUpOutcome;

constexpr std::string_view kNotYours = "Only its owner or a manager of this service area may close this.";
constexpr std::string_view kCircleOnly = "Only those whom the policy names may deal with this.";

constexpr OutcomeRule kRules[] = {
    {Kind::POLICE_DECISION, Out::REPORTED, EndedBy::kAnyStaff, "7.14", ""},
    {Kind::POLICE_DECISION, Out::NOT_REPORTED, EndedBy::kManager, "7.14",
     "Not reporting a threat to the police is a manager's decision. You may report it yourself."},
    {Kind::CORRESPONDENCE_DECISION, Out::UNACCEPTABLE, EndedBy::kManager, "7.11",
     "A team leader, principal teacher or above decides whether correspondence is unacceptable."},
    {Kind::CORRESPONDENCE_DECISION, Out::ACCEPTABLE, EndedBy::kManager, "7.11",
     "A team leader, principal teacher or above decides whether correspondence is unacceptable."},
    {Kind::OUTSIDE_CONTACT_DECISION, Out::RECORD, EndedBy::kManager, "8.9",
     "A manager decides whether contact outside the office is recorded."},
    {Kind::OUTSIDE_CONTACT_DECISION, Out::DO_NOT_RECORD, EndedBy::kManager, "8.9",
     "A manager decides whether contact outside the office is recorded."},
    {Kind::REGISTER_DECISION, Out::TO_REGISTER, EndedBy::kManager, "4.3", "A team leader or manager decides what goes to the register."},
    {Kind::REGISTER_DECISION, Out::NOT_TO_REGISTER, EndedBy::kManager, "4.3",
     "A team leader or manager decides what goes to the register."},
    {Kind::LINE_MANAGER_DISCUSSION, Out::HELD, EndedBy::kOwnerOrManager, "council rule", kNotYours},
    {Kind::LINE_MANAGER_DISCUSSION, Out::DECLINED, EndedBy::kStaffOrManager, "council rule", kNotYours},
    {Kind::DEBRIEF, Out::HELD, EndedBy::kOwnerOrManager, "council rule", kNotYours},
    {Kind::DEBRIEF, Out::DECLINED, EndedBy::kStaffOrManager, "10.4",
     "Only the member of staff it was offered to, or their manager, may note that it was declined."},
    {Kind::SUPPORT_REMINDER, Out::GIVEN, EndedBy::kOwnerOrManager, "council rule", kNotYours},
    {Kind::SUPPORT_REMINDER, Out::DECLINED, EndedBy::kStaffOrManager, "council rule", kNotYours},
    {Kind::WITNESS_STATEMENT, Out::STATEMENT_GIVEN, EndedBy::kStaffOrManager, "council rule", kNotYours},
    {Kind::WITNESS_STATEMENT, Out::DECLINED, EndedBy::kStaffOrManager, "council rule", kNotYours},
    {Kind::STAFF_NAMED_LINE_MANAGER, Out::TOLD, EndedBy::kCircle, "12.6", kCircleOnly},
    {Kind::STAFF_NAMED_HR, Out::TOLD, EndedBy::kCircle, "12.6", kCircleOnly},
    {Kind::STAFF_NAMED_COMMUNICATIONS, Out::TOLD, EndedBy::kCircle, "12.6", kCircleOnly},
    {Kind::STAFF_NAMED_EVIDENCE, Out::KEPT, EndedBy::kCircle, "12.6", kCircleOnly},
    {Kind::STAFF_NAMED_EVIDENCE, Out::NOT_AVAILABLE, EndedBy::kCircle, "12.6", kCircleOnly},
    {Kind::STAFF_NAMED_PERSON_TOLD, Out::TOLD, EndedBy::kCircle, "12.8", kCircleOnly},
    {Kind::STAFF_NAMED_SUPPORT, Out::GIVEN, EndedBy::kCircle, "12.9", kCircleOnly},
    {Kind::STAFF_NAMED_SUPPORT, Out::DECLINED, EndedBy::kCircle, "12.9", kCircleOnly},
    {Kind::STAFF_NAMED_REMOVAL, Out::REQUESTED, EndedBy::kCircle, "12.10", kCircleOnly},
    {Kind::STAFF_NAMED_REMOVAL, Out::NOT_REQUESTED, EndedBy::kCircle, "12.10", kCircleOnly},
    {Kind::STAFF_NAMED_LEADERSHIP, Out::TOLD, EndedBy::kCircle, "12.10", kCircleOnly},
    {Kind::STAFF_NAMED_PERSONAL_RECORD, Out::NOTED, EndedBy::kHrOrPersonNamed, "12.10",
     "Only HR and the person named decide on a note in the personal record."},
    {Kind::STAFF_NAMED_PERSONAL_RECORD, Out::NOT_NOTED, EndedBy::kHrOrPersonNamed, "12.10",
     "Only HR and the person named decide on a note in the personal record."},
    {Kind::INJURY_REPORT, Out::REPORTED, EndedBy::kSafetyOrManager, "RIDDOR 2013",
     "A health and safety adviser or a manager reports an injury."},
    {Kind::INJURY_REPORT, Out::NOT_REPORTED, EndedBy::kSafetyOrManager, "RIDDOR 2013",
     "A health and safety adviser or a manager decides this."},
    {Kind::PROPOSAL_CONSIDERATION, Out::PROPOSE, EndedBy::kManager, "7.11", "A team leader or above considers a proposal."},
    {Kind::PROPOSAL_CONSIDERATION, Out::DO_NOT_PROPOSE, EndedBy::kManager, "7.11", "A team leader or above considers a proposal."},
    {Kind::MISSING_DETAIL, Out::STATED, EndedBy::kOwnerOrManager, "council rule", kNotYours},
    {Kind::MISSING_DETAIL, Out::NOT_AVAILABLE, EndedBy::kOwnerOrManager, "council rule", kNotYours},
    {Kind::ONLINE_ACTION_DECISION, Out::ACTION_TAKEN, EndedBy::kOwnerOrManager, "council rule", kNotYours},
    {Kind::ONLINE_ACTION_DECISION, Out::NO_ACTION, EndedBy::kManager, "council rule", "Taking no action is a manager's decision."},
    {Kind::TIME_AWAY, Out::GIVEN, EndedBy::kOwnerOrManager, "council rule", kNotYours},
    {Kind::TIME_AWAY, Out::DECLINED, EndedBy::kStaffOrManager, "council rule", kNotYours},
    {Kind::PERSON_INFORMED_DECISION, Out::TOLD, EndedBy::kManager, "council rule",
     "Whether the person who made the threat is told of the report is a manager's decision."},
    {Kind::PERSON_INFORMED_DECISION, Out::NOT_TOLD, EndedBy::kManager, "council rule",
     "Whether the person who made the threat is told of the report is a manager's decision."},
    {Kind::PERSON_CHECK, Out::STATED, EndedBy::kOwnerOrManager, "council rule", kNotYours},
};

bool Circle(const Standing& s) {
  return s.actor.Has(Role::kHrBusinessPartner) || s.actor.Has(Role::kCommunicationsLead) || s.actor.id == s.line_manager_id ||
         (s.director_stands_in && s.actor.Holds(Role::kStrategicDirector, s.service_area));
}

// A manager of the area, or the line manager named in the incident; of a staff-named case only those of the circle.
bool Manager(const Standing& s) {
  if (s.staff_named) return Circle(s);
  if (!s.area_known && s.actor.Has(Role::kHealthSafetyAdviser)) return true;
  return s.actor.Holds(Role::kTeamLeader, s.service_area) || (s.actor.id == s.line_manager_id && s.actor.RanksAtLeast(Role::kTeamLeader));
}

// Where nobody of the line is left: HR in a closed circle without a line manager, health and safety where no area is known.
bool StandsInForAManager(const Standing& s) {
  if (s.staff_named) return s.line_manager_id.empty() && s.actor.Has(Role::kHrBusinessPartner);
  return !s.area_known && s.actor.Has(Role::kHealthSafetyAdviser);
}

bool May(EndedBy by, const Standing& s) {
  const bool owner = !s.owner.empty() && s.actor.id == s.owner;
  const bool the_one = !s.staff_id.empty() && s.actor.id == s.staff_id;
  switch (by) {
    case EndedBy::kAnyStaff:
      return true;
    case EndedBy::kManager:
      return Manager(s) && (s.actor.RanksAtLeast(Role::kTeamLeader) || StandsInForAManager(s));
    case EndedBy::kOwnerOrManager:
      return owner || Manager(s);
    case EndedBy::kStaffOrManager:
      return the_one || owner || Manager(s);
    case EndedBy::kCircle:
      return Circle(s) || owner;
    case EndedBy::kHrOrPersonNamed:
      return s.actor.Has(Role::kHrBusinessPartner) || the_one;
    case EndedBy::kSafetyOrManager:
      return s.actor.Has(Role::kHealthSafetyAdviser) || Manager(s);
  }
  return false;
}

void Ask(bool there, std::string_view clause, std::string_view field, std::string_view message, Refusals& no) {
  if (!there) no.push_back({std::string(clause), std::string(field), std::string(message)});
}

void AskPolice(const OutcomeFacts& f, Refusals& no) {
  if (f.outcome == Out::NOT_REPORTED) {
    Ask(!f.reason.empty(), "7.14", "reason", "Say why it is not reported to the police.", no);
    Ask(!f.staff_view.empty(), "7.14", "staffView", "Say what the member of staff thinks.", no);
    Ask(!f.effect_on_others.empty(), "7.14", "effectOnOthers", "Say what it means for other staff who may come into contact.", no);
  }
  if (f.informed_said)
    Ask(!f.informed_reason.empty(), "7.13", "personInformed.reason", "Say why the person who made the threat was, or was not, told.", no);
}

void AskCorrespondence(const OutcomeFacts& f, Refusals& no) {
  Ask(!f.reason.empty(), "7.11", "reason", "Say why the correspondence is, or is not, unacceptable.", no);
  if (f.outcome != Out::UNACCEPTABLE) return;
  const bool told = f.sender_told_by == "MANAGER" || f.sender_told_by == "UNLINKED_ACCOUNT";
  Ask(told || (f.sender_told_by.empty() && !f.sender_not_told_reason.empty()), "7.9", "senderToldBy",
      "Say how the sender was told (MANAGER or UNLINKED_ACCOUNT), or why not (senderNotToldReason).", no);
  Ask(f.sender_told_by != "MANAGER" || !f.told_by_target, "7.9", "toldBy",
      "It was aimed at them: another manager tells the sender, or it is done from an account that is not linked to anybody.", no);
}

void AskStaffNamed(const OutcomeFacts& f, Refusals& no) {
  if (f.kind == Kind::STAFF_NAMED_PERSON_TOLD) {
    Ask(!f.wishes.empty(), "12.8", "wishes", "Record what the person named wishes to be done.", no);
    Ask(f.by_line_manager || !f.absence.empty(), "12.8", "absence", "Their line manager tells them; say why somebody else had to.", no);
  }
  if (f.kind == Kind::STAFF_NAMED_EVIDENCE && f.outcome == Out::KEPT) {
    Ask(!f.web_link.empty() || f.evidence_named, "12.6", "webLink", "Keep a link, or a screenshot as evidence (evidenceIds).", no);
  }
  if (f.kind == Kind::STAFF_NAMED_REMOVAL) {
    Ask(!f.wishes.empty(), "12.8", "wishes", "Record what the person named wishes.", no);
    if (f.outcome == Out::REQUESTED)
      Ask(!f.escalation_risk.empty(), "12.10", "escalationRisk", "Say that the risk of escalation was weighed.", no);
    if (f.outcome == Out::NOT_REQUESTED)
      Ask(!f.reason.empty() || !f.escalation_risk.empty(), "12.10", "reason", "Say why removal is not asked for.", no);
  }
  if (f.kind == Kind::STAFF_NAMED_PERSONAL_RECORD && f.outcome == Out::NOTED) {
    Ask(f.person_agrees, "12.10", "personAgrees", "A note is made by HR and the person together.", no);
  }
}

void AskReason(const OutcomeFacts& f, Refusals& no) {
  switch (f.outcome) {
    case Out::RECORD:
    case Out::DO_NOT_RECORD:
      return Ask(!f.reason.empty(), "8.9", "reason", "Say why it is, or is not, recorded.", no);
    case Out::TO_REGISTER:
    case Out::NOT_TO_REGISTER:
      return Ask(!f.reason.empty(), "4.3", "reason", "Say why it does, or does not, belong on the register.", no);
    case Out::PROPOSE:
    case Out::DO_NOT_PROPOSE:
      return Ask(!f.reason.empty(), "7.11", "reason", "Say why a proposal is, or is not, called for.", no);
    case Out::ACTION_TAKEN:
    case Out::NO_ACTION:
      return Ask(!f.reason.empty(), "7.12", "reason", "The reason for what is done online is recorded.", no);
    case Out::TOLD:
      if (f.kind != Kind::PERSON_INFORMED_DECISION) return;
      [[fallthrough]];
    case Out::NOT_TOLD:
      return Ask(!f.reason.empty(), "7.13", "reason", "Say why the person who made the threat is, or is not, told.", no);
    case Out::NOT_AVAILABLE:
      return Ask(!f.reason.empty(), "12.2", "reason", "Say why it can't be had.", no);
    case Out::STATED:
      return Ask(!f.reason.empty() || !f.note.empty(), "12.2", "reason",
                 f.kind == Kind::PERSON_CHECK ? "Say how you know whom it is about." : "Say what was missing.", no);
    case Out::REPORTED:
    case Out::NOT_REPORTED:
    case Out::HELD:
    case Out::DECLINED:
    case Out::GIVEN:
    case Out::UNACCEPTABLE:
    case Out::ACCEPTABLE:
    case Out::STATEMENT_GIVEN:
    case Out::KEPT:
    case Out::REQUESTED:
    case Out::NOT_REQUESTED:
    case Out::NOTED:
    case Out::NOT_NOTED:
    case Out::OUTCOME_UNSPECIFIED:
      return;
  }
}

}  // namespace

std::span<const OutcomeRule> OutcomeRules() { return kRules; }

const OutcomeRule* FindOutcomeRule(FollowUpKind::Value kind, FollowUpOutcome::Value outcome) {
  for (const OutcomeRule& rule : kRules) {
    if (rule.kind == kind && rule.outcome == outcome) return &rule;
  }
  return nullptr;
}

Refusals RefusalsToEnd(FollowUpKind::Value kind, FollowUpOutcome::Value outcome, const Standing& standing) {
  const OutcomeRule* rule = FindOutcomeRule(kind, outcome);
  if (rule == nullptr) return {};  // content: RefusalsOfOutcome says so
  const bool their_own = rule->by == EndedBy::kStaffOrManager && !standing.staff_id.empty() && standing.actor.id == standing.staff_id;
  if (standing.closed && rule->by != EndedBy::kAnyStaff && (!their_own || standing.subject_or_manager))
    return {{"council rule", "", "The person works for the council: their own team and manager decide nothing on the case."}};
  if (!May(rule->by, standing)) return {{std::string(rule->clause), "", std::string(rule->refusal)}};
  const bool decides = outcome == Out::NOT_REPORTED && kind == Kind::POLICE_DECISION;
  if (decides && Contains(standing.affected, standing.actor.id)) {
    return {{"council rule", "", "Whoever was threatened does not decide alone that it is not reported; another manager does."}};
  }
  return {};
}

Refusals RefusalsOfOutcome(const OutcomeFacts& facts) {
  Refusals no;
  if (FindOutcomeRule(facts.kind, facts.outcome) == nullptr) {
    std::string allowed;
    for (const OutcomeRule& rule : kRules) {
      if (rule.kind != facts.kind) continue;
      allowed += (allowed.empty() ? "" : ", ") + FollowUpOutcome::Value_Name(rule.outcome);
    }
    no.push_back({"council rule", "outcome", "This follow-up ends with one of: " + allowed + "."});
    return no;
  }
  if (facts.kind == Kind::POLICE_DECISION) AskPolice(facts, no);
  if (facts.kind == Kind::CORRESPONDENCE_DECISION) AskCorrespondence(facts, no);
  if (facts.kind == Kind::DEBRIEF && facts.outcome == Out::HELD) {
    Ask(!facts.agreed_actions.empty(), "10.4", "agreedActions", "Note what was agreed, if only that nothing more is needed.", no);
  }
  if (facts.kind == Kind::INJURY_REPORT && facts.outcome == Out::NOT_REPORTED) {
    Ask(!facts.reason.empty(), "RIDDOR 2013", "reason", "Say why the injury is not reported.", no);
  }
  AskStaffNamed(facts, no);
  AskReason(facts, no);
  return no;
}

}  // namespace evenhand::incident
