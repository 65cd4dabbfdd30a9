#include "services/notification/app/fan_out.h"

#include <algorithm>
#include <cmath>

#include "evenhand/notification/v1/notification.pb.h"
#include "services/notification/app/facts.h"
#include "services/notification/app/letters.h"
#include "services/notification/app/people_heard.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/webhooks.h"
#include "services/notification/app/who_is_told.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/platform/obs/log.h"

namespace evenhand::notification {
namespace {

constexpr int kBatch = 50;
constexpr double kFirstPauseSeconds = 0.2;
constexpr double kLongestPauseSeconds = 60;

absl::Duration Pause(int attempts) {
  return absl::Seconds(std::min(kLongestPauseSeconds, kFirstPauseSeconds * std::pow(2.0, std::min(attempts, 12))));
}

}  // namespace

EventHandlers HandlersOfEvents(const Context& context) {
  EventHandlers handlers;
  for (const events::EventType* type : events::EventTypes()) {
    if (std::ranges::find(events::ReceiversOf(*type), "notification") == events::ReceiversOf(*type).end()) continue;
    handlers[type] = [&context](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
      if (auto no = HearOfPeople(context, session, event)) return no;
      KeepOccasion(session, event);
      return std::nullopt;
    };
  }
  return handlers;
}

void FanOut::RunOnce() {
  for (bool more = true; more;) {
    const Call call = OwnCall("fan-out");
    auto due = context_.unit_of_work.Read<std::vector<Occasion>>(
        call, [](Session& session) -> Outcome<std::vector<Occasion>> { return DueOccasions(session, kBatch); });
    if (!due.ok()) return;
    int told = 0;
    std::vector<Occasion> for_systems;
    for (const Occasion& occasion : *due) {
      if (WhoIsTold(*occasion.event.type) != nullptr) {
        told += Tell(occasion) ? 1 : 0;
      } else {
        for_systems.push_back(occasion);
      }
    }
    if (!for_systems.empty()) told += Pass(for_systems);
    more = told > 0;
  }
}

int FanOut::Pass(const std::vector<Occasion>& occasions) {
  auto done = context_.unit_of_work.Write<v1::Notification>(OwnCall("fan-out"), [&](Session& session) -> Outcome<v1::Notification> {
    for (const Occasion& occasion : occasions) {
      if (MarkDone(session, occasion.event.id)) QueueForWebhooks(session, occasion.event, occasion.traceparent);
    }
    return v1::Notification();
  });
  if (!done.ok()) Log(Level::kError, "occasions could not be passed on", {{"reason", ErrorReason::Value_Name(done.refusal().reason)}});
  return done.ok() ? static_cast<int>(occasions.size()) : 0;
}

bool FanOut::Tell(const Occasion& occasion) {
  Call call = OwnCall("fan-out");
  call.traceparent = occasion.traceparent;
  const IncomingEvent& event = occasion.event;
  auto facts = GatherFacts(context_, call, AskedBy(event));
  auto done = context_.unit_of_work.Write<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    if (!facts.ok()) {
      PutOff(session, event.id, session.now() + Pause(occasion.attempts), ErrorReason::Value_Name(facts.refusal().reason));
      return v1::Notification();
    }
    if (!MarkDone(session, event.id)) return v1::Notification();
    TellStaff(context_, session, event, *facts);
    WriteLetters(context_, session, event, *facts);
    QueueForWebhooks(session, event, occasion.traceparent);
    return v1::Notification();
  });
  if (!facts.ok())
    Log(Level::kWarning, "facts of an occasion not to be had yet",
        {{"eventId", event.id}, {"type", event.name()}, {"reason", ErrorReason::Value_Name(facts.refusal().reason)}});
  if (!done.ok())
    Log(Level::kError, "an occasion could not be told",
        {{"eventId", event.id}, {"type", event.name()}, {"reason", ErrorReason::Value_Name(done.refusal().reason)}});
  return facts.ok() && done.ok();
}

}  // namespace evenhand::notification
