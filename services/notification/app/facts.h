// The facts of an occasion, asked of the services that own them.
#pragma once

#include <optional>

#include "services/closure/closed_subject.h"
#include "services/notification/app/context.h"
#include "services/platform/outbox/inbox.h"

namespace evenhand::notification {

struct Facts {
  std::optional<restriction::v1::NotificationFacts> restriction;
  std::optional<appeal::v1::Appeal> appeal;
  std::optional<incident::v1::GroundsFacts> incident;
  std::optional<restriction::v1::PersonFacts> person;  // of a register entry or a person's own event
  Subject subject;                                     // where the person works for the council: whom the case is closed to (12.4)
  std::string appeal_by;                               // the last day to appeal a decision whose letter is posted today
};

// Whose facts; empty: none such.
struct Asked {
  std::string restriction_id, decision_id, appeal_id, incident_id, person_id;
};
Asked AskedBy(const IncomingEvent& event);

// A refusal means: ask again later. What is not there any more (404) is left out.
Outcome<Facts> GatherFacts(const Context& context, const Call& call, const Asked& asked);

// The last day to appeal a decision whose letter is posted today, by the council's calendar.
Outcome<std::string> AppealByIfPostedToday(const Context& context, const Call& call);

}  // namespace evenhand::notification
