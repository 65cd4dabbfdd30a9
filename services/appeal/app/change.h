// The one story of every change to an appeal: load, may you, is it still what you read, does it say enough, does its state allow it,
// do it, keep it with its audit entry and event.
#pragma once

#include <functional>

#include "services/appeal/app/context.h"
#include "services/appeal/domain/appeal_states.h"
#include "services/appeal/domain/working_days.h"
#include "services/appeal/store/appeal_store.h"

namespace evenhand::appeal {

struct Step {
  Action action;
  std::string what;  // the timeline's and the event's word: "ACKNOWLEDGED", "appeal.acknowledged"
  std::string event;
  std::string note;
  // Each may be empty. `conflict` refuses with 403, `content` with 400.
  std::function<Refusals(const v1::Appeal&)> conflict;
  std::function<Refusals(const v1::Appeal&, absl::Time now)> content;
  std::function<void(v1::Appeal&, absl::Time now)> apply;
  // What is told to the person is told once: 409 the second time.
  std::function<bool(const v1::Appeal&)> done_already;
  bool fresh_deadlines = false;
};

Outcome<v1::Appeal> Change(const Context& context, const Call& call, const std::string& id, const Step& step);

// What follows every change, in the session that made it.
void AddToTimeline(v1::Appeal& appeal, Session& session, const std::string& what, const std::string& note,
                   const std::string& clause = "7.3");
void Announce(const v1::Appeal& appeal, Session& session, const std::string& event);

}  // namespace evenhand::appeal
