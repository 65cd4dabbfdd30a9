#include "services/platform/auth/platform_rules.h"

namespace evenhand {

std::vector<Rule> PlatformRules() {
  return {{.method = "evenhand.common.v1.EventService/DeliverEvent",
           .services = {"incident", "restriction", "appeal", "notification"},
           .clause = "council rule",
           .refusal = "Events come from the other services only."},
          {.method = "evenhand.audit.v1.AuditInternalService/ListOwnAuditEntries",
           .services = {"incident", "restriction", "appeal", "notification"},
           .clause = "council rule",
           .refusal = "The audit is read through GET /v1/audit."},
          // Served by one process only, over all audits.
          {.method = "evenhand.audit.v1.AuditService/ListAuditEntries",
           .in_any_area = {Role::kAuditor},
           .clause = "12.4",
           .refusal = "Only auditors read the audit."},
          {.method = "evenhand.work.v1.WorkInternalService/ListOwnWork",
           .services = {"restriction"},
           .clause = "council rule",
           .refusal = "What waits is read through GET /v1/work.",
           .anybody = true,
           .for_user = true},
          // Served by one process only, over all services.
          {.method = "evenhand.work.v1.WorkService/ListWork",
           .clause = "council rule",
           .refusal = "Only staff of the council have work here.",
           .anybody = true},
          {.method = "evenhand.work.v1.MeService/GetMe",
           .clause = "council rule",
           .refusal = "Only whoever signs in is told.",
           .anybody = true}};
}

}  // namespace evenhand
