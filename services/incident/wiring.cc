#include "services/incident/wiring.h"

#include <sodium.h>

#include <absl/strings/numbers.h>

#include "services/authority/authority.h"
#include "services/incident/app/evidence.h"
#include "services/incident/app/heard.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/rpc/evidence_rpc.h"
#include "services/incident/rpc/incident_rpc.h"
#include "services/platform/base/check.h"

namespace evenhand::incident {

std::span<const Migration> Migrations();

namespace {

// What evidence needs, as long as the service lives.
struct Vault {
  Vault(UnitOfWork& work, const Neighbours& neighbours, const Settings& settings)
      : keys(settings.Get("evidence-keys").empty() ? settings.state_dir + "/evidence-keys" : settings.Get("evidence-keys"),
             [&work, &settings] { return settings.mode == "dev" && NoEvidenceYet(work, OptionsOf(settings).folder); }),
        desk(work, neighbours, keys, OptionsOf(settings)) {}

  static EvidenceOptions OptionsOf(const Settings& settings) {
    EvidenceOptions options{.folder = settings.state_dir + "/evidence", .clamd = settings.Get("clamd")};
    std::int64_t mebibytes = 0;
    if (absl::SimpleAtoi(settings.Get("evidence-max-mib"), &mebibytes) && mebibytes > 0) options.max_bytes = mebibytes << 20;
    (void)absl::SimpleAtoi(settings.Get("evidence-aside-days"), &options.aside_days);
    return options;
  }

  KeyRing keys;
  EvidenceDesk desk;
};

}  // namespace

Wiring Wire(Platform& platform) {
  EVENHAND_CHECK(sodium_init() >= 0, "libsodium must start");
  UnitOfWork& work = platform.unit_of_work;
  const std::shared_ptr<Neighbours> neighbours = OverGrpc(platform.peer("restriction"), platform.peer("appeal"));
  const auto vault = std::make_shared<Vault>(work, *neighbours, platform.settings);
  platform.background.Every(absl::Seconds(5), "scan evidence", [vault] { vault->desk.ScanWaiting(); });
  platform.background.Every(absl::Seconds(30), "rotate evidence keys", [vault] { vault->desk.RotateKeys(); });
  platform.background.Every(absl::Minutes(10), "clean up evidence", [vault] { vault->desk.CleanUp(); });
  platform.background.Every(absl::Seconds(2), "late follow-ups", [&work] { EscalateLateFollowUps(work); });
  platform.background.Every(absl::Seconds(2), "named people", [&work, neighbours] { AskForNamedPeople(work, *neighbours); });
  platform.background.Every(absl::Minutes(1), "injuries", [&work] { LookAtInjuriesAgain(work); });
  platform.background.Always(absl::Seconds(5), "gauges", [&work] { SetGauges(work); });
  Wiring wiring;
  wiring.services = {
      std::make_shared<IncidentRpc>(platform.rpc("evenhand.incident.v1.IncidentService"), work, *neighbours),
      std::make_shared<FollowUpRpc>(platform.rpc("evenhand.incident.v1.FollowUpService"), work, *neighbours),
      std::make_shared<ImportRpc>(platform.rpc("evenhand.incident.v1.ImportService"), work, *neighbours, platform.clock),
      std::make_shared<EvidenceRpc>(platform.rpc("evenhand.incident.v1.EvidenceService"), vault->desk),
      std::make_shared<StatisticsRpc>(platform.rpc("evenhand.incident.v1.StatisticsService"), work, *neighbours),
      std::make_shared<IncidentInternalRpc>(platform.rpc("evenhand.incident.v1.IncidentInternalService"), work),
  };
  wiring.events = HandlersOfHeard();
  wiring.kept = {vault, neighbours};
  return wiring;
}

ServiceSpec Spec() {
  return {.name = "incident",
          .migrations = Migrations(),
          .rules = IncidentRules(),
          // Restrictions and register entries rest on incidents and hear what shakes or founds them; that one was recorded, and what is
          // due for it, is not told to them: an import of a year would be a hundred thousand events for nobody.
          .routes = {{"incident.amended", "restriction"},
                     {"incident.withdrawn", "restriction"},
                     {"incident.marked_duplicate", "restriction"},
                     {"incident.evidence_infected", "restriction"},
                     {"incident.person_unlinked", "restriction"},
                     {"incident.person_linked", "restriction"},
                     {"incident.person_returned", "restriction"},
                     {"incident.register_decided", "restriction"},
                     // Tells readers and those whom 12.6 names, and the webhooks.
                     {"incident.", "notification"}},
          .wire = Wire};
}

}  // namespace evenhand::incident
