// What is put down with a message after it was made: what became known of it without moving it, and where it is to go instead.
#pragma once

#include <string>

#include "evenhand/notification/v1/notification.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

// Stands in its history beside the steps.
void NoteRemark(Session& session, v1::Notification& notification, const std::string& remark);

// By e-mail to this address from now on.
void Readdress(Session& session, v1::Notification& notification, const std::string& address);

}  // namespace evenhand::notification
