#include "gateway/health.h"

#include <absl/synchronization/mutex.h>

#include "gateway/json/json_writer.h"

namespace evenhand::gateway {
namespace {

constexpr std::chrono::seconds kPatience{1};
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

// HealthCheckResponse{status = SERVING}; the request, for the whole server, is empty.
constexpr std::string_view kServing("\x08\x01", 2);

struct Round {
  std::shared_ptr<Exchange> exchange;
  OwnState own;
  absl::Mutex mutex;
  std::size_t open ABSL_GUARDED_BY(mutex) = 0;
  std::vector<std::pair<std::string, bool>> found ABSL_GUARDED_BY(mutex);
};

struct Question {
  grpc::ClientContext context;
  grpc::ByteBuffer request, reply;
};

bool IsServing(const grpc::Status& status, const grpc::ByteBuffer& reply) {
  grpc::Slice slice;
  if (!status.ok() || !reply.DumpToSingleSlice(&slice).ok()) return false;
  return std::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size()) == kServing;
}

Response Summary(OwnState own, std::vector<std::pair<std::string, bool>> found) {
  std::sort(found.begin(), found.end());
  bool all = !own.draining && own.knows_keys;
  std::string body;
  for (const auto& [name, serving] : found) {
    all = all && serving;
    body += (body.empty() ? "\"" : ",\"") + name + (serving ? "\":\"SERVING\"" : "\":\"NOT_SERVING\"");
  }
  return {.status = all ? 200 : 503,
          .body = std::string("{\"ready\":") + (all ? "true" : "false") + (own.draining ? ",\"draining\":true" : "") +
                  (own.knows_keys ? "" : ",\"identityKeys\":\"NOT_READ\"") + ",\"services\":{" + body + "}}",
          .headers = {}};
}

// Asks whether a service serves.
void Ask(Upstreams& upstreams, const std::string& name, std::function<void(bool serving)> take) {
  auto question = std::make_shared<Question>();
  const grpc::Slice nothing;
  question->request = grpc::ByteBuffer(&nothing, 1);
  question->context.set_deadline(std::chrono::system_clock::now() + kPatience);
  upstreams.StubOf(name).UnaryCall(
      &question->context, kCheck, {}, &question->request, &question->reply,
      [question, take = std::move(take)](const grpc::Status& status) { take(IsServing(status, question->reply)); });
}

}  // namespace

void AskEveryone(Upstreams& upstreams) {
  for (const std::string& name : upstreams.names()) Ask(upstreams, name, [](bool) {});
}

void AnswerReady(Upstreams& upstreams, OwnState own, const std::shared_ptr<Exchange>& exchange) {
  auto round = std::make_shared<Round>();
  round->exchange = exchange;
  round->own = own;
  {
    absl::MutexLock lock(&round->mutex);
    round->open = upstreams.names().size();
  }
  for (const std::string& name : upstreams.names()) {
    Ask(upstreams, name, [round, name](bool serving) {
      absl::MutexLock lock(&round->mutex);
      round->found.emplace_back(name, serving);
      if (--round->open > 0) return;
      asio::post(round->exchange->io(), [exchange = round->exchange, response = Summary(round->own, round->found)]() mutable {
        exchange->Reply(std::move(response));
      });
    });
  }
}

}  // namespace evenhand::gateway
