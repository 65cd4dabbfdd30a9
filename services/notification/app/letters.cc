#include "services/notification/app/letters.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/struct.pb.h>

#include "services/notification/app/catalog.h"
#include "services/notification/app/letter_words.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/told.h"
#include "services/notification/app/who_is_told.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/times.h"
#include "services/platform/base/postal_address.h"
#include "services/platform/base/uuid.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

using Kind = LetterKind;
using State = v1::Letter::State;

// A task that stands between a letter and its reader is due in so many days.
constexpr int kDaysForTasks = 3;

std::string LongDate(LocalDate date) { return absl::FormatTime("%-e %B %Y", StartOf(date) + absl::Hours(12), London()); }

Format::Value FormatOf(const LetterOrder& order) {
  if (order.format != Format::FORMAT_UNSPECIFIED) return order.format;
  const auto wanted = order.person->preferred_format();
  return wanted == Format::FORMAT_UNSPECIFIED ? Format::STANDARD : wanted;
}

// What has to happen before it can go; the state that says so.
State::Value FirstState(const Context& context, Session& session, const LetterOrder& order, const v1::Letter& letter,
                        const std::vector<std::string>& faults) {
  (void)context;
  const auto& person = *order.person;
  if (!person.died_on().empty() || person.state() == restriction::v1::Person::State::DECEASED || HasDied(session, person.person_id()))
    return State::STOPPED;
  if (!faults.empty()) return State::FAILED;
  if (IsMadeByHand(letter.format())) return State::AWAITING_FORMAT;
  const auto& lines = person.postal_address().lines();
  const bool confirmed = person.postal_address().confirmed() && FaultsOfAddress({lines.begin(), lines.end()}, "").empty() &&
                         !CameBackFrom(session, person.person_id(), {lines.begin(), lines.end()});
  return confirmed ? State::QUEUED : State::AWAITING_ADDRESS;
}

std::string JsonOf(const std::map<std::string, std::string>& words) {
  google::protobuf::Struct json;
  for (const auto& [name, value] : words) (*json.mutable_fields())[name].set_string_value(value);
  return ToDocument(json);
}

std::map<std::string, std::string> WordsIn(const std::string& json) {
  std::map<std::string, std::string> words;
  const auto kept = FromDocument<google::protobuf::Struct>(json);
  for (const auto& [name, value] : kept.fields()) words[name] = value.string_value();
  return words;
}

void TakeParagraphs(v1::Letter& letter, const Composed& composed) {
  letter.clear_paragraphs();
  for (const LetterParagraph& paragraph : composed.paragraphs) {
    v1::Paragraph& row = *letter.add_paragraphs();
    row.set_purpose(paragraph.purpose);
    row.set_heading(paragraph.heading);
    row.set_text(paragraph.text);
  }
}

// Notice would raise a risk (6.4): no letter; the record stands with the restriction; a task says when to look again.
void Withhold(Session& session, const restriction::v1::NotificationFacts& facts) {
  const auto& own =
      facts.decision().explanation().has_withheld() ? facts.decision().explanation().withheld() : facts.explanation().withheld();
  NoteWithheld(session, facts.restriction_id(), facts.decision().id(), own.look_again_on());
  const auto due = ParseDate(own.look_again_on());
  OpenTask(session, {.kind = v1::Task::Kind::LOOK_AGAIN,
                     .description = absl::StrCat("The person was not told of ", facts.restriction_reference(),
                                                 ". Look again whether they can be told now."),
                     .service_area = facts.service_area(),
                     .due_on = due.value_or(DateOf(session.now()) + 28),
                     .restriction_id = facts.restriction_id(),
                     .person_id = facts.person_id(),
                     .once = absl::StrCat("withheld/", facts.decision().id())});
}

bool IsDecision(Kind::Value kind) { return kind == Kind::RESTRICTION || kind == Kind::VARIATION || kind == Kind::REVIEW_OUTCOME; }

