#include "services/notification/rpc/task_rpc.h"

#include "services/notification/app/tasks.h"

namespace evenhand::notification {

grpc::Status TaskServiceRpc::ListTasks(grpc::ServerContext* context, const v1::ListTasksRequest* request, v1::ListTasksResponse* reply) {
  return rpc_.Unary(context, "ListTasks", *request, reply,
                    [&](const Call& call) { return notification::ListTasks(context_, call, *request); });
}

grpc::Status TaskServiceRpc::GetTask(grpc::ServerContext* context, const v1::GetTaskRequest* request, v1::Task* reply) {
  return rpc_.Unary(context, "GetTask", *request, reply, [&](const Call& call) { return notification::GetTask(context_, call, *request); });
}

grpc::Status TaskServiceRpc::CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request, v1::Task* reply) {
  return rpc_.Unary(context, "CompleteTask", *request, reply,
                    [&](const Call& call) { return notification::CompleteTask(context_, call, *request); });
}

}  // namespace evenhand::notification
