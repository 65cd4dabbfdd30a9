// Looking at appeals; each look at a person's record is noted (12.4).
#pragma once

#include "evenhand/appeal/v1/appeal_internal_service.pb.h"
#include "evenhand/appeal/v1/appeal_service.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

Outcome<v1::Appeal> GetAppeal(const Context& context, const Call& call, const v1::GetAppealRequest& request);
Outcome<v1::ListAppealsResponse> ListAppeals(const Context& context, const Call& call, const v1::ListAppealsRequest& request);

// For other services.
Outcome<v1::GetOpenAppealsResponse> GetOpenAppeals(const Context& context, const Call& call, const v1::GetOpenAppealsRequest& request);
Outcome<v1::GetAppealsOfResponse> GetAppealsOf(const Context& context, const Call& call, const v1::GetAppealsOfRequest& request);
Outcome<v1::Appeal> GetAppealLetterFacts(const Context& context, const Call& call, const v1::GetAppealLetterFactsRequest& request);
Outcome<v1::CountAppealsResponse> CountAppeals(const Context& context, const Call& call, const v1::CountAppealsRequest& request);

}  // namespace evenhand::appeal
