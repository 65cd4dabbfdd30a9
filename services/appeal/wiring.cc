#include "services/appeal/wiring.h"

#include "services/appeal/app/deadline_alarm.h"
#include "services/appeal/app/effect_saga.h"
#include "services/appeal/app/own_work.h"
#include "services/appeal/app/told.h"
#include "services/appeal/rpc/appeal_rpc.h"
#include "services/appeal/rpc/calendar_rpc.h"
#include "services/appeal/rpc/internal_rpc.h"
#include "services/appeal/store/effect_due.h"
#include "services/authority/authority.h"
#include "services/work/own_work_rpc.h"

namespace evenhand::appeal {
namespace {

// Everything that lives as long as the service.
struct Parts {
  std::unique_ptr<RestrictionPeer> restrictions;
  Context context;
  EffectSaga saga{context};
};

Periods PeriodsOf(const Settings& settings) {
  return {.to_appeal = settings.Number("appeal-window"),
          .post_takes = settings.Number("post-takes"),
          .to_acknowledge = settings.Number("appeal-acknowledge-within"),
          .to_decide = settings.Number("appeal-decide-within"),
          .to_answer = settings.Number("appeal-answer-within"),
          .longest_wait = settings.Number("appeal-longest-wait")};
}

// Who reads an appeal: anybody else who takes one in has a receipt.
const Rule* ReadingRule() {
  static const Authority rules(AppealRules());
  return rules.Find("evenhand.appeal.v1.AppealService/GetAppeal");
}

}  // namespace

Wiring Wire(Platform& platform) {
  auto restrictions = OverGrpc(platform.peer("restriction"));
  RestrictionPeer& peer = *restrictions;
  auto parts = std::shared_ptr<Parts>(
      new Parts{.restrictions = std::move(restrictions),
                .context = {.unit_of_work = platform.unit_of_work, .restrictions = peer, .periods = PeriodsOf(platform.settings)}});
  parts->context.reads = ReadingRule();
  const Context& context = parts->context;
  // The effect of a decision is no mere reminder: it goes on with the background work off.
  platform.background.Always(absl::Milliseconds(200), "appeal effects", [parts, &platform] {
    if (EffectIsDue(platform.pool, platform.clock.Now())) parts->saga.RunOnce();
  });
  platform.background.Every(absl::Seconds(2), "appeal deadlines", [parts] {
    EndWaits(parts->context);
    AnnounceMissedDeadlines(parts->context);
  });
  Wiring wiring;
  wiring.services = {std::make_shared<AppealServiceRpc>(platform.rpc("evenhand.appeal.v1.AppealService"), context),
                     std::make_shared<CalendarServiceRpc>(platform.rpc("evenhand.appeal.v1.CalendarService"), context),
                     std::make_shared<AppealInternalServiceRpc>(platform.rpc("evenhand.appeal.v1.AppealInternalService"), context),
                     std::make_shared<OwnWorkRpc>(platform.rpc("evenhand.work.v1.WorkInternalService"),
                                                  [&context, &authority = platform.authority](const Call& call, const auto& request) {
                                                    return OwnWork(context, authority, call, request);
                                                  })};
  wiring.events = HandlersOfTold(context);
  wiring.kept = {parts};
  return wiring;
}

ServiceSpec Spec() { return {.name = "appeal", .migrations = Migrations(), .rules = AppealRules(), .wire = Wire}; }

}  // namespace evenhand::appeal
