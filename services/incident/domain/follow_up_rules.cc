#include "services/incident/domain/follow_up_rules.h"

#include "services/incident/domain/injury_rule.h"

namespace evenhand::incident {
namespace {

using Facts = IncidentFacts;
using Kind = FollowUpKind;

bool Always(const Facts&) { return true; }
bool ContactEnded(const Facts& f) { return f.contact_ended; }
bool NotAcceptedButNotEnded(const Facts& f) {
  return !f.contact_ended && (f.Has(Behaviour::VIOLENCE) || f.Has(Behaviour::PHYSICAL_THREAT) || f.Has(Behaviour::ABUSE));
}
// 7.12: a direct threat on social media is a physical threat, whatever the behaviour was called.
bool PhysicalThreat(const Facts& f) { return f.Has(Behaviour::PHYSICAL_THREAT) || (f.channel == Channel::SOCIAL_MEDIA && f.threat_named); }
bool ThreatReported(const Facts& f) { return PhysicalThreat(f) && f.police_reported == true; }
bool Written(const Facts& f) { return f.channel == Channel::EMAIL || f.channel == Channel::LETTER || f.channel == Channel::ONLINE_FORM; }
bool AbusiveWords(const Facts& f) {
  return f.Has(Behaviour::VIOLENCE) || f.Has(Behaviour::PHYSICAL_THREAT) || f.Has(Behaviour::ABUSE) ||
         f.Has(Behaviour::UNFOUNDED_ALLEGATION);
}
bool AbusiveCorrespondence(const Facts& f) { return Written(f) && AbusiveWords(f); }
bool CorrespondenceAtTheHighEnd(const Facts& f) { return AbusiveCorrespondence(f) && (f.high_end || f.repeated_after_warning); }
bool OutsideContact(const Facts& f) { return f.Has(Behaviour::CONTACT_OUTSIDE_OFFICE) || f.channel == Channel::OUTSIDE_WORK; }
bool ForTheRegister(const Facts& f) {
  return f.Has(Behaviour::VIOLENCE) || PhysicalThreat(f) || f.Has(Behaviour::ABUSE) || f.Has(Behaviour::HARASSMENT);
}
bool StaffNamed(const Facts& f) { return f.Has(Behaviour::NAMED_PUBLICLY); }
bool OnlineWithoutAction(const Facts& f) {
  return f.channel == Channel::SOCIAL_MEDIA && !f.online_action_recorded && (AbusiveWords(f) || f.Has(Behaviour::HARASSMENT));
}
bool WarningMissing(const Facts& f) { return f.warning_missing; }
bool ImpactMissing(const Facts& f) { return f.impact_missing; }

constexpr int kDay = kHoursADay;

constexpr FollowUpRule kRules[] = {
    // clause   when                                     holds                       what follows                     for each owner due in
    // working hours
    {"10.3", "contact was ended", ContactEnded, Kind::LINE_MANAGER_DISCUSSION, ForEach::kAffected, OwnedBy::kLineManager, 1 * kDay, ""},
    {"7.6", "violence, threat or abuse, and contact went on", NotAcceptedButNotEnded, Kind::LINE_MANAGER_DISCUSSION, ForEach::kAffected,
     OwnedBy::kLineManager, 1 * kDay, ""},
    {"10.4", "always", Always, Kind::DEBRIEF, ForEach::kInvolved, OwnedBy::kLineManager, 3 * kDay, ""},
    {"10.5", "always", Always, Kind::SUPPORT_REMINDER, ForEach::kAffected, OwnedBy::kLineManager, 1 * kDay, ""},
    {"10.4", "a member of staff asked for time away from contact", Always, Kind::TIME_AWAY, ForEach::kAskingForTimeAway,
     OwnedBy::kLineManager, 4, ""},
    {"7.13", "a physical threat, to staff or to a third party", PhysicalThreat, Kind::POLICE_DECISION, ForEach::kIncident,
     OwnedBy::kLineManager, 1 * kDay, ""},
    {"7.13", "a physical threat that the police were told of", ThreatReported, Kind::PERSON_INFORMED_DECISION, ForEach::kIncident,
     OwnedBy::kLineManager, 1 * kDay, ""},
    {"7.14", "somebody else saw it", Always, Kind::WITNESS_STATEMENT, ForEach::kWitness, OwnedBy::kTheOneItIsFor, 3 * kDay, ""},
    {"7.11", "violent or abusive words in writing", AbusiveCorrespondence, Kind::CORRESPONDENCE_DECISION, ForEach::kIncident,
     OwnedBy::kTeamLeader, 2 * kDay, ""},
    {"7.11", "abusive correspondence, repeated after a warning or at the high end", CorrespondenceAtTheHighEnd,
     Kind::PROPOSAL_CONSIDERATION, ForEach::kIncident, OwnedBy::kTeamLeader, 5 * kDay, ""},
    {"7.12", "abusive, harassing or threatening online, and no action recorded", OnlineWithoutAction, Kind::ONLINE_ACTION_DECISION,
     ForEach::kIncident, OwnedBy::kTeamLeader, 2 * kDay, ""},
    {"8.9", "contact outside the office", OutsideContact, Kind::OUTSIDE_CONTACT_DECISION, ForEach::kIncident, OwnedBy::kLineManager,
     2 * kDay, ""},
    {"4.3", "violence, threat, abuse or harassment", ForTheRegister, Kind::REGISTER_DECISION, ForEach::kIncident, OwnedBy::kTeamLeader,
     5 * kDay, ""},
    {"12.6", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_LINE_MANAGER, ForEach::kIncident, OwnedBy::kLineManager, 4, ""},
    {"12.6", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_HR, ForEach::kIncident, OwnedBy::kHr, 4, ""},
    {"12.6", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_COMMUNICATIONS, ForEach::kIncident, OwnedBy::kCommunications, 4, ""},
    {"12.6", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_EVIDENCE, ForEach::kIncident, OwnedBy::kCommunications, 1 * kDay, ""},
    {"12.8", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_PERSON_TOLD, ForEach::kAffected, OwnedBy::kLineManager, 1 * kDay, ""},
    {"12.9", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_SUPPORT, ForEach::kAffected, OwnedBy::kLineManager, 2 * kDay, ""},
    {"12.10", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_REMOVAL, ForEach::kIncident, OwnedBy::kCommunications, 2 * kDay, ""},
    {"12.10", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_LEADERSHIP, ForEach::kIncident, OwnedBy::kCommunications, 5 * kDay, ""},
    {"12.10", "staff named publicly", StaffNamed, Kind::STAFF_NAMED_PERSONAL_RECORD, ForEach::kAffected, OwnedBy::kHr, 10 * kDay, ""},
    {"7.7", "no warning was given and no reason is held", WarningMissing, Kind::MISSING_DETAIL, ForEach::kIncident, OwnedBy::kLineManager,
     2 * kDay, "warning.reasonNotGiven"},
    {"8.1", "OTHER without its impact", ImpactMissing, Kind::MISSING_DETAIL, ForEach::kIncident, OwnedBy::kLineManager, 2 * kDay, "impact"},
};

std::string_view RoleOf(OwnedBy owner) {
  switch (owner) {
    case OwnedBy::kLineManager:
      return "line_manager";
    case OwnedBy::kTeamLeader:
      return "team_leader";
    case OwnedBy::kSeniorManager:
      return "senior_manager";
    case OwnedBy::kHr:
      return "hr_business_partner";
    case OwnedBy::kCommunications:
      return "communications_lead";
    case OwnedBy::kHealthAndSafety:
      return "health_safety_adviser";
    case OwnedBy::kTheOneItIsFor:
      return "witness";
  }
  return "";
}

std::string OwnerOf(const FollowUpRule& rule, const Facts& facts, const std::string& staff_id) {
  if (rule.owner == OwnedBy::kLineManager) return facts.line_manager_id;
  return rule.owner == OwnedBy::kTheOneItIsFor ? staff_id : "";
}

OwnedBy Nobodys(const Facts& facts) {
  if (StaffNamed(facts)) return OwnedBy::kHr;
  return facts.area_known ? OwnedBy::kTeamLeader : OwnedBy::kHealthAndSafety;
}

OwnedBy OwnerWhere(const FollowUpRule& rule, const Facts& facts, const std::string& owner) {
  const bool managers = rule.owner == OwnedBy::kTeamLeader || (rule.owner == OwnedBy::kLineManager && owner.empty());
  return managers ? Nobodys(facts) : rule.owner;
}

std::vector<std::string> ForWhom(ForEach each, const Facts& facts) {
  switch (each) {
    case ForEach::kIncident:
      return {""};
    case ForEach::kAffected:
      return facts.affected;
    case ForEach::kInvolved:
      return facts.involved;
    case ForEach::kWitness:
      return facts.witnesses;
    case ForEach::kAskingForTimeAway:
      return facts.time_away;
  }
  return {};
}

// Days and not working hours: the Regulations count calendar days.
void AddInjuryReport(const Facts& facts, absl::Time now, std::vector<WantedFollowUp>& wanted) {
  const InjuryClock clock = ClockOf(facts.injury, DateOf(facts.occurred_at), DateOf(now));
  if (!clock.reportable) return;
  wanted.push_back({Kind::INJURY_REPORT, "", "", "RIDDOR 2013", "", "health_safety_adviser", EndOf(*clock.report_by)});
}

}  // namespace

std::span<const FollowUpRule> FollowUpRules() { return kRules; }

std::string_view RoleForNobody(const IncidentFacts& facts) { return RoleOf(Nobodys(facts)); }

std::string WantedFollowUp::Key() const { return FollowUpKind::Value_Name(kind) + "/" + staff_id + "/" + detail; }

std::vector<WantedFollowUp> WantedFrom(const IncidentFacts& facts, absl::Time now, const WorkingDays& calendar) {
  std::vector<WantedFollowUp> wanted;
  if (!facts.stands || facts.old_history) return wanted;
  for (const FollowUpRule& rule : kRules) {
    if (!rule.holds(facts)) continue;
    for (const std::string& staff_id : ForWhom(rule.for_each, facts)) {
      const std::string owner = OwnerOf(rule, facts, staff_id);
      wanted.push_back({rule.kind, staff_id, std::string(rule.detail), std::string(rule.clause), owner,
                        std::string(RoleOf(OwnerWhere(rule, facts, owner))), calendar.AddHours(now, rule.working_hours)});
    }
  }
  AddInjuryReport(facts, now, wanted);
  return wanted;
}

}  // namespace evenhand::incident
