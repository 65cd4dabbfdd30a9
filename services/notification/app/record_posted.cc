// The post room's "posted": only then has the letter gone, and the person counts as told (7.3).
#include "services/notification/app/change_letter.h"
#include "services/notification/app/letter_steps.h"
#include "services/notification/store/notification_store.h"
#include "services/notification/store/times.h"

namespace evenhand::notification {
namespace {

Refusals FaultsOf(const std::string& posted_on, const v1::Letter& letter, absl::Time now) {
  if (posted_on.empty()) return {};
  const auto on = ParseDate(posted_on);
  if (!on) return {{"council rule", "postedOn", "This is not a date of the form YYYY-MM-DD."}};
  if (*on > DateOf(now)) return {{"council rule", "postedOn", "Nothing can have been posted in the future."}};
  if (*on < DateOf(FromTimestamp(letter.printed_at())))
    return {{"council rule", "postedOn", "It can't have been posted before it was printed."}};
  return {};
}

}  // namespace

Outcome<v1::Letter> RecordPosted(const Context& context, const Call& call, const v1::RecordPostedRequest& request) {
  return ChangeLetter(
      context, call, request.id(), "letter.posted", "7.3", [&](Session& session, KeptLetter& kept) -> std::optional<Refusal> {
        v1::Letter& letter = kept.letter;
        if (Refusals no = FaultsOf(request.posted_on(), letter, session.now()); !no.empty()) return Invalid(std::move(no));
        if (letter.state() != v1::Letter::State::PRINTED)
          return Conflict(ErrorReason::WRONG_STATE, "council rule",
                          "Only a letter that is PRINTED is posted; this one is " + v1::Letter::State::Value_Name(letter.state()) + ".");
        NotificationStore store(session);
        auto message = store.Find(letter.notification_id(), /*for_update=*/true);
        if (!message || !store.Move(*message, Signal::kAccepted, "Posted."))
          return Conflict(ErrorReason::WRONG_STATE, "council rule", "It is being printed at this moment; try again.");
        LetterGone(session, kept, ParseDate(request.posted_on()).value_or(DateOf(session.now())));
        return std::nullopt;
      });
}

}  // namespace evenhand::notification
