#include "services/appeal/rpc/calendar_rpc.h"

#include "services/appeal/app/calendars.h"

namespace evenhand::appeal {

grpc::Status CalendarServiceRpc::ListHolidays(grpc::ServerContext* context, const v1::ListHolidaysRequest* request,
                                              v1::ListHolidaysResponse* reply) {
  return rpc_.Unary(context, "ListHolidays", *request, reply,
                    [&](const Call& call) { return appeal::ListHolidays(context_, call, *request); });
}

grpc::Status CalendarServiceRpc::AddHoliday(grpc::ServerContext* context, const v1::AddHolidayRequest* request, v1::Holiday* reply) {
  return rpc_.Unary(context, "AddHoliday", *request, reply, [&](const Call& call) { return appeal::AddHoliday(context_, call, *request); });
}

grpc::Status CalendarServiceRpc::RemoveHoliday(grpc::ServerContext* context, const v1::RemoveHolidayRequest* request, v1::Holiday* reply) {
  return rpc_.Unary(context, "RemoveHoliday", *request, reply,
                    [&](const Call& call) { return appeal::RemoveHoliday(context_, call, *request); });
}

grpc::Status CalendarServiceRpc::AddWorkingDays(grpc::ServerContext* context, const v1::AddWorkingDaysRequest* request,
                                                v1::AddWorkingDaysResponse* reply) {
  return rpc_.Unary(context, "AddWorkingDays", *request, reply,
                    [&](const Call& call) { return appeal::AddWorkingDays(context_, call, *request); });
}

}  // namespace evenhand::appeal
