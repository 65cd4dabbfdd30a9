// The one story of every change to an appeal: load, may you, does your own part in the case bar you, is it still what you read, does it
// say enough, does its state allow it, do it, keep it with its audit entry and event.
#pragma once

#include <functional>

#include "evenhand/events/v1/appeal_events.h"
#include "services/appeal/app/context.h"
#include "services/appeal/domain/appeal_states.h"
#include "services/appeal/store/appeal_store.h"
#include "services/platform/calendar/working_days.h"

namespace evenhand::appeal {

// What an event says of it. `incidents`: what the decision rests on, for the service that keeps them to let its hearer read them.
using Incidents = google::protobuf::RepeatedPtrField<std::string>;
events::AppealFacts KnownOf(const v1::Appeal& appeal, const Incidents& incidents);
// Announce<events::AppealReopened>(…).
template <events::Event E>
void Announce(const v1::Appeal& appeal, Session& session, const Incidents& incidents = {}) {
  session.Emit(E{.appeal = KnownOf(appeal, incidents)});
}
// The audit entry of a step and its event, in one name.
void NoteStep(const v1::Appeal& appeal, Session& session, std::string_view action, const std::string& before);
template <events::Event E>
void Tell(const v1::Appeal& appeal, Session& session, const std::string& before, const Incidents& incidents) {
  NoteStep(appeal, session, E::Type().name, before);
  Announce<E>(appeal, session, incidents);
}
using Teller = void (*)(const v1::Appeal&, Session&, const std::string& before, const Incidents&);

using What = v1::TimelineEntry::What;

struct Step {
  Action action;
  What::Value what;
  Teller tell;  // Tell<events::AppealAcknowledged>
  std::string note;
  // Who is to hear it from now on, where it is given to somebody.
  std::string hearer;
  // Each may be empty. `content` refuses with 400.
  std::function<Refusals(const v1::Appeal&, absl::Time now, const WorkingDays&)> content;
  std::function<void(v1::Appeal&, absl::Time now, const WorkingDays&)> apply;
  // The 409 of a step that its state allows and its story doesn't; "" where it does.
  std::function<std::string(const v1::Appeal&)> out_of_turn;
  bool fresh_deadlines = false;
  // The decision's facts, where they were asked for already.
  const restriction::v1::DecisionFacts* facts = nullptr;
};

Outcome<v1::Appeal> Change(const Context& context, const Call& call, const std::string& id, const Step& step);

// What follows every change, in the session that made it.
void AddToTimeline(v1::Appeal& appeal, Session& session, What::Value what, const std::string& note, const std::string& clause = "7.3");

}  // namespace evenhand::appeal
