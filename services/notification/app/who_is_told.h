// The one table: event → who of the staff is told, by which sentence, with which task, and by which letter the person.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evenhand/notification/v1/letter_service.pb.h"
#include "services/notification/app/facts.h"
#include "services/notification/app/telling.h"

namespace evenhand::notification {

using Teller = void (*)(const Context&, Session&, const IncomingEvent&, const Facts&);

// What a message to staff says happened; references only.
struct MessageWords {
  std::string_view subject = "Something needs your attention";
  std::string_view sentence = "Something needs your attention.";
};
// The task that stands until somebody has acted, in the words "The restriction … <what>".
struct AlarmWords {
  v1::Task::Kind::Value kind = v1::Task::Kind::KIND_UNSPECIFIED;
  std::string_view what;
  std::string_view clause;
};
struct Telling {
  const events::EventType* event = nullptr;  // null: an occasion of this service's own, by its name
  std::string_view own_occasion;
  std::vector<Teller> staff;
  MessageWords words;
  AlarmWords alarm;
  LetterKind::Value letter = LetterKind::KIND_UNSPECIFIED;
};

// Null where nobody is told: no facts are asked for it.
const Telling* WhoIsTold(const events::EventType& type);
// By the occasion's name: an event's, or one of this service's own ("share.escalated").
const MessageWords& WordsOfMessage(std::string_view occasion);

// Queues every message that the occasion asks for; in the transaction that marks it done.
void TellStaff(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);

template <events::Event E>
std::string NameOf() {
  return std::string(E::Type().name);
}

// The tellers, a file each.
void TellOfTerms(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEnd(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfSuspension(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfCorrection(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfStaffNamed(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntry(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntrySuspended(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntryResumed(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntryRemoved(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfAdvocateGone(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfUnmerged(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfAlarm(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void CloseAlarmsOfReview(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void CloseAlarmsOfAppeal(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);

}  // namespace evenhand::notification
