// An address is confirmed before anything is posted to it (11.1); a letter that came back or was refused goes again, to this one.
#include "services/notification/app/change_letter.h"
#include "services/notification/app/letter_steps.h"
#include "services/platform/base/postal_address.h"

namespace evenhand::notification {
namespace {

using State = v1::Letter::State;

// What was never sent can't be issued as it is: an address alone doesn't mend that.
bool WaitsForAddress(const v1::Letter& letter) {
  return letter.state() == State::AWAITING_ADDRESS || letter.state() == State::RETURNED ||
         (letter.state() == State::FAILED && !letter.notification_id().empty());
}

}  // namespace

Outcome<v1::Letter> ConfirmAddress(const Context& context, const Call& call, const v1::ConfirmAddressRequest& request) {
  return ChangeLetter(context, call, request.id(), "letter.address_confirmed", "11.1",
                      [&](Session& session, KeptLetter& kept) -> std::optional<Refusal> {
                        const std::vector<std::string> lines(request.address().begin(), request.address().end());
                        Refusals no = FaultsOfAddress(lines, "address");
                        if (request.confirmed_how().empty())
                          no.push_back({"council rule", "confirmedHow", "Say how the address was confirmed."});
                        if (!no.empty()) return Invalid(std::move(no));
                        if (!WaitsForAddress(kept.letter))
                          return Conflict(ErrorReason::WRONG_STATE, "council rule", "This letter does not wait for an address.");
                        kept.address = lines;
                        ForgetReturnedAddress(session, kept.letter.person_id(), lines);
                        kept.letter.set_address_confirmed(request.confirmed_how());
                        return SendLetter(context, session, kept, "The address was confirmed.");
                      });
}

}  // namespace evenhand::notification
