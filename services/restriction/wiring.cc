#include "services/restriction/wiring.h"

#include <charconv>

#include "services/authority/authority.h"
#include "services/platform/audit/audit_rpc.h"
#include "services/restriction/app/follow_incidents.h"
#include "services/restriction/app/own_work.h"
#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/wire_check.h"
#include "services/restriction/clients/appeal_client.h"
#include "services/restriction/clients/incident_client.h"
#include "services/restriction/domain/policy_numbers.h"
#include "services/restriction/rpc/delegation_rpc.h"
#include "services/restriction/rpc/internal_rpc.h"
#include "services/restriction/rpc/marker_rpc.h"
#include "services/restriction/rpc/person_rpc.h"
#include "services/restriction/rpc/restriction_rpc.h"
#include "services/restriction/rpc/retention_rpc.h"
#include "services/restriction/rpc/service_area_rpc.h"
#include "services/restriction/store/handle_form.h"
#include "services/work/me_rpc.h"
#include "services/work/own_work_rpc.h"
#include "services/work/work_rpc.h"

namespace evenhand::restriction {
namespace {

// Expiry needs no sweep to hold; the sweep tells the others of it. A minute is soon enough for dates, seconds for ends.
constexpr absl::Duration kExpireEvery = absl::Seconds(2);
constexpr absl::Duration kRemindEvery = absl::Seconds(10);

// Dates are whole days; every hour, so that a hold that was released or a service that was away costs no day.
constexpr absl::Duration kRetainEvery = absl::Hours(1);

constexpr absl::Duration kFormEvery = absl::Seconds(2);

constexpr char kPackage[] = "evenhand.restriction.v1.";

void AddDoors(Platform& platform, EvidenceSource& evidence, AppealSource& appeals, Wiring& wiring) {
  UnitOfWork& work = platform.unit_of_work;
  const auto rpc = [&](const char* service) -> const Rpc& { return platform.rpc(std::string(kPackage) + service); };
  wiring.services.push_back(std::make_shared<RestrictionRpc>(rpc("RestrictionService"), RestrictionProposer(work, evidence),
                                                             DecideRestriction(work, evidence), ReadRestrictions(work)));
  wiring.services.push_back(
      std::make_shared<DelegationRpc>(platform.rpc("evenhand.delegation.v1.DelegationService"), DelegateAuthority(work)));
  wiring.services.push_back(
      std::make_shared<RetentionRpc>(platform.rpc("evenhand.retention.v1.RetentionService"), RetainRecords(work, evidence)));
  wiring.services.push_back(std::make_shared<PersonRpc>(rpc("PersonService"), PersonAccess(work, evidence), RegisterPerson(work),
                                                        CareForPerson(work), PeopleMerger(work, evidence),
                                                        ExportPerson(work, evidence, appeals)));
  wiring.services.push_back(std::make_shared<ServiceAreaRpc>(rpc("ServiceAreaService"), ServiceAreas(work, platform.areas)));
  wiring.services.push_back(std::make_shared<MarkerRpc>(platform.rpc("evenhand.marker.v1.MarkerService"), KeepRegister(work, evidence)));
  wiring.services.push_back(std::make_shared<InternalRpc>(rpc("RestrictionInternalService"), FactsForServices(work, evidence),
                                                          AppealEffect(work), CountStatistics(work)));
}

PolicyNumbers NumbersOf(const Settings& settings) {
  return {.review_months = settings.Number("review-months"),
          .marker_review_months = settings.Number("marker-review-months"),
          .retain_years = settings.Number("retain-years"),
          .retain_years_abuse = settings.Number("retain-years-abuse"),
          .retain_years_violence = settings.Number("retain-years-violence")};
}

// What spans all services.
void AddWhole(Platform& platform, Wiring& wiring) {
  AuditRpc::Channels channels;
  for (const char* peer : {"incident", "restriction", "appeal", "notification"}) channels[peer] = platform.peer(peer);
  wiring.services.push_back(std::make_shared<AuditRpc>(platform.rpc("evenhand.audit.v1.AuditService"), platform.unit_of_work, channels));
  wiring.services.push_back(std::make_shared<WorkRpc>(platform.rpc("evenhand.work.v1.WorkService"), platform.unit_of_work, channels));
  wiring.services.push_back(std::make_shared<MeRpc>(platform.rpc("evenhand.work.v1.MeService"), AllRules()));
}

}  // namespace

Wiring Wire(Platform& platform) {
  Wiring wiring;
  SetNumbers(NumbersOf(platform.settings));
  const auto incidents = std::make_shared<IncidentClient>(platform.peer("incident"));
  const auto appeals = std::make_shared<AppealClient>(platform.peer("appeal"));
  const auto sweeps = std::make_shared<Sweeps>(platform.unit_of_work);
  AddDoors(platform, *incidents, *appeals, wiring);
  AddWhole(platform, wiring);
  wiring.services.push_back(std::make_shared<OwnWorkRpc>(
      platform.rpc("evenhand.work.v1.WorkInternalService"),
      [&work = platform.unit_of_work, incidents, &authority = platform.authority](const Call& call, const auto& request) {
        return OwnWork(work, *incidents, authority, call, request);
      }));
  wiring.events = HandlersOfEvents(*incidents);
  const auto retention = std::make_shared<RetainRecords>(platform.unit_of_work, *incidents);
  wiring.kept = {incidents, appeals, sweeps, retention};
  // Until it is done no check is answered from them (follower.cc).
  platform.background.Always(kFormEvery, "handle form",
                             [work = &platform.unit_of_work, done = BringHandlesToForm(platform.unit_of_work)]() mutable {
                               if (!done) done = BringHandlesToForm(*work);
                             });
  WireCheck(platform, wiring);
  platform.background.Every(kExpireEvery, "expire", [sweeps] { sweeps->ExpireRestrictions(); });
  platform.background.Every(kRemindEvery, "reviews", [sweeps] { sweeps->AlarmOverdueReviews(); });
  platform.background.Every(kRemindEvery, "look-again", [sweeps] { sweeps->LookAgain(); });
  platform.background.Every(kRemindEvery, "evidence", [sweeps] { sweeps->AlarmUndecidedEvidence(); });
  platform.background.Every(kRemindEvery, "measure", [sweeps] { sweeps->Measure(); });
  platform.background.Every(kRetainEvery, "retention", [retention] { retention->EraseDue(); });
  return wiring;
}

}  // namespace evenhand::restriction
