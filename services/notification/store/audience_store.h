// Audiences and who belongs to them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/notification/v1/audience_service.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

std::optional<v1::Audience> FindAudience(Session& session, const std::string& id, bool for_update = false);
std::vector<v1::Audience> ListAudiences(Session& session, const std::string& service_area);
void PutAudience(Session& session, v1::Audience& audience);  // sets the etag

// The work address of a member of any audience, or "".
// Whether any audience has them down as away on this day.
bool IsAway(Session& session, const std::string& staff_id, LocalDate today);
std::string AddressOfStaff(Session& session, const std::string& staff_id);

}  // namespace evenhand::notification
