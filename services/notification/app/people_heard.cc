#include "services/notification/app/people_heard.h"

#include "services/notification/app/letters.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/person_store.h"

namespace evenhand::notification {
namespace {

std::optional<Refusal> Merged(Session& session, const IncomingEvent& event) {
  const std::string survivor = event.Get("personId"), merged = event.Get("mergedPersonId");
  if (survivor.empty() || merged.empty() || survivor == merged) return std::nullopt;
  MoveToSurvivor(session, survivor, merged);
  return std::nullopt;
}

std::optional<Refusal> Unmerged(Session& session, const IncomingEvent& event) {
  if (!event.Get("personId").empty() && !event.Get("mergedPersonId").empty())
    MoveBack(session, event.Get("personId"), event.Get("mergedPersonId"));
  return std::nullopt;
}

std::optional<Refusal> Erased(Session& session, const IncomingEvent& event) {
  const bool of_person = event.type == "person.erased";
  const std::string restriction = of_person ? "" : event.Get("restrictionId"), person = of_person ? event.Get("personId") : "";
  const int erased = EraseLetters(session, restriction, person) + EraseMentions(session, restriction, person);
  if (of_person) ForgetReturnedAddress(session, person, {});
  if (erased > 0) {
    session.Audit({.action = "letter.erased",
                   .subject_kind = of_person ? "person" : "restriction",
                   .subject_id = event.thing,
                   .clause = "12.1",
                   .person_id = event.Get("personId")});
  }
  return std::nullopt;
}

}  // namespace

EventHandlers HandlersOfPeople(const Context& context) {
  return {{"person.merged", Merged},
          {"person.unmerged", Unmerged},
          {"person.erased", Erased},
          {"restriction.erased", Erased},
          {"person.death_undone",
           [](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
             NoteAlive(session, event.Get("personId"));
             return std::nullopt;
           }},
          // A death stops letters at once.
          {"person.died", [&context](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
             NoteDeath(session, event.Get("personId"));
             StopLettersTo(context, session, event.Get("personId"), "The person has died; letters stop.");
             return std::nullopt;
           }}};
}

}  // namespace evenhand::notification
