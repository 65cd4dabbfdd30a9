// Tasks over gRPC: a thin adapter.
#pragma once

#include "evenhand/notification/v1/task_service.grpc.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::notification {

class TaskServiceRpc final : public v1::TaskService::Service {
 public:
  TaskServiceRpc(const Rpc& rpc, const Context& context) : rpc_(rpc), context_(context) {}

  grpc::Status ListTasks(grpc::ServerContext* context, const v1::ListTasksRequest* request, v1::ListTasksResponse* reply) override;
  grpc::Status GetTask(grpc::ServerContext* context, const v1::GetTaskRequest* request, v1::Task* reply) override;
  grpc::Status CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request, v1::Task* reply) override;

 private:
  const Rpc& rpc_;
  const Context& context_;
};

}  // namespace evenhand::notification
