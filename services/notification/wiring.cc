#include "services/notification/wiring.h"

#include "services/authority/authority.h"
#include "services/notification/app/fan_out.h"
#include "services/notification/app/notifications.h"
#include "services/notification/rpc/audience_rpc.h"
#include "services/notification/rpc/internal_rpc.h"
#include "services/notification/rpc/notification_rpc.h"
#include "services/notification/rpc/share_rpc.h"
#include "services/notification/rpc/task_rpc.h"
#include "services/notification/rpc/webhook_rpc.h"

namespace evenhand::notification {
class Catalog {};
namespace {

// Everything that lives as long as the service.
struct Parts {
  std::unique_ptr<Peers> peers;
  std::unique_ptr<Catalog> catalog;
  Context context;
  FanOut fan_out{context};
};

int Number(const Settings& settings, std::string_view name, int fallback) {
  const std::string text = settings.Get(name);
  return text.empty() ? fallback : std::stoi(text);
}

}  // namespace

Wiring Wire(Platform& platform) {
  const std::string calendar = platform.settings.Get("working-calendar");
  auto peers = OverGrpc({.restriction = platform.peer("restriction"),
                         .appeal = platform.peer("appeal"),
                         .incident = platform.peer("incident"),
                         .calendar = calendar.empty() ? "scotland" : calendar,
                         .appeal_window = Number(platform.settings, "appeal-window", 20)});
  auto catalog = std::make_unique<Catalog>();
  Peers& asked = *peers;
  Catalog& templates = *catalog;
  auto parts = std::shared_ptr<Parts>(new Parts{.peers = std::move(peers),
                                                .catalog = std::move(catalog),
                                                .context = {.unit_of_work = platform.unit_of_work,
                                                            .clock = platform.clock,
                                                            .peers = asked,
                                                            .catalog = templates,
                                                            .public_url = platform.settings.Get("public-url"),
                                                            .letters_folder = EVENHAND_LETTERS,
                                                            .dev_mode = platform.settings.mode == "dev"}});
  const Context& context = parts->context;
  platform.background.Always(absl::Milliseconds(50), "fan-out", [parts] { parts->fan_out.RunOnce(); });
  platform.background.Every(absl::Seconds(5), "shares", [parts] { SweepShares(parts->context, absl::Hours(72)); });
  Wiring wiring;
  wiring.services = {
      std::make_shared<NotificationServiceRpc>(platform.rpc("evenhand.notification.v1.NotificationService"), context),
      std::make_shared<ShareServiceRpc>(platform.rpc("evenhand.notification.v1.ShareService"), context),
      std::make_shared<AudienceServiceRpc>(platform.rpc("evenhand.notification.v1.AudienceService"), context),
      std::make_shared<WebhookServiceRpc>(platform.rpc("evenhand.notification.v1.WebhookService"), context),
      std::make_shared<TaskServiceRpc>(platform.rpc("evenhand.notification.v1.TaskService"), context),
      std::make_shared<NotificationInternalServiceRpc>(platform.rpc("evenhand.notification.v1.NotificationInternalService"), context)};
  wiring.events = HandlersOfEvents(context);
  wiring.kept = {parts};
  return wiring;
}

ServiceSpec Spec() {
  return {.name = "notification",
          .migrations = Migrations(),
          .rules = NotificationRules(),
          .routes = {{"notification.", "appeal"}, {"notification.", "restriction"}},
          .wire = Wire};
}

}  // namespace evenhand::notification
