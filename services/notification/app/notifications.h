// Messages and what became of them: "sent", "delivered", "read" and "acknowledged" are four facts.
#pragma once

#include "evenhand/notification/v1/notification_internal_service.pb.h"
#include "evenhand/notification/v1/notification_service.pb.h"
#include "services/notification/app/context.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::notification {

Outcome<v1::ListNotificationsResponse> ListNotifications(const Context& context, const Call& call,
                                                         const v1::ListNotificationsRequest& request);
Outcome<v1::Notification> GetNotification(const Context& context, const Call& call, const v1::GetNotificationRequest& request);
Outcome<v1::Notification> AcknowledgeNotification(const Context& context, const Call& call,
                                                  const v1::AcknowledgeNotificationRequest& request);
Outcome<v1::Notification> RetryNotification(const Context& context, const Call& call, const v1::RetryNotificationRequest& request);
Outcome<v1::Notification> RecordReturned(const Context& context, const Call& call, const v1::RecordReturnedRequest& request);
Outcome<v1::Notification> RecordReceipt(const Context& context, const Call& call, const v1::RecordReceiptRequest& request);
Outcome<v1::Notification> ResolveEscalation(const Context& context, const Call& call, const v1::ResolveEscalationRequest& request);
Outcome<v1::GetToldAboutResponse> GetToldAbout(const Context& context, const Call& call, const v1::GetToldAboutRequest& request);

// A receipt of a provider, however it came; false when it had been acted on before or changes nothing.
bool ApplyReceipt(const Context& context, Session& session, v1::Notification& notification, const std::string& receipt_id,
                  NotificationState::Value state, const std::string& note);

// After a failure for good: a share escalates to a person; a letter or webhook stays failed and shows.
void AfterFailure(const Context& context, Session& session, v1::Notification& notification);

// Shares that nobody acknowledged within `within` escalate; counts for the gauges.
void SweepShares(const Context& context, absl::Duration within);

}  // namespace evenhand::notification
