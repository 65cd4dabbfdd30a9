// Who may do what with shares, letters, webhooks and audiences (policy 11, 12.4-12.7).
#include "services/authority/authority.h"

namespace evenhand {
namespace {

using enum Role;

constexpr std::string_view kReads = "Only those who manage the case, and auditors, read who was told about it.";
constexpr std::string_view kManages = "A team leader or above of this service area does this.";
constexpr std::string_view kShares = "A senior manager of this service area decides who else is told.";
constexpr std::string_view kAdministers = "Administrators keep this.";

// Whoever may be told something: each reads and acknowledges their own messages.
const std::vector<Role> kStaff = {kEmployee,           kTeamLeader,          kSeniorManager, kStrategicDirector, kHrBusinessPartner,
                                  kCommunicationsLead, kHealthSafetyAdviser, kAuditor,       kAdministrator};
const std::vector<Role> kWhoIntegrates = {kTeamLeader, kSeniorManager, kStrategicDirector, kAuditor, kAdministrator,
                                          kCrm,        kPortal,        kMonitoring};
const std::vector<Role> kManagers = {kTeamLeader, kSeniorManager, kStrategicDirector};

}  // namespace

std::vector<Rule> NotificationRules() {
  return {
      {"evenhand.notification.v1.NotificationService/ListNotifications", {}, kStaff, {}, "12.4", kReads},
      {"evenhand.notification.v1.NotificationService/GetNotification", {}, kStaff, {}, "12.4", kReads},
      {"evenhand.notification.v1.NotificationService/AcknowledgeNotification",
       {},
       kStaff,
       {},
       "council rule",
       "Sign in as the one who was told."},
      {"evenhand.notification.v1.NotificationService/RetryNotification", kManagers, {kAdministrator}, {}, "council rule", kManages},
      {"evenhand.notification.v1.NotificationService/RecordReturned", kManagers, {kAdministrator}, {}, "council rule", kManages},
      {"evenhand.notification.v1.NotificationService/RecordReceipt", {}, {kAdministrator, kCrm}, {}, "council rule", kAdministers},
      {"evenhand.notification.v1.NotificationService/ResolveEscalation",
       {kTeamLeader, kSeniorManager},
       {kStrategicDirector},
       {},
       "council rule",
       kManages},

      {"evenhand.notification.v1.ShareService/ListShares",
       {kTeamLeader, kSeniorManager, kHrBusinessPartner, kCommunicationsLead},
       {kStrategicDirector, kAuditor},
       {},
       "12.4",
       kReads},
      {"evenhand.notification.v1.ShareService/CreateShare", {kSeniorManager, kStrategicDirector}, {}, {}, "council rule", kShares},
      {"evenhand.notification.v1.ShareService/DeclineShare", {kSeniorManager, kStrategicDirector}, {}, {}, "council rule", kShares},

      {"evenhand.notification.v1.LetterService/ListLetters", kManagers, {kAuditor}, {}, "12.4", kReads},
      {"evenhand.notification.v1.LetterService/GetLetter",
       {kTeamLeader, kSeniorManager},
       {kStrategicDirector, kAuditor},
       {},
       "12.4",
       kReads},
      {"evenhand.notification.v1.LetterService/GetLetterPdf",
       {kTeamLeader, kSeniorManager},
       {kStrategicDirector, kAuditor},
       {},
       "12.4",
       kReads},
      {"evenhand.notification.v1.LetterService/PreviewLetter",
       {kTeamLeader, kSeniorManager},
       {kStrategicDirector},
       {},
       "council rule",
       kManages},
      {"evenhand.notification.v1.LetterService/CreateLetter",
       kManagers,
       {},
       {},
       "7.11",
       "A team leader or above of this service area writes to the person."},
      {"evenhand.notification.v1.LetterService/RecordPosted", kManagers, {}, {}, "council rule", kManages},
      {"evenhand.notification.v1.LetterService/RetryLetter", kManagers, {}, {}, "council rule", kManages},
      {"evenhand.notification.v1.LetterService/ConfirmAddress", kManagers, {}, {}, "council rule", kManages},
      {"evenhand.notification.v1.LetterService/RecordTold", kManagers, {}, {}, "council rule", kManages},
      {"evenhand.notification.v1.LetterService/ListTemplates",
       {},
       {kTeamLeader, kSeniorManager, kStrategicDirector, kAuditor, kAdministrator},
       {},
       "council rule",
       kManages},

      {"evenhand.notification.v1.WebhookService/ListEventTypes",
       {},
       kWhoIntegrates,
       {},
       "council rule",
       "Sign in to see what there is to be told of."},
      {"evenhand.notification.v1.WebhookService/CreateWebhook", {}, {kAdministrator}, {}, "council rule", kAdministers},
      {"evenhand.notification.v1.WebhookService/ListWebhooks", {}, {kAdministrator, kAuditor}, {}, "council rule", kAdministers},
      {"evenhand.notification.v1.WebhookService/GetWebhook", {}, {kAdministrator, kAuditor}, {}, "council rule", kAdministers},
      {"evenhand.notification.v1.WebhookService/DeleteWebhook", {}, {kAdministrator}, {}, "council rule", kAdministers},
      {"evenhand.notification.v1.WebhookService/ReplayWebhook", {}, {kAdministrator}, {}, "council rule", kAdministers},
      {"evenhand.notification.v1.WebhookService/ListWebhookDeliveries", {}, {kAdministrator, kAuditor}, {}, "council rule", kAdministers},
      {"evenhand.notification.v1.WebhookService/RollWebhookSecret", {}, {kAdministrator}, {}, "council rule", kAdministers},

      {"evenhand.notification.v1.AudienceService/ListAudiences",
       {},
       {kTeamLeader, kSeniorManager, kStrategicDirector, kAuditor, kAdministrator},
       {},
       "council rule",
       kAdministers},
      {"evenhand.notification.v1.AudienceService/GetAudience",
       {},
       {kTeamLeader, kSeniorManager, kStrategicDirector, kAuditor, kAdministrator},
       {},
       "council rule",
       kAdministers},
      {"evenhand.notification.v1.AudienceService/PutAudience",
       {kSeniorManager, kStrategicDirector},
       {kAdministrator},
       {},
       "council rule",
       "Administrators keep the audiences; a senior manager keeps those of their own service area."},

      // HR and communications: the tasks of a closed circle alone (12.6).
      {"evenhand.notification.v1.TaskService/ListTasks",
       kManagers,
       {kHrBusinessPartner, kCommunicationsLead, kAuditor, kAdministrator},
       {},
       "12.4",
       kReads},
      {"evenhand.notification.v1.TaskService/GetTask",
       kManagers,
       {kHrBusinessPartner, kCommunicationsLead, kAuditor, kAdministrator},
       {},
       "12.4",
       kReads},
      {"evenhand.notification.v1.TaskService/CompleteTask",
       kManagers,
       {kHrBusinessPartner, kCommunicationsLead, kAdministrator},
       {},
       "council rule",
       kManages},

      {"evenhand.notification.v1.NotificationInternalService/GetToldAbout",
       {},
       {},
       {"restriction", "incident"},
       "council rule",
       "Between services only."},
  };
}

}  // namespace evenhand
