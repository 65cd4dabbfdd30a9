#include "services/restriction/wiring.h"

#include "services/platform/audit/audit_rpc.h"
#include "services/restriction/app/follow_incidents.h"
#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/wire_check.h"
#include "services/restriction/clients/appeal_client.h"
#include "services/restriction/clients/incident_client.h"
#include "services/restriction/rpc/internal_rpc.h"
#include "services/restriction/rpc/marker_rpc.h"
#include "services/restriction/rpc/person_rpc.h"
#include "services/restriction/rpc/restriction_rpc.h"

namespace evenhand::restriction {
namespace {

// Expiry needs no sweep to hold; the sweep tells the others of it. A minute is soon enough for dates, seconds for ends.
constexpr absl::Duration kExpireEvery = absl::Seconds(2);
constexpr absl::Duration kRemindEvery = absl::Seconds(10);

constexpr char kPackage[] = "evenhand.restriction.v1.";

void AddDoors(Platform& platform, EvidenceSource& evidence, AppealSource& appeals, Wiring& wiring) {
  UnitOfWork& work = platform.unit_of_work;
  const auto rpc = [&](const char* service) -> const Rpc& { return platform.rpc(std::string(kPackage) + service); };
  wiring.services.push_back(std::make_shared<RestrictionRpc>(rpc("RestrictionService"), RestrictionProposer(work, evidence),
                                                             DecideRestriction(work, evidence), ReadRestrictions(work),
                                                             DelegateAuthority(work)));
  wiring.services.push_back(std::make_shared<PersonRpc>(rpc("PersonService"), RegisterPerson(work), CareForPerson(work), PeopleMerger(work),
                                                        ExportPerson(work, evidence, appeals)));
  wiring.services.push_back(std::make_shared<MarkerRpc>(rpc("MarkerService"), KeepRegister(work, evidence)));
  wiring.services.push_back(std::make_shared<InternalRpc>(rpc("RestrictionInternalService"), FactsForServices(work, evidence),
                                                          AppealEffect(work), CountStatistics(work)));
}

void AddAudit(Platform& platform, Wiring& wiring) {
  AuditRpc::Channels channels;
  for (const char* peer : {"incident", "restriction", "appeal", "notification"}) channels[peer] = platform.peer(peer);
  wiring.services.push_back(std::make_shared<AuditRpc>(platform.rpc("evenhand.common.v1.AuditService"), platform.unit_of_work, channels));
}

}  // namespace

Wiring Wire(Platform& platform) {
  Wiring wiring;
  const auto incidents = std::make_shared<IncidentClient>(platform.peer("incident"));
  const auto appeals = std::make_shared<AppealClient>(platform.peer("appeal"));
  const auto sweeps = std::make_shared<Sweeps>(platform.unit_of_work);
  AddDoors(platform, *incidents, *appeals, wiring);
  AddAudit(platform, wiring);
  wiring.events = HandlersOfEvents(*incidents);
  wiring.kept = {incidents, appeals, sweeps};
  WireCheck(platform, wiring);
  platform.background.Every(kExpireEvery, "expire", [sweeps] { sweeps->ExpireRestrictions(); });
  platform.background.Every(kRemindEvery, "reviews", [sweeps] { sweeps->AlarmOverdueReviews(); });
  platform.background.Every(kRemindEvery, "look-again", [sweeps] { sweeps->LookAgain(); });
  platform.background.Every(kRemindEvery, "measure", [sweeps] { sweeps->Measure(); });
  return wiring;
}

}  // namespace evenhand::restriction
