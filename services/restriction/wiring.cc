#include "services/restriction/wiring.h"

#include <charconv>

#include "services/platform/audit/audit_rpc.h"
#include "services/restriction/app/follow_incidents.h"
#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/wire_check.h"
#include "services/restriction/clients/appeal_client.h"
#include "services/restriction/clients/incident_client.h"
#include "services/restriction/domain/policy_numbers.h"
#include "services/restriction/rpc/internal_rpc.h"
#include "services/restriction/rpc/marker_rpc.h"
#include "services/restriction/rpc/person_rpc.h"
#include "services/restriction/rpc/restriction_rpc.h"
#include "services/restriction/rpc/service_area_rpc.h"
#include "services/restriction/store/handle_form.h"

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
                                                             DecideRestriction(work, evidence), ReadRestrictions(work),
                                                             DelegateAuthority(work), RetainRecords(work, evidence)));
  wiring.services.push_back(std::make_shared<PersonRpc>(rpc("PersonService"), PersonAccess(work, evidence), RegisterPerson(work),
                                                        CareForPerson(work), PeopleMerger(work, evidence),
                                                        ExportPerson(work, evidence, appeals)));
  wiring.services.push_back(std::make_shared<ServiceAreaRpc>(rpc("ServiceAreaService"), ServiceAreas(work, platform.areas)));
  wiring.services.push_back(std::make_shared<MarkerRpc>(rpc("MarkerService"), KeepRegister(work, evidence)));
  wiring.services.push_back(std::make_shared<InternalRpc>(rpc("RestrictionInternalService"), FactsForServices(work, evidence),
                                                          AppealEffect(work), CountStatistics(work)));
}

PolicyNumbers NumbersOf(const Settings& settings) {
  PolicyNumbers numbers;
  const auto take = [&](const char* name, int& number) {
    const std::string text = settings.Get(name);
    std::from_chars(text.data(), text.data() + text.size(), number);
  };
  take("review-months", numbers.review_months);
  take("marker-review-months", numbers.marker_review_months);
  take("retain-years", numbers.retain_years);
  take("retain-years-abuse", numbers.retain_years_abuse);
  take("retain-years-violence", numbers.retain_years_violence);
  return numbers;
}

void AddAudit(Platform& platform, Wiring& wiring) {
  AuditRpc::Channels channels;
  for (const char* peer : {"incident", "restriction", "appeal", "notification"}) channels[peer] = platform.peer(peer);
  wiring.services.push_back(std::make_shared<AuditRpc>(platform.rpc("evenhand.common.v1.AuditService"), platform.unit_of_work, channels));
}

}  // namespace

Wiring Wire(Platform& platform) {
  Wiring wiring;
  SetNumbers(NumbersOf(platform.settings));
  const auto incidents = std::make_shared<IncidentClient>(platform.peer("incident"));
  const auto appeals = std::make_shared<AppealClient>(platform.peer("appeal"));
  const auto sweeps = std::make_shared<Sweeps>(platform.unit_of_work);
  AddDoors(platform, *incidents, *appeals, wiring);
  AddAudit(platform, wiring);
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
