#include "services/platform/auth/platform_rules.h"

namespace evenhand {

std::vector<Rule> PlatformRules() {
  return {{.method = "evenhand.common.v1.EventService/DeliverEvent",
           .services = {"incident", "restriction", "appeal", "notification"},
           .clause = "4.1",
           .refusal = "Events come from the other services only."},
          {.method = "evenhand.common.v1.AuditInternalService/ListOwnAuditEntries",
           .services = {"incident", "restriction", "appeal", "notification"},
           .clause = "12.4",
           .refusal = "The audit is read through GET /v1/audit."},
          // Served by one process only, over all audits.
          {.method = "evenhand.common.v1.AuditService/ListAuditEntries",
           .in_any_area = {Role::kAuditor},
           .clause = "12.4",
           .refusal = "Only auditors read the audit."}};
}

}  // namespace evenhand