// What an appeal changed is told by its outcome, which says why and what applies now: a second letter would say half of it again.
bool IsToldByItsAppeal(Kind::Value kind, const restriction::v1::NotificationFacts& facts) {
  return kind == Kind::VARIATION && facts.decision().kind() == DecisionKind::APPEAL_VARIATION;
}

// Somebody who was told that their appeal came too late hears that it is looked at after all. Who was not told so, and was not written
// to yet, hears it by the acknowledgement.
bool IsToldByItsAcknowledgement(const IncomingEvent& event, const appeal::v1::Appeal& appeal) {
  if (!event.Is<events::AppealReopened>() && !event.Is<events::AppealAcceptedLate>()) return false;
  const bool waits = appeal.state() == AppealState::LATE || appeal.state() == AppealState::REFUSED;
  return waits || !WasTurnedAway(appeal) || !appeal.has_acknowledged_at();
}

// Not every appeal that comes in is late, and not every question is the person's.
bool IsForThePerson(Kind::Value kind, const appeal::v1::Appeal& appeal) {
  if (kind == Kind::APPEAL_LATE) return appeal.state() == AppealState::LATE;
  return kind != Kind::APPEAL_QUESTION || QuestionToThePerson(appeal) != nullptr;
}

LetterOrder OrderOf(const IncomingEvent& event, const Facts& facts, Kind::Value kind, bool of_appeal) {
  const auto& restriction = *facts.restriction;
  LetterOrder order{.kind = kind,
                    .format = Format::FORMAT_UNSPECIFIED,
                    .event_id = event.id,
                    .occasion = event.name(),
                    .restriction_id = restriction.restriction_id(),
                    .decision_id = restriction.decision().id(),
                    .service_area = restriction.service_area(),
                    .sender = SenderOf(restriction.service_area(), !restriction.person().letters_in_managers_name().empty()),
                    .words = of_appeal ? WordsOfAppeal(facts) : WordsOfRestriction(restriction, facts.appeal_by),
                    .person = &restriction.person()};
  if (facts.appeal) order.appeal_id = facts.appeal->id();
  if (kind == Kind::LIFTING) {
    const auto& history = restriction.restriction().history();
    const bool mistaken = !history.empty() && history.rbegin()->action() == restriction::v1::HistoryAction::ENDED_AS_MISTAKEN;
    order.words["reason"] = event.Is<events::RestrictionExpired>() ? "They had an end date, which has passed."
                            : mistaken ? "What we had relied on turned out not to be about you. We are sorry for this mistake."
                                       : "We looked at them again and they are no longer needed.";
  }
  return order;
}

}  // namespace

NewTask TaskOfLetter(Session& session, const v1::Letter& letter, v1::Task::Kind::Value kind, const std::string& what) {
  return {.kind = kind,
          .description = absl::StrCat("The letter ", letter.reference(), " ", what),
          .service_area = letter.service_area(),
          .due_on = DateOf(session.now()) + kDaysForTasks,
          .letter_id = letter.id(),
          .restriction_id = letter.restriction_id(),
          .person_id = letter.person_id(),
          .once = absl::StrCat(v1::Task::Kind::Value_Name(kind), "/", letter.id(), "/", letter.tries())};
}

void OpenTaskOf(Session& session, const v1::Letter& letter) {
  switch (letter.state()) {
    case State::AWAITING_ADDRESS:
      return OpenTask(session, TaskOfLetter(session, letter, v1::Task::Kind::CONFIRM_ADDRESS,
                                            "waits for the person's address to be confirmed, or for word of how else they were told."));
    case State::AWAITING_FORMAT:
      return OpenTask(session, TaskOfLetter(session, letter, v1::Task::Kind::PRODUCE_FORMAT,
                                            absl::StrCat("has to be made as ", Format::Value_Name(letter.format()),
                                                         "; the standard letter alone is not sent.")));
    case State::FAILED:
      return OpenTask(session,
                      TaskOfLetter(session, letter, v1::Task::Kind::LETTER_REFUSED,
                                   absl::StrCat("can't be issued. ", letter.why(), " Mend the cause and send it again by :retry.")));
    case State::QUEUED:
    case State::PRINTED:
    case State::RETURNED:
    case State::STOPPED:
    case State::POSTED:
    case State::STATE_UNSPECIFIED:
      return;
  }
}

