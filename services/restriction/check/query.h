// A check as asked, read: exactly one handle, normalised as the register normalises it, so that every notation finds the same person.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evenhand/restriction/v1/contact_service.pb.h"
#include "services/platform/areas/area_directory.h"
#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"
#include "services/restriction/check/consistency_token.h"
#include "services/restriction/check/fingerprint.h"
#include "services/restriction/check/guidance.h"

namespace evenhand::restriction::check {

// Views into the request: lives no longer than it.
struct ContactQuery {
  std::string_view kind;   // "PHONE"
  std::string normalised;  // "+447700900123"
  Fingerprint handle;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;
  std::string area;   // its own name, however it was typed
  std::string staff;  // in the one form of staff numbers
  std::optional<Revision> at_least;
  bool counted = false;  // this contact itself is among those that its limits count already
};

// Everything that is wrong with the request, at once; empty: `query` is filled. A service area that nobody knows is refused with the
// nearest that somebody does: what holds in it can't be told.
Refusals ReadQuery(const AreaDirectory& areas, const v1::CheckContactRequest& request, ContactQuery& query);

// Who of the staff asked for no contact is nobody else's to find out (10.4, 12.4): a system that hands a contact on names whom it is for,
// and the person themself.
std::optional<Refusal> RefusalToName(const Actor& who, std::string_view staff);

// Both: who may not ask is told that first.
std::optional<Refusal> RefusalToAsk(const AreaDirectory& areas, const Actor& who, const v1::CheckContactRequest& request,
                                    ContactQuery& query);

// The two usual notations of a British number ("07700 900123", "+44 7700 900123"), twenty times as quick as libphonenumber and with
// the same result (a test compares them); nothing for any other text.
std::optional<std::string> QuickPhone(std::string_view raw);

}  // namespace evenhand::restriction::check
