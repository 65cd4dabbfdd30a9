// Who may do what with people, the register, restrictions and contact checks (policy 4.1-4.2, 7.3, 9.8, 12.4).
#include "services/authority/authority.h"

namespace evenhand {
namespace {

using enum Role;

constexpr std::string_view kNeedToKnow = "Only those who need a person's record for their work may see or change it.";
constexpr std::string_view kLeader = "A team leader or above of this service area does this.";
constexpr std::string_view kCouncil = "Administrators enter the council's service areas; whoever has a role reads them.";
constexpr std::string_view kManager = "A senior manager of this service area decides this.";

const std::vector<Role> kLeaders = {kTeamLeader, kSeniorManager, kStrategicDirector};
const std::vector<Role> kManagers = {kSeniorManager, kStrategicDirector};
const std::vector<Role> kStaff = {kEmployee, kTeamLeader, kSeniorManager, kStrategicDirector};
const std::vector<Role> kWhoMeetsPeople = {
    kEmployee, kTeamLeader, kSeniorManager, kStrategicDirector, kHrBusinessPartner, kCommunicationsLead, kHealthSafetyAdviser,
    kCrm,      kPortal};
const std::vector<Role> kNobody = {};

std::vector<Rule> PeopleRules() {
  const std::vector<Role> readers = {kTeamLeader, kSeniorManager, kStrategicDirector, kAuditor, kDataProtectionOfficer};
  return {
      // A person belongs to no area: the record itself asks for a tie or a reason, and every look is audited (12.4).
      {"evenhand.restriction.v1.PersonService/CreatePerson", kNobody, kLeaders, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/GetPerson", kNobody, readers, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/UpdatePerson", kNobody, kLeaders, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/ResolvePeople", kNobody, readers, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/MergePeople", kNobody, kLeaders, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/UnmergePerson", kNobody, kLeaders, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/AnswerMergeQuestion", kNobody, kLeaders, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/RecordDeath", kNobody, kLeaders, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/RecordAdvocateResignation", kNobody, kLeaders, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/ExportPersonData",
       kNobody,
       {kDataProtectionOfficer},
       {},
       "UK GDPR art. 15",
       "A person's whole record is given out by the data protection officer."},
      // Whoever tried something, heard of a need or asks for themselves records it (5.4, 10.6, 12.1).
      {"evenhand.restriction.v1.PersonService/AddRestorativeStep", kNobody, kStaff, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/AddAdjustment", kNobody, kStaff, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/EndAdjustment", kNobody, kLeaders, {}, "council rule", kLeader},
      {"evenhand.restriction.v1.PersonService/AddNoContactRequest", kNobody, kStaff, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.PersonService/WithdrawNoContactRequest", kNobody, kStaff, {}, "12.4", kNeedToKnow},
  };
}

std::vector<Rule> RegisterRules() {
  // Team leaders come as far as the rule itself, which lets them decide under a delegation alone and else refuses by 4.3.
  return {
      {"evenhand.marker.v1.MarkerService/ProposeMarker", kLeaders, kNobody, {}, "4.3", kLeader},
      {"evenhand.marker.v1.MarkerService/GetMarker", kLeaders, {kAuditor, kHealthSafetyAdviser}, {}, "12.4", kNeedToKnow},
      {"evenhand.marker.v1.MarkerService/ConfirmMarker", kLeaders, kNobody, {}, "council rule", kManager},
      {"evenhand.marker.v1.MarkerService/ReviewMarker", kLeaders, kNobody, {}, "council rule", kManager},
      {"evenhand.marker.v1.MarkerService/RemoveMarker", kLeaders, kNobody, {}, "council rule", kManager},
  };
}

std::vector<Rule> DecisionRules() {
  // Team leaders come as far as the rule itself, which lets them decide under a delegation alone and else refuses by 7.3.
  return {
      {"evenhand.restriction.v1.RestrictionService/ProposeRestriction", kLeaders, kNobody, {}, "council rule", kLeader},
      {"evenhand.restriction.v1.RestrictionService/GetRestriction", kLeaders, {kStrategicDirector, kAuditor}, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.RestrictionService/ListRestrictions", kLeaders, {kStrategicDirector, kAuditor}, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.RestrictionService/ImposeRestriction", kLeaders, kNobody, {}, "7.3", kManager},
      // By who proposed it; the rule itself asks who that was.
      {"evenhand.restriction.v1.RestrictionService/UpdateRestriction", kLeaders, kNobody, {}, "council rule", kLeader},
      {"evenhand.restriction.v1.RestrictionService/ReturnRestriction", kLeaders, kNobody, {}, "7.3", kManager},
      {"evenhand.restriction.v1.RestrictionService/DeclineRestriction", kLeaders, kNobody, {}, "7.3", kManager},
      {"evenhand.restriction.v1.RestrictionService/WithdrawRestriction", kLeaders, kNobody, {}, "council rule", kLeader},
      {"evenhand.restriction.v1.RestrictionService/VaryRestriction", kLeaders, kNobody, {}, "7.3", kManager},
      {"evenhand.restriction.v1.RestrictionService/ReviewRestriction", kLeaders, kNobody, {}, "7.3", kManager},
      {"evenhand.restriction.v1.RestrictionService/LiftRestriction", kLeaders, kNobody, {}, "7.3", kManager},
      {"evenhand.restriction.v1.RestrictionService/SetLegalHold", kManagers, kNobody, {}, "council rule", kManager},
      {"evenhand.delegation.v1.DelegationService/CreateDelegation", kManagers, kNobody, {}, "4.1", kManager},
      {"evenhand.delegation.v1.DelegationService/ListDelegations", kLeaders, {kAuditor}, {}, "council rule", kLeader},
      {"evenhand.delegation.v1.DelegationService/RevokeDelegation", kManagers, kNobody, {}, "4.1", kManager},
      {"evenhand.retention.v1.RetentionService/ListRetentionRecords",
       {kSeniorManager},
       {kStrategicDirector, kAuditor, kAdministrator},
       {},
       "council rule",
       "Those who answer for records see what is due to be erased."},
  };
}

std::vector<Rule> CouncilRules() {
  std::vector<Role> everybody;
  for (int i = 0; i < kRoleCount; ++i) everybody.push_back(static_cast<Role>(i));
  return {
      {"evenhand.restriction.v1.ServiceAreaService/ListServiceAreas", kNobody, everybody, {}, "council rule", kCouncil},
      {"evenhand.restriction.v1.ServiceAreaService/PutServiceArea", kNobody, {kAdministrator}, {}, "council rule", kCouncil},
  };
}

std::vector<Rule> ContactRules() {
  return {
      {"evenhand.restriction.v1.ContactService/CheckContact", kNobody, kWhoMeetsPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.ContactService/BatchCheckContacts", kNobody, kWhoMeetsPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.ContactService/RecordContact", kNobody, kWhoMeetsPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.ContactService/ReplayContact", kNobody, {kAuditor, kStrategicDirector}, {}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.ContactStreamService/CheckContacts", kNobody, kWhoMeetsPeople, {"gateway"}, "12.4", kNeedToKnow},
  };
}

std::vector<Rule> BetweenServices() {
  return {
      {"evenhand.restriction.v1.RestrictionInternalService/GetDecisionFacts",
       kNobody,
       kNobody,
       {"appeal", "notification"},
       "12.4",
       kNeedToKnow},
      {"evenhand.restriction.v1.RestrictionInternalService/ApplyAppealOutcome", kNobody, kNobody, {"appeal"}, "12.4", kNeedToKnow},
      {"evenhand.restriction.v1.RestrictionInternalService/GetNotificationFacts",
       kNobody,
       kNobody,
       {"notification", "appeal"},
       "12.4",
       kNeedToKnow},
      {"evenhand.restriction.v1.RestrictionInternalService/GetPersonFacts",
       kNobody,
       kNobody,
       {"incident", "notification", "appeal"},
       "12.4",
       kNeedToKnow},
      {"evenhand.restriction.v1.RestrictionInternalService/ListCloseColleagues",
       kNobody,
       kNobody,
       {"incident", "notification", "appeal"},
       "12.4",
       kNeedToKnow},
      {"evenhand.restriction.v1.RestrictionInternalService/GetStatisticsPart",
       kNobody,
       kNobody,
       {"incident", "appeal", "notification", "gateway"},
       "12.4",
       kNeedToKnow},
  };
}

}  // namespace

std::vector<Rule> RestrictionRules() {
  std::vector<Rule> rules;
  for (const auto& part : {PeopleRules(), RegisterRules(), DecisionRules(), CouncilRules(), ContactRules(), BetweenServices()})
    rules.insert(rules.end(), part.begin(), part.end());
  return rules;
}

}  // namespace evenhand
