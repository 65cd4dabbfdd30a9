// Holidays in the schema "appeal".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/appeal/v1/calendar_service.pb.h"
#include "services/appeal/domain/working_days.h"
#include "services/platform/pg/session.h"

namespace evenhand::appeal {

WorkingDays LoadCalendar(Session& session, const std::string& calendar);
bool CalendarExists(Session& session, const std::string& calendar);
std::vector<v1::Holiday> ListHolidays(Session& session, const std::string& calendar, const std::string& from, const std::string& to);
std::optional<v1::Holiday> FindHoliday(Session& session, const std::string& calendar, const std::string& date);
void InsertHoliday(Session& session, const v1::Holiday& holiday);
// The council works on this bank holiday, or no longer.
void SetWorked(Session& session, const std::string& calendar, const std::string& date, bool worked);
void DeleteHoliday(Session& session, const std::string& calendar, const std::string& date);

}  // namespace evenhand::appeal
