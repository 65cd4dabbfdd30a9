#include "services/incident/wiring.h"

#include "services/authority/authority.h"
#include "services/incident/app/heard.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/rpc/incident_rpc.h"

namespace evenhand::incident {

std::span<const Migration> Migrations();

Wiring Wire(Platform& platform) {
  UnitOfWork& work = platform.unit_of_work;
  platform.background.Every(absl::Seconds(2), "late follow-ups", [&work] { EscalateLateFollowUps(work); });
  platform.background.Every(absl::Minutes(1), "injuries", [&work] { LookAtInjuriesAgain(work); });
  platform.background.Always(absl::Seconds(5), "gauges", [&work] { SetGauges(work); });
  Wiring wiring;
  wiring.services = {
      std::make_shared<IncidentRpc>(platform.rpc("evenhand.incident.v1.IncidentService"), work),
      std::make_shared<FollowUpRpc>(platform.rpc("evenhand.incident.v1.FollowUpService"), work),
      std::make_shared<ImportRpc>(platform.rpc("evenhand.incident.v1.ImportService"), work, platform.clock),
      std::make_shared<StatisticsRpc>(platform.rpc("evenhand.incident.v1.StatisticsService"), work),
      std::make_shared<IncidentInternalRpc>(platform.rpc("evenhand.incident.v1.IncidentInternalService"), work),
  };
  wiring.events = HandlersOfHeard();
  return wiring;
}

ServiceSpec Spec() {
  return {.name = "incident",
          .migrations = Migrations(),
          .rules = IncidentRules(),
          // Restrictions rest on incidents; the notification service tells readers and those whom 12.6 names.
          .routes = {{"incident.", "restriction"}, {"incident.", "notification"}},
          .wire = Wire};
}

}  // namespace evenhand::incident
