// The calendar over gRPC: a thin adapter.
#pragma once

#include "evenhand/appeal/v1/calendar_service.grpc.pb.h"
#include "services/appeal/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::appeal {

class CalendarServiceRpc final : public v1::CalendarService::Service {
 public:
  CalendarServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status ListHolidays(grpc::ServerContext* context, const v1::ListHolidaysRequest* request, v1::ListHolidaysResponse* reply) override;
  grpc::Status AddHoliday(grpc::ServerContext* context, const v1::AddHolidayRequest* request, v1::Holiday* reply) override;
  grpc::Status RemoveHoliday(grpc::ServerContext* context, const v1::RemoveHolidayRequest* request, v1::Holiday* reply) override;
  grpc::Status AddWorkingDays(grpc::ServerContext* context, const v1::AddWorkingDaysRequest* request,
                              v1::AddWorkingDaysResponse* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::appeal
