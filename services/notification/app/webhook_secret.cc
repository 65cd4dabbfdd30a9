// A receiver's secret is changed without a gap: both sign until the receiver has changed over.
#include "services/notification/app/webhooks.h"
#include "services/notification/send/standard_webhooks.h"
#include "services/notification/store/times.h"
#include "services/notification/store/webhook_store.h"

namespace evenhand::notification {
namespace {

constexpr absl::Duration kLongestOverlap = absl::Hours(7 * 24);

}  // namespace

Outcome<v1::Webhook> RollWebhookSecret(const Context& context, const Call& call, const v1::RollWebhookSecretRequest& request) {
  Refusals no;
  const absl::Duration overlap = request.has_overlap()
                                     ? absl::Seconds(request.overlap().seconds()) + absl::Nanoseconds(request.overlap().nanos())
                                     : context.secret_overlap;
  if (overlap < absl::ZeroDuration() || overlap > kLongestOverlap)
    no.push_back({"council rule", "overlap", "The secret before signs too for 0 seconds to 7 days."});
  if (!request.secret().empty() && !KeyOf(request.secret())) no.push_back({"council rule", "secret", kWhatASecretIs});
  if (!no.empty()) return Invalid(std::move(no));
  return context.unit_of_work.Write<v1::Webhook>(call, [&](Session& session) -> Outcome<v1::Webhook> {
    auto webhook = FindWebhook(session, request.id(), /*for_update=*/true);
    if (!webhook) return NotFound("webhook");
    const std::string secret = request.secret().empty() ? NewSecret() : request.secret();
    const auto sealed = context.secrets.Seal(secret, webhook->id());
    if (!sealed.ok()) return NoKeyForSecrets(sealed.status());
    RollSecret(session, webhook->id(), *sealed, session.now() + overlap);
    *webhook->mutable_previous_secret_until() = ToTimestamp(session.now() + overlap);
    SaveWebhook(session, *webhook);
    NoteWebhook(session, "webhook.secret_rolled", *webhook);
    v1::Webhook reply = ShownWebhook(context, session, *webhook);
    reply.set_secret(secret);
    return reply;
  });
}

}  // namespace evenhand::notification
