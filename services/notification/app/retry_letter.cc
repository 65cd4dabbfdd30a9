// A letter that was refused, failed or has not gone is sent again; what it says is asked anew where it could not be issued.
#include "services/notification/app/change_letter.h"
#include "services/notification/app/facts.h"
#include "services/notification/app/letter_steps.h"

namespace evenhand::notification {
namespace {

// As they are now, of the decision or the appeal that it tells of; nothing for one written by hand.
Outcome<Facts> FactsOfLetter(const Context& context, const Call& call, const std::string& id) {
  auto letter = context.unit_of_work.Read<v1::Letter>(call, [&](Session& session) -> Outcome<v1::Letter> {
    auto kept = FindLetter(session, id);
    if (!kept) return NotFound("letter");
    return kept->letter;
  });
  if (!letter.ok()) return letter.refusal();
  return GatherFacts(context, call,
                     {.restriction_id = letter->restriction_id(), .decision_id = letter->decision_id(), .appeal_id = letter->appeal_id()});
}

}  // namespace

Outcome<v1::Letter> RetryLetter(const Context& context, const Call& call, const v1::RetryLetterRequest& request) {
  if (auto no = RefusalToOpenLetter(context, call, request.id())) return *no;
  const auto facts = FactsOfLetter(context, call, request.id());
  if (!facts.ok()) return facts.refusal();
  return ChangeLetter(context, call, request.id(), "letter.retried", "11.1",
                      [&](Session& session, KeptLetter& kept) { return SendLetterAgain(context, session, kept, *facts); });
}

}  // namespace evenhand::notification
