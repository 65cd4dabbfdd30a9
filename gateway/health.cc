#include "gateway/health.h"

#include <algorithm>

#include "gateway/http/response.h"

namespace evenhand::gateway {
namespace {

constexpr std::chrono::milliseconds kEvery{500};
constexpr std::chrono::seconds kPatience{1};  // a service that takes longer to say that it is well is not
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr std::string_view kNeeded = "restriction";

// HealthCheckResponse{status = SERVING}; the request, for the whole server, is empty.
constexpr std::string_view kServing("\x08\x01", 2);

struct Question {
  grpc::ClientContext context;
  grpc::ByteBuffer request, reply;
};

bool IsServing(const grpc::Status& status, const grpc::ByteBuffer& reply) {
  grpc::Slice slice;
  if (!status.ok() || !reply.DumpToSingleSlice(&slice).ok()) return false;
  return std::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size()) == kServing;
}

}  // namespace

Readiness::Readiness(Upstreams& upstreams) : upstreams_(upstreams) {
  std::vector<std::string> names = upstreams.names();
  std::ranges::sort(names);
  for (std::string& name : names) {
    services_.push_back(std::make_shared<Service>());
    services_.back()->name = std::move(name);
  }
}

void Readiness::Ask() {
  for (const auto& service : services_) {
    if (service->asked.exchange(true)) continue;
    auto question = std::make_shared<Question>();
    const grpc::Slice nothing;
    question->request = grpc::ByteBuffer(&nothing, 1);
    question->context.set_deadline(std::chrono::system_clock::now() + kPatience);
    upstreams_.StubOf(service->name)
        .UnaryCall(&question->context, kCheck, {}, &question->request, &question->reply, [question, service](const grpc::Status& status) {
          service->serving = IsServing(status, question->reply);
          service->asked = false;
        });
  }
}

void Readiness::Sweep(std::chrono::steady_clock::time_point now) {
  if (now - asked_at_ < kEvery) return;
  asked_at_ = now;
  Ask();
}

Response Readiness::Answer(OwnState own) const {
  bool ready = !own.draining && own.knows_keys;
  std::string body;
  for (const auto& service : services_) {
    const bool serving = service->serving;
    if (service->name == kNeeded) ready = ready && serving;
    body += (body.empty() ? "\"" : ",\"") + service->name + (serving ? "\":\"SERVING\"" : "\":\"NOT_SERVING\"");
  }
  return {.status = ready ? 200 : 503,
          .body = std::string("{\"ready\":") + (ready ? "true" : "false") + (own.draining ? ",\"draining\":true" : "") +
                  (own.knows_keys ? "" : ",\"identityKeys\":\"NOT_READ\"") + ",\"services\":{" + body + "}}",
          .headers = {}};
}

}  // namespace evenhand::gateway
