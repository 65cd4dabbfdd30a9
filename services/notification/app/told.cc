#include "services/notification/app/told.h"

#include <algorithm>

#include <google/protobuf/struct.pb.h>

#include "evenhand/events/v1/notification_events.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

using Kind = LetterKind;
using How = v1::Telling::How;

std::string PromisedBy(const KeptLetter& kept) {
  if (kept.words.empty()) return "";
  const auto words = FromDocument<google::protobuf::Struct>(kept.words);
  const auto named = words.fields().find("appeal_by");
  return named == words.fields().end() ? "" : named->second.string_value();
}

events::TellingRef RefOf(const v1::Letter& letter, How::Value how) {
  return {.decision_id = letter.decision_id(),
          .restriction_id = letter.restriction_id(),
          .person_id = letter.person_id(),
          .letter_id = letter.id(),
          .how = how};
}

}  // namespace

bool TellsOfDecision(const v1::Letter& letter) {
  if (letter.decision_id().empty()) return false;
  return letter.kind() == Kind::RESTRICTION || letter.kind() == Kind::VARIATION || letter.kind() == Kind::REVIEW_OUTCOME ||
         std::ranges::any_of(letter.paragraphs(), [](const v1::Paragraph& paragraph) { return paragraph.purpose() == "appeal"; });
}

void PersonTold(Session& session, KeptLetter& kept, v1::Telling telling) {
  v1::Letter& letter = kept.letter;
  const bool known = std::ranges::any_of(letter.told(), [&](const v1::Telling& before) {
    return before.undone().empty() && before.how() == telling.how() && before.on() == telling.on();
  });
  if (known) return;
  if (TellsOfDecision(letter)) {
    events::NotificationTold told{.telling = RefOf(letter, telling.how()), .told_on = telling.on()};
    if (const std::string promised = PromisedBy(kept); !promised.empty()) told.promised_on = promised;
    session.Emit(told);
  }
  *letter.add_told() = std::move(telling);
}

void LetterPosted(Session& session, KeptLetter& kept, LocalDate on) {
  v1::Telling telling;
  telling.set_how(How::POSTED);
  telling.set_on(FormatDate(on));
  PersonTold(session, kept, std::move(telling));
}

void LetterNotPosted(Session& session, KeptLetter& kept, const std::string& why) {
  bool undone = false;
  for (v1::Telling& telling : *kept.letter.mutable_told()) {
    if (telling.how() != How::POSTED || !telling.undone().empty()) continue;
    telling.set_undone(why.empty() ? "It was not posted after all." : why);
    undone = true;
  }
  if (!undone || !TellsOfDecision(kept.letter)) return;
  session.Emit(events::NotificationToldUndone{.telling = RefOf(kept.letter, How::POSTED)});
}

}  // namespace evenhand::notification
