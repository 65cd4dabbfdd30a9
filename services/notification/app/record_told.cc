// Told otherwise than by post: handed over, said, by e-mail, through an advocate (7.3, 11.1).
#include "services/notification/app/closure_for.h"
#include "services/notification/app/letter_calls.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/told.h"
#include "services/notification/domain/letter_rules.h"
#include "services/notification/store/times.h"

namespace evenhand::notification {
namespace {

using State = v1::Letter::State;
using How = v1::Telling::How;

absl::Time At(const v1::RecordToldRequest& request) { return FromTimestamp(request.at()); }

Refusals FaultsOf(const v1::RecordToldRequest& request, const v1::Letter& letter, absl::Time now) {
  Refusals no;
  if (request.how() == How::HOW_UNSPECIFIED || request.how() == How::POSTED)
    no.push_back({"council rule", "how", "HANDED_OVER, SPOKEN, EMAIL or ADVOCATE; what is posted tells of itself."});
  if (!request.has_at()) {
    no.push_back({"council rule", "at", "Say when the person was told."});
  } else if (At(request) > now) {
    no.push_back({"council rule", "at", "Nobody can have been told in the future."});
  } else if (DateOf(At(request)) < DateOf(FromTimestamp(letter.created_at()))) {
    no.push_back({"council rule", "at", "Nobody can have been told of it before the letter was written."});
  }
  if (letter.state() == State::AWAITING_FORMAT && request.note().find_first_not_of(" \t\r\n") == std::string::npos)
    no.push_back({"11.1", "note", "This person needs a format of their own: say in which form they were told."});
  return no;
}

// What was put into their hands need not be posted: nobody has to look for an address any more.
bool IsInTheirHands(How::Value how) { return how == How::HANDED_OVER || how == How::EMAIL || how == How::ADVOCATE; }

}  // namespace

Outcome<v1::Letter> RecordTold(const Context& context, const Call& call, const v1::RecordToldRequest& request) {
  if (auto no = RefusalToOpenLetter(context, call, request.id())) return *no;
  return context.unit_of_work.Write<v1::Letter>(call, [&](Session& session) -> Outcome<v1::Letter> {
    auto kept = FindLetter(session, request.id(), /*for_update=*/true);
    if (!kept) return NotFound("letter");
    v1::Letter& letter = kept->letter;
    if (auto no = call.RefusalIn(letter.service_area())) return *no;
    if (auto no = call.StaleAgainst(letter.etag())) return *no;
    if (Refusals no = FaultsOf(request, letter, session.now()); !no.empty()) return Invalid(std::move(no));
    if (letter.state() == State::STOPPED && letter.told().empty())
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "This letter was stopped: " + letter.why());
    const std::string before = letter.etag();
    v1::Telling telling;
    telling.set_how(request.how());
    telling.set_on(FormatDate(DateOf(At(request))));
    telling.set_by(request.by().empty() ? call.actor.id : request.by());
    *telling.mutable_at() = request.at();
    telling.set_note(request.note());
    PersonTold(session, *kept, std::move(telling));
    if (letter.state() == State::AWAITING_ADDRESS && IsInTheirHands(request.how())) {
      letter.set_state(State::STOPPED);
      letter.set_why("They have it: it need not be posted.");
      CloseTasks(session, "letter_id", letter.id(), letter.why());
    }
    SaveLetter(session, *kept);
    session.Audit({.action = "letter.told_recorded",
                   .subject_kind = "letter",
                   .subject_id = letter.id(),
                   .clause = "7.3",
                   .person_id = letter.person_id(),
                   .before = before,
                   .after = letter.etag()});
    return letter;
  });
}

}  // namespace evenhand::notification
