#include "services/notification/wiring.h"

#include <curl/curl.h>
#include <sys/vfs.h>

#include <stdexcept>

#include "services/authority/authority.h"
#include "services/notification/app/bounces.h"
#include "services/notification/app/catalog.h"
#include "services/notification/app/delivery.h"
#include "services/notification/app/fan_out.h"
#include "services/notification/app/lookout.h"
#include "services/notification/app/notifications.h"
#include "services/notification/app/own_work.h"
#include "services/notification/app/webhooks.h"
#include "services/notification/domain/letter_way.h"
#include "services/notification/rpc/audience_rpc.h"
#include "services/notification/rpc/internal_rpc.h"
#include "services/notification/rpc/letter_rpc.h"
#include "services/notification/rpc/notification_rpc.h"
#include "services/notification/rpc/share_rpc.h"
#include "services/notification/rpc/task_rpc.h"
#include "services/notification/rpc/webhook_rpc.h"
#include "services/notification/send/renderer.h"
#include "services/work/own_work_rpc.h"

namespace evenhand::notification {
namespace {

constexpr absl::Duration kLongestWebhookPause = absl::Hours(4);  // so that a receiver that is back need not wait for a day
constexpr double kLettersToNotify = 40;                          // a second; Notify takes 3,000 a minute
constexpr int kEmailSenders = 8;
constexpr int kWebhookSenders = 16;
constexpr absl::Duration kLook = absl::Milliseconds(100);     // what another replica left, and what has become due, waits no longer
constexpr absl::Duration kTidy = absl::Seconds(2);            // a letter that was stopped lies no longer where it is printed
constexpr absl::Duration kTogether = absl::Milliseconds(20);  // what happens within it is told in one go

// Where a file or folder of its own is not named.
std::string Or(std::string text, const std::string& otherwise) { return text.empty() ? otherwise : text; }

std::string CouncilOf(const Settings& settings) {
  std::string name = settings.Get("council-name");
  if (name.empty() && settings.mode != "dev") throw std::runtime_error("council-name: outside dev mode the council has to be named");
  return Or(std::move(name), "Example Council");
}

SmtpSettings Smtp(const Settings& settings) {
  SmtpSettings smtp{.url = settings.Get("smtp-url"),
                    .council = CouncilOf(settings),
                    .user = settings.Get("smtp-user"),
                    .password = settings.Get("smtp-password"),
                    .from = settings.Get("smtp-from"),
                    .return_path = settings.Get("smtp-return-path"),
                    .tls = settings.Get("smtp-tls"),
                    .ca = settings.Get("smtp-ca"),
                    .folder = settings.state_dir + "/mail"};
  if (smtp.url.empty() && settings.mode != "dev") throw std::runtime_error("smtp-url: outside dev mode a mail server has to be named");
  return smtp;
}

BounceSettings Bounces(const Settings& settings) {
  BounceSettings bounces{.url = settings.Get("bounce-url"),
                         .user = settings.Get("bounce-user"),
                         .password = settings.Get("bounce-password"),
                         .tls = settings.Get("bounce-tls"),
                         .ca = settings.Get("bounce-ca"),
                         .folder = settings.Get("bounce-folder"),
                         .filed = settings.Get("bounce-filed"),
                         .strange = settings.Get("bounce-strange")};
  if (bounces.url.empty()) return bounces;
  if (!bounces.url.starts_with("imaps://") && !bounces.url.starts_with("imap://"))
    throw std::runtime_error("bounce-url: it has to be imaps://host:993 or imap://host:143");
  if (bounces.user.empty() || bounces.password.empty()) throw std::runtime_error("bounce-url: bounce-user and bounce-password go with it");
  if (bounces.tls == "off" && bounces.url.starts_with("imap://") && settings.mode != "dev")
    throw std::runtime_error("bounce-tls: outside dev mode the password is never sent in the clear");
  return bounces;
}

// Outside dev mode a letter has a way that outlives the process: Notify, a folder that stays, or the print room's list alone.
std::string PrintFolder(const Settings& settings) {
  const std::string folder = settings.Get("print-folder");
  if (const std::string fault = FaultOfLetterWay(settings.mode == "dev", settings.Get("notify-url"), folder); !fault.empty())
    throw std::runtime_error(fault);
  if (folder == kPrintRoomsListAlone) return "";
  if (folder.empty()) return settings.mode == "dev" ? settings.state_dir + "/print" : "";
  struct statfs disk{};
  constexpr long kTmpfs = 0x01021994, kRamfs = 0x858458f6;
  if (settings.mode != "dev" && statfs(folder.c_str(), &disk) == 0 && (disk.f_type == kTmpfs || disk.f_type == kRamfs))
    throw std::runtime_error("print-folder: it lies in memory and would be lost with the machine; name a folder on a disk");
  return folder;
}

AllowedNetworks Reachable(const Settings& settings) {
  auto networks = AllowedNetworks::In(settings.Get("webhook-networks"));
  if (!networks) throw std::runtime_error("webhook-networks: networks like 10.20.0.0/16 or fd00:1::/64, with a comma between");
  return *networks;
}

// In dev mode a receiver may be tried out on this machine.
AllowedNetworks WhereWebhooksGo(const Settings& settings) {
  AllowedNetworks networks = Reachable(settings);
  if (settings.mode == "dev") networks.AddLoopback();
  return networks;
}

Catalog LoadCatalog(const std::string& folder) {
  absl::StatusOr<Catalog> catalog = Catalog::Load(folder);
  if (!catalog.ok()) throw std::runtime_error(std::string(catalog.status().message()));
  return *std::move(catalog);
}

// Everything that lives as long as the service, in the order in which one part needs another.
struct Parts {
  explicit Parts(Platform& platform)
      : letters(Or(platform.settings.Get("letters-folder"), EVENHAND_LETTERS)),
        peers(OverGrpc(
            {.restriction = platform.peer("restriction"), .appeal = platform.peer("appeal"), .incident = platform.peer("incident")})),
        catalog(LoadCatalog(letters)),
        renderer(platform.settings.Get("letters-python"), letters, platform.settings.state_dir + "/scratch"),
        providers({.smtp = static_cast<double>(platform.settings.Number("smtp-rate")),
                   .webhook = static_cast<double>(platform.settings.Number("webhook-rate")),
                   .letters = platform.settings.Get("notify-url").empty() ? 0.0 : kLettersToNotify}),
        context{.unit_of_work = platform.unit_of_work,
                .clock = platform.clock,
                .peers = *peers,
                .catalog = catalog,
                .renderer = renderer,
                .providers = providers,
                .public_url = platform.settings.Get("public-url"),
                .council = CouncilOf(platform.settings),
                .appeal_days = platform.settings.Number("appeal-window") + platform.settings.Number("post-takes"),
                .dev_mode = platform.settings.mode == "dev",
                .secrets = SecretBox(Or(platform.settings.Get("webhook-keys"), platform.settings.state_dir + "/webhook-keys"),
                                     /*may_create=*/platform.settings.mode == "dev"),
                .reachable = Reachable(platform.settings),
                .secret_overlap = platform.settings.Time("webhook-secret-overlap")},
        fan_out(context),
        deliverer(context,
                  {.messages = {.first = platform.settings.Time("retry-first"), .attempts = platform.settings.Number("retry-attempts")},
                   .webhooks = {.first = platform.settings.Time("retry-first"),
                                .longest = kLongestWebhookPause,
                                .lasting = platform.settings.Time("webhook-retry-for")}},
                  [&platform] { return platform.background.stopping(); }),
        lookout(platform.pool, platform.clock, deliverer, *occasions) {}

