#include "services/notification/store/amend_notification.h"

#include "services/notification/store/notification_store.h"
#include "services/notification/store/times.h"
#include "services/platform/base/local_date.h"

namespace evenhand::notification {

void NoteRemark(Session& session, v1::Notification& notification, const std::string& remark) {
  v1::Transition& known = *notification.add_history();
  *known.mutable_at() = ToTimestamp(session.now());
  known.set_from(notification.state());
  known.set_to(notification.state());
  known.set_note(remark);
  const std::string& state = NotificationState::Value_Name(notification.state());
  session.sql().exec_params(
      "insert into notification_transition (notification_id, at, from_state, to_state, note, by) values ($1, $2, $3, $3, $4, $5)",
      notification.id(), FormatInstant(session.now()), state, remark, session.actor().id);
  NotificationStore(session).Save(notification);
}

void Readdress(Session& session, v1::Notification& notification, const std::string& address) {
  notification.set_means(v1::Notification::Means::EMAIL);
  session.sql().exec_params("update notification set means = $2, provider = 'smtp', address = $3 where id = $1", notification.id(),
                            v1::Notification::Means::Value_Name(v1::Notification::Means::EMAIL), address);
}

}  // namespace evenhand::notification
