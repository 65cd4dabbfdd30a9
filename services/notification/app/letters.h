// Letters to the person (7, 11): what an event asks for, what a hand asks for, and what becomes of them.
#pragma once

#include "evenhand/notification/v1/letter_service.pb.h"
#include "evenhand/notification/v1/notification.pb.h"
#include "services/notification/app/context.h"
#include "services/notification/app/facts.h"

namespace evenhand::notification {

// The letters that an occasion asks for; in the transaction that marks it done.
void WriteLetters(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);

// A person has died: nothing that is not printed yet is sent.
void StopLettersTo(const Context& context, Session& session, const std::string& person_id, const std::string& why);

// The post brought it back: a task, and the appeal window is looked at again.
void LetterCameBack(const Context& context, Session& session, const v1::Notification& notification, const std::string& why);

// A translation, BSL, audio or braille version was made and sent by hand.
void LetterMadeByHand(const Context& context, Session& session, const std::string& letter_id, const std::string& how);

}  // namespace evenhand::notification