void WriteLetters(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  const Kind::Value kind = WhoIsTold(*event.type)->letter;
  const bool of_appeal = event.Has<events::v1::AppealFacts>() != nullptr;
  if (kind == Kind::KIND_UNSPECIFIED || !facts.restriction || (of_appeal && !facts.appeal)) return;
  // Who was never told of it is not told of its end either; an appeal is answered whatever was withheld.
  if (!of_appeal && IsWithheldNow(*facts.restriction)) {
    if (IsDecision(kind)) Withhold(session, *facts.restriction);
    return;
  }
  if (of_appeal && (!IsForThePerson(kind, *facts.appeal) || IsToldByItsAcknowledgement(event, *facts.appeal))) return;
  if (IsToldByItsAppeal(kind, *facts.restriction)) return;
  const v1::Letter letter = IssueLetter(context, session, OrderOf(event, facts, kind, of_appeal));
  // Who was not told before (6.4) is told now: nobody has to look at that again.
  if (TellsOfDecision(letter) && letter.state() != State::FAILED) {
    for (const std::string& of : {std::string("withheld"), NameOf<events::RestrictionNoticeWithheldDue>()})
      CloseTasks(session, "restriction_id", letter.restriction_id(), "The person is told now.", of);
  }
}

v1::Letter IssueLetter(const Context& context, Session& session, const LetterOrder& order) {
  KeptLetter kept{.letter = {},
                  .event_id = order.event_id,
                  .addressee = order.person->display_name(),
                  .address = {order.person->postal_address().lines().begin(), order.person->postal_address().lines().end()},
                  .pdf = "",
                  .words = JsonOf(order.words)};
  v1::Letter& letter = kept.letter;
  letter.set_kind(order.kind);
  letter.set_format(FormatOf(order));
  letter.set_restriction_id(order.restriction_id);
  letter.set_decision_id(order.decision_id);
  letter.set_appeal_id(order.appeal_id);
  letter.set_person_id(order.person->person_id());
  letter.set_service_area(order.service_area);
  letter.set_sender(order.sender);
  *letter.mutable_created_at() = ToTimestamp(session.now());
  const Template* words = context.catalog.Find(order.kind, letter.format());
  if (words == nullptr) words = context.catalog.Find(order.kind, Format::STANDARD);
  // Without words of its own, easy read is made by hand too.
  const bool by_hand = letter.format() == Format::EASY_READ && words->format == Format::STANDARD;
  letter.set_template_(words->Reference());
  letter.set_title(words->title);
  const Composed composed = Compose(*words, order.words);
  TakeParagraphs(letter, composed);
  letter.set_state(FirstState(context, session, order, letter, composed.faults));
  if (by_hand && letter.state() != State::STOPPED && letter.state() != State::FAILED) letter.set_state(State::AWAITING_FORMAT);
  letter.set_why(letter.state() == State::STOPPED ? std::string(kPersonDied) : absl::StrJoin(composed.faults, " "));
  if (order.person->postal_address().confirmed() && letter.state() != State::AWAITING_ADDRESS)
    letter.set_address_confirmed("recorded with the person");
  if (!InsertLetter(session, kept)) return letter;
  OpenTaskOf(session, letter);
  if (letter.state() != State::QUEUED) return letter;
  letter.set_tries(1);
  QueueLetter(context, session, kept);
  return letter;
}

std::string ComposeAnew(const Context& context, KeptLetter& kept, const Facts& facts) {
  std::map<std::string, std::string> words = WordsIn(kept.words);
  const Variables fresh = facts.appeal        ? WordsOfAppeal(facts)
                          : facts.restriction ? WordsOfRestriction(*facts.restriction, facts.appeal_by)
                                              : Variables{};
  for (const auto& [name, value] : fresh) {
    if (words[name].empty()) words[name] = value;
  }
  const Template* letter = context.catalog.Find(kept.letter.kind(), kept.letter.format());
  if (letter == nullptr) letter = context.catalog.Find(kept.letter.kind(), Format::STANDARD);
  const Composed composed = Compose(*letter, words);
  if (!composed.faults.empty()) return absl::StrJoin(composed.faults, " ");
  TakeParagraphs(kept.letter, composed);
  kept.letter.set_template_(letter->Reference());
  kept.words = JsonOf(words);
  return "";
}

