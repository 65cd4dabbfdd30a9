// Holidays as they are shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/appeal/v1/calendar_service.pb.h"
#include "services/platform/calendar/holidays.h"
#include "services/platform/pg/session.h"

namespace evenhand::appeal {

bool CalendarExists(Session& session, const std::string& calendar);
std::vector<v1::Holiday> ListHolidays(Session& session, const std::string& calendar, const std::string& from, const std::string& to);
std::optional<v1::Holiday> FindHoliday(Session& session, const std::string& calendar, const std::string& date);

}  // namespace evenhand::appeal
