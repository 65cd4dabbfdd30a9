// Audiences kept through REST (12.5): who answers public numbers, who monitors web contact, each service; no audience is everybody.
#pragma once

#include "evenhand/notification/v1/audience_service.pb.h"
#include "services/notification/app/context.h"
#include "services/notification/domain/recipients.h"

namespace evenhand::notification {

Outcome<v1::ListAudiencesResponse> ListAudiences(const Context& context, const Call& call, const v1::ListAudiencesRequest& request);
Outcome<v1::Audience> GetAudience(const Context& context, const Call& call, const v1::GetAudienceRequest& request);
Outcome<v1::Audience> PutAudience(const Context& context, const Call& call, const v1::Audience& request);

// Who of it is told on this day.
std::vector<Recipient> RecipientsOf(const v1::Audience& audience, LocalDate today);

// The audience of an id, as kept or, where nobody keeps it yet, without people. An audience named for a service area is found by it too.
v1::Audience AudienceNamed(Session& session, const std::string& id);

}  // namespace evenhand::notification
