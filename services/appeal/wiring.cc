#include "services/appeal/wiring.h"

#include "services/appeal/app/deadline_alarm.h"
#include "services/appeal/app/effect_saga.h"
#include "services/appeal/app/told.h"
#include "services/appeal/rpc/appeal_rpc.h"
#include "services/appeal/rpc/calendar_rpc.h"
#include "services/appeal/rpc/internal_rpc.h"
#include "services/appeal/store/effect_due.h"
#include "services/authority/authority.h"

namespace evenhand::appeal {
namespace {

// Everything that lives as long as the service.
struct Parts {
  std::unique_ptr<RestrictionPeer> restrictions;
  Context context;
  EffectSaga saga{context};
};

int Days(const Settings& settings, std::string_view name, int fallback) {
  const std::string text = settings.Get(name);
  return text.empty() ? fallback : std::stoi(text);
}

Periods PeriodsOf(const Settings& settings) {
  const Periods usual;
  return {.to_appeal = Days(settings, "appeal-window", usual.to_appeal),
          .post_takes = Days(settings, "post-takes", usual.post_takes),
          .to_acknowledge = Days(settings, "appeal-acknowledge-within", usual.to_acknowledge),
          .to_decide = Days(settings, "appeal-decide-within", usual.to_decide),
          .to_answer = Days(settings, "appeal-answer-within", usual.to_answer),
          .longest_wait = Days(settings, "appeal-longest-wait", usual.longest_wait)};
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
  const std::string calendar = platform.settings.Get("working-calendar");
  if (!calendar.empty()) parts->context.calendar = calendar;
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
                     std::make_shared<AppealInternalServiceRpc>(platform.rpc("evenhand.appeal.v1.AppealInternalService"), context)};
  wiring.events = HandlersOfTold(context);
  wiring.kept = {parts};
  return wiring;
}

ServiceSpec Spec() {
  return {.name = "appeal",
          .migrations = Migrations(),
          .rules = AppealRules(),
          // Incident-service lets who hears an appeal read what the decision rests on.
          .routes = {{"appeal.", "notification"}, {"appeal.", "restriction"}, {"appeal.", "incident"}},
          .wire = Wire};
}

}  // namespace evenhand::appeal