void SetAnew(const Context& context, Session& session, KeptLetter& kept, const restriction::v1::PersonFacts* person,
             const std::string& appeal_by) {
  v1::Letter& letter = kept.letter;
  if (HasDied(session, letter.person_id()) ||
      (person != nullptr && (!person->died_on().empty() || person->state() == restriction::v1::Person::State::DECEASED))) {
    letter.set_state(State::STOPPED);
    letter.set_why(kPersonDied);
    return SaveLetter(session, kept);
  }
  if (kept.words.empty()) return;  // written before its words were kept
  const auto wanted = person == nullptr ? Format::FORMAT_UNSPECIFIED : person->preferred_format();
  if (letter.format() == Format::STANDARD && wanted != Format::FORMAT_UNSPECIFIED) letter.set_format(wanted);
  const Template* words = context.catalog.Find(letter.kind(), letter.format());
  if (IsMadeByHand(letter.format()) || words == nullptr) {
    letter.set_state(State::AWAITING_FORMAT);
    OpenTaskOf(session, letter);
    return SaveLetter(session, kept);
  }
  std::map<std::string, std::string> variables = WordsIn(kept.words);
  if (!variables["appeal_by"].empty()) variables["appeal_by"] = appeal_by;
  const Composed composed = Compose(*words, variables);
  if (!composed.faults.empty()) return;  // what was composed first could be issued
  letter.set_template_(words->Reference());
  letter.set_title(words->title);
  TakeParagraphs(letter, composed);
  kept.words = JsonOf(variables);
  SaveLetter(session, kept);
}

void QueueLetter(const Context& context, Session& session, KeptLetter& kept) {
  v1::Letter& letter = kept.letter;
  Outgoing message{.notification = {}, .event_id = kept.event_id, .provider = "print", .address = "", .payload = ""};
  v1::Notification& n = message.notification;
  n.set_id(NewUuid());
  n.set_kind(v1::Notification::Kind::LETTER);
  n.set_means(v1::Notification::Means::LETTER);
  n.set_occasion(absl::StrCat("letter.", LetterKind::Value_Name(letter.kind())));
  n.set_restriction_id(letter.restriction_id());
  n.set_decision_id(letter.decision_id());
  n.set_appeal_id(letter.appeal_id());
  n.set_letter_id(letter.id());
  n.set_person_id(letter.person_id());
  n.set_service_area(letter.service_area());
  n.set_recipient("person");
  n.set_reason("The person is told what was decided and why, and how to appeal.");
  n.set_clause(letter.kind() == Kind::CORRESPONDENCE_UNACCEPTABLE ? "7.9" : "11.1");
  n.set_link(absl::StrCat(context.public_url, "/v1/letters/", letter.id()));
  NotificationStore(session).Insert(message);
  letter.set_notification_id(n.id());
  SaveLetter(session, kept);
}

// What is made by hand is made from the standard letter.
const char* LayoutOf(Format::Value format) {
  switch (format) {
    case Format::LARGE_PRINT:
      return "large_print";
    case Format::EASY_READ:
      return "easy_read";
    case Format::STANDARD:
    case Format::TRANSLATION:
    case Format::BSL:
    case Format::AUDIO:
    case Format::BRAILLE:
    case Format::FORMAT_UNSPECIFIED:
      break;
  }
  return "standard";
}

