// New terms, as a variation, a review or an appeal gives them: what is wrong with them, and taking them (7.4).
#pragma once

#include "evenhand/restriction/v1/person.pb.h"
#include "evenhand/restriction/v1/restriction.pb.h"
#include "evenhand/restriction/v1/terms.pb.h"
#include "services/platform/base/refusal.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

// A decision that goes on closing a channel may not leave the person without one they can use, whatever has been recorded since (5.4).
Refusals FaultsOfLastChannel(Session& session, const v1::Restriction& doc, const v1::Person& person, const v1::Terms& terms);

Refusals FaultsOfTerms(Session& session, const v1::Restriction& doc, const v1::Person& person, const v1::Terms& terms);

// The next version of the terms holds from now; exactly one does at every moment.
std::optional<Refusal> TakeTerms(Session& session, v1::Restriction& doc, const v1::Terms& terms);

// The date of the review that the terms ask for, counted from now.
void SetReviewDue(Session& session, v1::Restriction& doc);

}  // namespace evenhand::restriction