  const std::string letters;
  const std::unique_ptr<Peers> peers;
  const Catalog catalog;
  const Renderer renderer;
  Providers providers;
  const Context context;
  const std::shared_ptr<Bell> occasions = std::make_shared<Bell>();  // rung when one is to be told
  FanOut fan_out;
  Deliverer deliverer;
  Lookout lookout;
};

void StartWork(Platform& platform, const std::shared_ptr<Parts>& parts) {
  Background& background = platform.background;
  const auto bell_of = [&](v1::Notification::Means::Value means) { return parts->deliverer.BellOf(means); };
  background.WhenRung(parts->occasions, "fan-out", [parts] {
    parts->fan_out.RunOnce();
    parts->lookout.Look();  // what was just told has to be sent
    absl::SleepFor(kTogether);
  });
  for (int i = 0; i < kEmailSenders; ++i) {
    background.WhenRung(bell_of(v1::Notification::Means::EMAIL), "email",
                        [parts, sender = std::make_shared<SmtpSender>(Smtp(platform.settings))] { parts->deliverer.SendEmails(*sender); });
  }
  for (int i = 0; i < kWebhookSenders; ++i) {
    background.WhenRung(
        bell_of(v1::Notification::Means::WEBHOOK), "webhook",
        [parts, sender = std::make_shared<WebhookSender>(WhereWebhooksGo(platform.settings))] { parts->deliverer.SendWebhooks(*sender); });
  }
  if (BounceSettings bounces = Bounces(platform.settings); !bounces.url.empty()) {
    background.Always(platform.settings.Time("bounce-every"), "bounces",
                      [parts, reader = std::make_shared<BounceReader>(parts->context, std::move(bounces))] { reader->Look(); });
  }
  const std::string print = PrintFolder(platform.settings);
  const std::string notify_url = platform.settings.Get("notify-url");
  std::shared_ptr<NotifyClient> notify;
  if (!notify_url.empty()) {
    const auto key = ReadNotifyKey(platform.settings.Get("notify-key"));
    if (!key) throw std::runtime_error("notify-key: it has to be an API key of GOV.UK Notify");
    notify = std::make_shared<NotifyClient>(notify_url, *key);
    background.Always(absl::Seconds(2), "notify", [parts, notify] { parts->deliverer.AskNotify(*notify); });
  }
  background.WhenRung(bell_of(v1::Notification::Means::LETTER), "print",
                      [parts, print, notify] { parts->deliverer.PrintLetters(print, notify.get()); });
  if (!print.empty()) background.Every(kTidy, "print folder", [parts, print] { parts->deliverer.TidyPrintFolder(print); });
  background.Always(kLook, "look", [parts] { parts->lookout.Look(); });
  const absl::Duration within = platform.settings.Time("acknowledge-within");
  background.Every(absl::Seconds(5), "shares", [parts, within] { SweepShares(parts->context, within); });
}

}  // namespace

Wiring Wire(Platform& platform) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const auto parts = std::make_shared<Parts>(platform);
  const Context& context = parts->context;
  StartWork(platform, parts);
  Wiring wiring;
  wiring.services = {
      std::make_shared<NotificationServiceRpc>(platform.rpc("evenhand.notification.v1.NotificationService"), context),
      std::make_shared<ShareServiceRpc>(platform.rpc("evenhand.notification.v1.ShareService"), context),
      std::make_shared<AudienceServiceRpc>(platform.rpc("evenhand.notification.v1.AudienceService"), context),
      std::make_shared<LetterServiceRpc>(platform.rpc("evenhand.notification.v1.LetterService"), context),
      std::make_shared<WebhookServiceRpc>(platform.rpc("evenhand.notification.v1.WebhookService"), context),
      std::make_shared<TaskServiceRpc>(platform.rpc("evenhand.notification.v1.TaskService"), context),
      std::make_shared<NotificationInternalServiceRpc>(platform.rpc("evenhand.notification.v1.NotificationInternalService"), context),
      std::make_shared<OwnWorkRpc>(
          platform.rpc("evenhand.work.v1.WorkInternalService"),
          [&context, &authority = platform.authority, within = platform.settings.Time("acknowledge-within")](
              const Call& call, const auto& request) { return OwnWork(context, authority, within, call, request); })};
  wiring.events = HandlersOfEvents(context);
  wiring.heard = [parts] { parts->occasions->Ring(); };
  wiring.kept = {parts};
  return wiring;
}

ServiceSpec Spec() { return {.name = "notification", .migrations = Migrations(), .rules = NotificationRules(), .wire = Wire}; }

}  // namespace evenhand::notification
