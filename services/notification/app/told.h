// When a person counts as told of a decision, and when they count so no more (6.4, 7.3). Nobody is told by default: whoever knows that a
// letter was posted, or how else they were told, says it here, and the appeal service hears of it. Two events of the decision:
//
//   notification.told         decisionId, restrictionId, personId, letterId, how, on, promised
//   notification.told_undone  decisionId, restrictionId, personId, letterId, how, why
//
// how: POSTED HANDED_OVER SPOKEN EMAIL ADVOCATE. on: the day posted, handed over or said, YYYY-MM-DD in Europe/London; what the post
// takes is added by who counts the days. promised: the last day to appeal that the letter names, or "".
#pragma once

#include <string>

#include "services/notification/store/letter_store.h"
#include "services/platform/base/local_date.h"

namespace evenhand::notification {

// Whoever reads it has been told of a decision that can be appealed; an appeal's outcome is one where it changed the terms (7.3).
bool TellsOfDecision(const v1::Letter& letter);

// Puts it into `kept`, which the caller saves, and tells of it. A second time on the same day by the same way is once.
void PersonTold(Session& session, KeptLetter& kept, v1::Telling telling);
// By post, on this day: the provider's dispatch, the post room's "posted".
void LetterPosted(Session& session, KeptLetter& kept, LocalDate on);

// It came back, was refused or failed: by post they were not told after all. What else told them stands. Without a telling: nothing.
void LetterNotPosted(Session& session, KeptLetter& kept, const std::string& why);

}  // namespace evenhand::notification
