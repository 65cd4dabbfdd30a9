#include "services/platform/rpc/health_command.h"

#include <cstdio>
#include <string_view>

#include <absl/synchronization/notification.h>
#include <grpcpp/generic/generic_stub.h>

#include "services/platform/rpc/peer.h"

namespace evenhand {
namespace {

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
// HealthCheckResponse{status: SERVING}; the request, for the whole server, is empty.
constexpr std::string_view kServing("\x08\x01", 2);
constexpr std::chrono::seconds kPatience{2};

}  // namespace

int HealthCommand(const Settings& settings, const std::string& self) {
  // The certificate names the service, whatever address it listens on (0.0.0.0 in a container).
  grpc::ChannelArguments arguments;
  if (!settings.listen.starts_with("unix:")) arguments.SetSslTargetNameOverride(self);
  grpc::GenericStub stub(ConnectTo(settings.listen, self, settings, arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer reply;
  absl::Notification answered;
  grpc::Status status;
  stub.UnaryCall(&context, kCheck, {}, &request, &reply, [&](grpc::Status result) {
    status = std::move(result);
    answered.Notify();
  });
  answered.WaitForNotification();
  grpc::Slice slice;
  const bool serving = status.ok() && reply.DumpToSingleSlice(&slice).ok() &&
                       std::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size()) == kServing;
  std::puts(serving ? "SERVING" : "NOT_SERVING");
  return serving ? 0 : 1;
}

}  // namespace evenhand
