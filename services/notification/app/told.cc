#include "services/notification/app/told.h"

#include <algorithm>

#include <google/protobuf/struct.pb.h>

#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

using Kind = v1::Letter::Kind;
using How = v1::Telling::How;

std::string PromisedBy(const KeptLetter& kept) {
  if (kept.words.empty()) return "";
  const auto words = FromDocument<google::protobuf::Struct>(kept.words);
  const auto named = words.fields().find("appeal_by");
  return named == words.fields().end() ? "" : named->second.string_value();
}

OutgoingEvent EventOf(const std::string& type, const v1::Letter& letter, How::Value how) {
  return {.type = type,
          .thing = letter.decision_id(),
          .attributes = {{"decisionId", letter.decision_id()},
                         {"restrictionId", letter.restriction_id()},
                         {"personId", letter.person_id()},
                         {"letterId", letter.id()},
                         {"how", How::Value_Name(how)}}};
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
    OutgoingEvent told = EventOf("notification.told", letter, telling.how());
    told.attributes["on"] = telling.on();
    told.attributes["promised"] = PromisedBy(kept);
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
  OutgoingEvent event = EventOf("notification.told_undone", kept.letter, How::POSTED);
  event.attributes["why"] = why;
  session.Emit(event);
}

}  // namespace evenhand::notification
