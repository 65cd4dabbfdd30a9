#include "services/work/work_rpc.h"

#include <latch>
#include <vector>

#include <absl/time/clock.h>

#include "services/platform/lists/page.h"
#include "services/work/work_list.h"

namespace evenhand {
namespace {

using work::v1::ListOwnWorkRequest;
using work::v1::ListOwnWorkResponse;
using work::v1::ListWorkRequest;
using work::v1::ListWorkResponse;

// Of a frozen service nobody waits longer to see what the others have.
constexpr absl::Duration kPatience = absl::Seconds(3);

// Whose kinds they are.
const std::map<std::string, std::vector<WorkKind::Value>>& KindsOf() {
  static const auto& kinds = *new std::map<std::string, std::vector<WorkKind::Value>>{
      {"incident", {WorkKind::FOLLOW_UP}},
      {"restriction", {WorkKind::PROPOSAL, WorkKind::REVIEW}},
      {"appeal", {WorkKind::APPEAL}},
      {"notification", {WorkKind::TASK, WorkKind::SHARE, WorkKind::LETTER}},
  };
  return kinds;
}

struct Part {
  grpc::ClientContext context;
  ListOwnWorkResponse reply;
  grpc::Status status;
};

}  // namespace

WorkRpc::WorkRpc(const Rpc& rpc, UnitOfWork& unit_of_work, const Channels& channels) : rpc_(rpc), unit_of_work_(unit_of_work) {
  for (const auto& [service, channel] : channels) stubs_[service] = work::v1::WorkInternalService::NewStub(channel);
}

grpc::Status WorkRpc::ListWork(grpc::ServerContext* context, const ListWorkRequest* request, ListWorkResponse* reply) {
  return rpc_.Unary(context, "ListWork", *request, reply, [&](const Call& call) -> Outcome<ListWorkResponse> {
    const auto kept = unit_of_work_.Read<ListWorkResponse>(call, [&](Session& session) -> Outcome<ListWorkResponse> {
      session.Audit({.action = "work.read", .subject_kind = "work", .subject_id = call.actor.id, .clause = "12.4"});
      return ListWorkResponse();
    });
    if (!kept.ok()) return kept.refusal();
    return Gather(call, *request);
  });
}

ListWorkResponse WorkRpc::Gather(const Call& call, const ListWorkRequest& request) const {
  ListOwnWorkRequest own;
  own.set_kind(request.kind());
  own.set_late(request.late());
  *own.mutable_page() = request.page();
  std::map<std::string, Part> parts;
  std::latch waiting(static_cast<std::ptrdiff_t>(stubs_.size()));
  for (const auto& [service, stub] : stubs_) {
    Part& part = parts[service];
    part.context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + kPatience)));
    part.context.AddMetadata("authorization", "Bearer " + call.token);
    part.context.AddMetadata("traceparent", call.traceparent);
    stub->async()->ListOwnWork(&part.context, &own, &part.reply, [&part, &waiting](grpc::Status status) {
      part.status = std::move(status);
      waiting.count_down();
    });
  }
  waiting.wait();
  ListWorkResponse reply;
  std::vector<WorkItem> all;
  for (auto& [service, part] : parts) {
    for (const WorkKind::Value kind : KindsOf().at(service)) {
      if (!part.status.ok()) reply.add_missing(kind);
      if (part.status.ok())
        (*reply.mutable_counts())[WorkKind::Value_Name(kind)] +=
            part.reply.counts().contains(WorkKind::Value_Name(kind)) ? part.reply.counts().at(WorkKind::Value_Name(kind)) : 0;
    }
    if (!part.status.ok()) continue;
    reply.set_late_count(reply.late_count() + part.reply.late_count());
    all.insert(all.end(), part.reply.items().begin(), part.reply.items().end());
  }
  reply.set_next_page_token(TakePage(all, PageOf(request.page()), PlaceOf));
  for (WorkItem& item : all) *reply.add_items() = std::move(item);
  return reply;
}

}  // namespace evenhand
