// Letters to the person (7, 11): what an event asks for, what a hand asks for, and what becomes of them.
#pragma once

#include "evenhand/notification/v1/letter_service.pb.h"
#include "evenhand/notification/v1/notification.pb.h"
#include "services/notification/app/context.h"
#include "services/notification/app/facts.h"
#include "services/notification/app/tasks.h"
#include "services/notification/store/letter_store.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::notification {

// The letters that an occasion asks for; in the transaction that marks it done.
void WriteLetters(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);

// A person has died: nothing that is not printed yet is sent.
inline constexpr char kPersonDied[] = "The person has died; letters stop.";
void StopLettersTo(const Context& context, Session& session, const std::string& person_id, const std::string& why);
// It was somebody else who had died: whom the letters are to, and where they live, is asked before they go.
void ResumeLettersTo(Session& session, const std::string& person_id);

// It told of a decision that has ended, and waits for an address or a format that nobody is asked for any more.
void StopWhatWaitsFor(Session& session, const std::string& letter_id, const std::string& why);

// The post brought it back: a task, and the appeal window is looked at again.
void LetterCameBack(const Context& context, Session& session, const v1::Notification& notification, const std::string& why);

// A translation, BSL, audio or braille version was made and sent by hand.
void LetterMadeByHand(const Context& context, Session& session, const std::string& letter_id, const std::string& how);

// What a letter is written from, whoever asks for it.
struct LetterOrder {
  LetterKind::Value kind;
  Format::Value format;  // FORMAT_UNSPECIFIED: the person's own
  std::string event_id, occasion, restriction_id, decision_id, appeal_id, incident_id, service_area;
  std::string sender;
  std::map<std::string, std::string> words;
  const restriction::v1::PersonFacts* person = nullptr;
};
// Composes it, and queues it, or opens the task that stands in its way (address, format, a missing paragraph).
v1::Letter IssueLetter(const Context& context, Session& session, const LetterOrder& order);

// Before it goes: the last day to appeal runs from the day it goes, and the person's format and death are as the register says now.
// Without `person` the register knows nobody of that id any more. The letter is kept as it is then.
void SetAnew(const Context& context, Session& session, KeptLetter& kept, const restriction::v1::PersonFacts* person,
             const std::string& appeal_by);

// The message that carries a letter whose way is free.
void QueueLetter(const Context& context, Session& session, KeptLetter& kept);

// What it says, by the facts as they are now; why it still can't be issued, or "".
std::string ComposeAnew(const Context& context, KeptLetter& kept, const Facts& facts);

// The task that stands between a letter and its reader, in the words "The letter … <what>"; once for each try.
NewTask TaskOfLetter(Session& session, const v1::Letter& letter, v1::Task::Kind::Value kind, const std::string& what);
// That of the state it is in, if any.
void OpenTaskOf(Session& session, const v1::Letter& letter);

// As the renderer reads it.
std::string RenderRequest(const std::string& council, const v1::Letter& letter, const std::vector<std::string>& address, LocalDate today);

}  // namespace evenhand::notification
