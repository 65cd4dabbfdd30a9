// Who may do what with incidents, follow-ups, evidence, imports and statistics (policy 4.1-4.4, 7.14, 12.3-12.7, 13).
#include "services/authority/authority.h"

namespace evenhand {
namespace {

using enum Role;

constexpr std::string_view kNeedToKnow = "Only those who need to know may read this.";
constexpr std::string_view kStaffOnly = "Staff of the council do this.";
constexpr std::string_view kPortalOnly = "The Health and Safety portal, or a health and safety adviser, brings records in.";

// The finer rule, who stands how close to an incident, is the table of readers in services/incident/domain/readers.cc.
const std::vector<Role> kNobody = {};
const std::vector<Role> kPeople = {kEmployee,          kTeamLeader,         kSeniorManager,      kStrategicDirector,
                                   kHrBusinessPartner, kCommunicationsLead, kHealthSafetyAdviser};
const std::vector<Role> kRecorders = {
    kEmployee, kTeamLeader, kSeniorManager, kStrategicDirector, kHrBusinessPartner, kCommunicationsLead, kHealthSafetyAdviser,
    kPortal,   kCrm};
const std::vector<Role> kImporters = {kPortal, kHealthSafetyAdviser};
const std::vector<Role> kMenders = {
    kPortal, kHealthSafetyAdviser, kTeamLeader, kSeniorManager, kStrategicDirector, kHrBusinessPartner, kCommunicationsLead};
const std::vector<Role> kReadersOfNumbers = {kTeamLeader,         kSeniorManager,       kStrategicDirector, kHrBusinessPartner,
                                             kCommunicationsLead, kHealthSafetyAdviser, kAuditor,           kUnionRepresentative,
                                             kAdministrator,      kMonitoring};

}  // namespace

std::vector<Rule> IncidentRules() {
  return {
      // Anyone may record, wherever it happened (4.4).
      {"evenhand.incident.v1.IncidentService/RecordIncident", kNobody, kRecorders, {}, "4.4", kStaffOnly},
      {"evenhand.incident.v1.IncidentService/GetIncident", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/ListIncidents", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/SearchIncidents", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/AmendIncident", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/WithdrawIncident", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/LinkPerson", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/UnlinkPerson", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/MarkDuplicate", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentService/AddStatement", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.FollowUpService/ListFollowUps", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.FollowUpService/GetFollowUp", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.FollowUpService/CompleteFollowUp", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.FollowUpService/DeclineFollowUp", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.FollowUpService/ReassignFollowUp", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.EvidenceService/AddEvidence", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.EvidenceService/GetEvidence", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.EvidenceService/GetEvidenceContent", kNobody, kPeople, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.ImportService/ImportIncidents", kNobody, kImporters, {}, "council rule", kPortalOnly},
      {"evenhand.incident.v1.ImportService/ListImportRejections", kNobody, kMenders, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.ImportService/GetImportRejection", kNobody, kMenders, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.ImportService/RetryImportRejection", kNobody, kMenders, {}, "council rule", kPortalOnly},
      {"evenhand.incident.v1.StatisticsService/GetStatistics", kNobody, kReadersOfNumbers, {}, "12.4", kNeedToKnow},
      {"evenhand.incident.v1.IncidentInternalService/GetGroundsFacts",
       kNobody,
       kNobody,
       {"restriction", "appeal", "notification"},
       "12.4",
       kNeedToKnow},
      {"evenhand.incident.v1.IncidentInternalService/ListIncidentsOfPeople", kNobody, kNobody, {"restriction"}, "12.4", kNeedToKnow},
  };
}

}  // namespace evenhand
