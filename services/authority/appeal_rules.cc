// Who may do what with appeals (policy 7.3, 9.8). A strategic director hears appeals from any area; the rest holds in one's own.
#include "services/authority/authority.h"

namespace evenhand {
namespace {

using enum Role;

constexpr std::string_view kRecords = "Team leaders and above of this service area record appeals; a strategic director anywhere.";
constexpr std::string_view kHears = "An appeal is heard by a strategic director.";
constexpr std::string_view kReads = "Appeals are read by those who manage the case, by the directors who hear them and by auditors.";

const std::vector<Role> kManagers = {kTeamLeader, kSeniorManager};

}  // namespace

std::vector<Rule> AppealRules() {
  return {
      // Handed in at any counter, to any officer, through the portal: whoever stands there takes it in.
      {"evenhand.appeal.v1.AppealService/LodgeAppeal",
       {},
       {kEmployee, kTeamLeader, kSeniorManager, kStrategicDirector, kHrBusinessPartner, kCommunicationsLead, kHealthSafetyAdviser,
        kAdministrator, kCrm, kPortal},
       {},
       "council rule",
       "Sign in as a member of staff, the CRM or the portal to take an appeal in."},
      {"evenhand.appeal.v1.AppealService/GetAppeal", kManagers, {kStrategicDirector, kAuditor}, {}, "12.4", kReads},
      {"evenhand.appeal.v1.AppealService/ListAppeals", kManagers, {kStrategicDirector, kAuditor}, {}, "12.4", kReads},
      {"evenhand.appeal.v1.AppealService/AcknowledgeAppeal", kManagers, {kStrategicDirector}, {}, "council rule", kRecords},
      {"evenhand.appeal.v1.AppealService/AssignAppeal",
       {kSeniorManager},
       {kStrategicDirector},
       {},
       "council rule",
       "A senior manager of this service area or a strategic director gives an appeal to a director."},
      {"evenhand.appeal.v1.AppealService/RequestInformation", kManagers, {kStrategicDirector}, {}, "council rule", kRecords},
      {"evenhand.appeal.v1.AppealService/ReceiveInformation", kManagers, {kStrategicDirector}, {}, "council rule", kRecords},
      {"evenhand.appeal.v1.AppealService/AcceptLateAppeal",
       {},
       {kStrategicDirector},
       {},
       "council rule",
       "A strategic director decides whether a late appeal is taken on."},
      {"evenhand.appeal.v1.AppealService/RefuseAppeal",
       {},
       {kStrategicDirector},
       {},
       "council rule",
       "A strategic director decides whether a late appeal is taken on."},
      {"evenhand.appeal.v1.AppealService/CorrectReceipt", kManagers, {kStrategicDirector}, {}, "council rule", kRecords},
      {"evenhand.appeal.v1.AppealService/DecideAppeal", {}, {kStrategicDirector}, {}, "7.3", kHears},
      {"evenhand.appeal.v1.AppealService/WithdrawAppeal", kManagers, {kStrategicDirector}, {}, "council rule", kRecords},

      {"evenhand.appeal.v1.CalendarService/ListHolidays",
       {},
       {kEmployee, kTeamLeader, kSeniorManager, kStrategicDirector, kHrBusinessPartner, kCommunicationsLead, kHealthSafetyAdviser, kAuditor,
        kUnionRepresentative, kAdministrator, kCrm, kPortal, kMonitoring},
       {"notification", "restriction"},
       "council rule",
       "Sign in to see the calendar."},
      {"evenhand.appeal.v1.CalendarService/AddWorkingDays",
       {},
       {kEmployee, kTeamLeader, kSeniorManager, kStrategicDirector, kHrBusinessPartner, kCommunicationsLead, kHealthSafetyAdviser, kAuditor,
        kUnionRepresentative, kAdministrator, kCrm, kPortal, kMonitoring},
       {"notification", "restriction"},
       "council rule",
       "Sign in to see the calendar."},
      {"evenhand.appeal.v1.CalendarService/AddHoliday", {}, {kAdministrator}, {}, "council rule", "Administrators keep the calendar."},
      {"evenhand.appeal.v1.CalendarService/RemoveHoliday", {}, {kAdministrator}, {}, "council rule", "Administrators keep the calendar."},

      {"evenhand.appeal.v1.AppealInternalService/GetOpenAppeals",
       {},
       {},
       {"restriction", "incident", "notification"},
       "council rule",
       "Between services only."},
      {"evenhand.appeal.v1.AppealInternalService/GetAppealsOf",
       {},
       {},
       {"restriction", "incident", "notification"},
       "council rule",
       "Between services only."},
      {"evenhand.appeal.v1.AppealInternalService/GetAppealLetterFacts", {}, {}, {"notification"}, "council rule", "Between services only."},
      {"evenhand.appeal.v1.AppealInternalService/CountAppeals",
       {},
       {},
       {"restriction", "incident", "notification"},
       "council rule",
       "Between services only."},
  };
}

}  // namespace evenhand