std::string RenderRequest(const std::string& council, const v1::Letter& letter, const std::vector<std::string>& address, LocalDate today) {
  google::protobuf::Struct request;
  auto& fields = *request.mutable_fields();
  fields["layout"].set_string_value(LayoutOf(letter.format()));
  fields["lang"].set_string_value("en-GB");
  fields["council"].set_string_value(council);
  fields["title"].set_string_value(letter.title());
  fields["date"].set_string_value(LongDate(today));
  fields["reference"].set_string_value(letter.reference());
  fields["area"].set_string_value(letter.service_area());
  fields["sender"].set_string_value(letter.sender());
  for (const std::string& line : address) fields["address"].mutable_list_value()->add_values()->set_string_value(line);
  fields["address"].mutable_list_value();
  for (const v1::Paragraph& paragraph : letter.paragraphs()) {
    auto& row = *fields["paragraphs"].mutable_list_value()->add_values()->mutable_struct_value()->mutable_fields();
    row["heading"].set_string_value(paragraph.heading());
    row["text"].set_string_value(paragraph.text());
  }
  return ToDocument(request);
}

void StopLettersTo(const Context&, Session& session, const std::string& person_id, const std::string& why) {
  if (person_id.empty()) return;
  NotificationStore store(session);
  for (const std::string& id : UnsentLettersTo(session, person_id)) {
    auto kept = FindLetter(session, id, /*for_update=*/true);
    kept->letter.set_state(State::STOPPED);
    kept->letter.set_why(why);
    SaveLetter(session, *kept);
    for (const std::string& message : store.IdsToStop("letter_id", id)) {
      if (auto n = store.Find(message, /*for_update=*/true)) store.Move(*n, Signal::kStop, why);
    }
    CloseTasks(session, "letter_id", id, why);
  }
}

void ResumeLettersTo(Session& session, const std::string& person_id) {
  for (const std::string& id : LettersStoppedBecause(session, person_id, kPersonDied)) {
    auto kept = FindLetter(session, id, /*for_update=*/true);
    kept->letter.set_state(IsMadeByHand(kept->letter.format()) ? State::AWAITING_FORMAT : State::AWAITING_ADDRESS);
    kept->letter.clear_why();
    kept->letter.clear_address_confirmed();
    SaveLetter(session, *kept);
    OpenTaskOf(session, kept->letter);
  }
}

void StopWhatWaitsFor(Session& session, const std::string& letter_id, const std::string& why) {
  auto kept = FindLetter(session, letter_id, /*for_update=*/true);
  if (!kept || !IsDecision(kept->letter.kind())) return;
  const State::Value state = kept->letter.state();
  if (state != State::AWAITING_ADDRESS && state != State::AWAITING_FORMAT && state != State::RETURNED) return;
  kept->letter.set_state(State::STOPPED);
  kept->letter.set_why(why);
  SaveLetter(session, *kept);
}

void LetterCameBack(const Context&, Session& session, const v1::Notification& notification, const std::string& why) {
  auto kept = FindLetter(session, notification.letter_id(), /*for_update=*/true);
  if (!kept) return;
  NoteReturnedAddress(session, kept->letter.person_id(), kept->address);
  kept->letter.set_state(State::RETURNED);
  kept->letter.set_why(why);
  kept->letter.clear_address_confirmed();
  *kept->letter.mutable_returned_at() = ToTimestamp(session.now());
  LetterNotPosted(session, *kept, "The post brought it back.");
  SaveLetter(session, *kept);
  ForgetAtNotify(session, kept->letter.id());
  OpenTask(session, TaskOfLetter(session, kept->letter, v1::Task::Kind::RETURNED_LETTER,
                                 "came back. Find the right address and confirm it; the time to appeal runs again from then."));
}

void LetterMadeByHand(const Context&, Session& session, const std::string& letter_id, const std::string& how) {
  auto kept = FindLetter(session, letter_id, /*for_update=*/true);
  if (!kept || kept->letter.state() != State::AWAITING_FORMAT) return;
  kept->letter.set_state(State::POSTED);
  kept->letter.set_why(how);
  *kept->letter.mutable_printed_at() = ToTimestamp(session.now());
  LetterPosted(session, *kept, DateOf(session.now()));  // made and sent
  SaveLetter(session, *kept);
}

}  // namespace evenhand::notification
