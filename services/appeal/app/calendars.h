// The calendar kept through REST: a new holiday works out what is open again; a deadline already told is never shortened.
#pragma once

#include "evenhand/appeal/v1/calendar_service.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

Outcome<v1::ListHolidaysResponse> ListHolidays(const Context& context, const Call& call, const v1::ListHolidaysRequest& request);
Outcome<v1::Holiday> AddHoliday(const Context& context, const Call& call, const v1::AddHolidayRequest& request);
Outcome<v1::Holiday> RemoveHoliday(const Context& context, const Call& call, const v1::RemoveHolidayRequest& request);
Outcome<v1::AddWorkingDaysResponse> AddWorkingDays(const Context& context, const Call& call, const v1::AddWorkingDaysRequest& request);

}  // namespace evenhand::appeal
