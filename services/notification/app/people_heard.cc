#include "services/notification/app/people_heard.h"

#include "services/notification/app/letters.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/person_store.h"

namespace evenhand::notification {
namespace {

void Erase(Session& session, const std::string& restriction, const std::string& person, const std::string& whose) {
  const int erased = EraseLetters(session, restriction, person) + EraseMentions(session, restriction, person);
  if (!person.empty()) ForgetReturnedAddress(session, person, {});
  if (erased == 0) return;
  session.Audit({.action = "letter.erased",
                 .subject_kind = person.empty() ? "restriction" : "person",
                 .subject_id = person.empty() ? restriction : person,
                 .clause = "12.1",
                 .person_id = whose});
}

}  // namespace

std::optional<Refusal> HearOfPeople(const Context& context, Session& session, const IncomingEvent& event) {
  if (const auto* merged = event.As<events::PersonMerged>())
    MoveToSurvivor(session, merged->person().person_id(), merged->merged_person_id());
  if (const auto* parted = event.As<events::PersonUnmerged>()) MoveBack(session, parted->person().person_id(), parted->merged_person_id());
  if (const auto* erased = event.As<events::PersonErased>()) Erase(session, "", erased->person().person_id(), erased->person().person_id());
  if (const auto* erased = event.As<events::RestrictionErased>())
    Erase(session, erased->restriction().restriction_id(), "", erased->restriction().person_id());
  if (const auto* died = event.As<events::PersonDied>()) {  // a death stops letters at once
    NoteDeath(session, died->person().person_id());
    StopLettersTo(context, session, died->person().person_id(), kPersonDied);
  }
  if (const auto* lives = event.As<events::PersonDeathUndone>()) {
    NoteAlive(session, lives->person().person_id());
    ResumeLettersTo(session, lives->person().person_id());
  }
  return std::nullopt;
}

}  // namespace evenhand::notification
