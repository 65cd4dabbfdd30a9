// The ledger of who was told, who was not, and by which rule (12.5 to 12.7).
#pragma once

#include "evenhand/notification/v1/share_service.pb.h"
#include "services/closure/closed_subject.h"
#include "services/notification/app/context.h"
#include "services/notification/domain/recipients.h"
#include "services/notification/domain/sharing_rules.h"
#include "services/notification/store/notification_store.h"

namespace evenhand::notification {

// What all messages of one occasion have in common.
struct About {
  std::string event_id;
  std::string occasion;
  std::string restriction_id, restriction_reference, decision_id, incident_id, incident_reference, appeal_id, appeal_reference, marker_id;
  std::string person_id, service_area;
  std::string decided_by;   // for a share by a person's decision
  Subject subject;          // whom the case is closed to (12.4)
  std::string circle = {};  // "12.6" where a colleague was named: what is told stays within the circle
};

// Queues the line for everybody of its audience who is there today; nobody there: one row, escalated. Everybody in `also` is told too.
void Share(const Context& context, Session& session, const About& about, const ShareLine& line, const std::vector<Recipient>& also = {});

// It is about a colleague named publicly: for those of 12.6 alone.
bool IsOfCircle(const v1::Notification& notification);

// Asks a person to decide, by a task and, where an address is known, by e-mail.
void Escalate(const Context& context, Session& session, v1::Notification& notification, const std::string& why);

// The words of an e-mail: a link and a handling caveat, never the content.
std::string MessageText(const About& about, const std::string& link);

Outcome<v1::ListSharesResponse> ListShares(const Context& context, const Call& call, const v1::ListSharesRequest& request);
Outcome<v1::ListSharesResponse> CreateShare(const Context& context, const Call& call, const v1::CreateShareRequest& request);
Outcome<v1::ListSharesResponse> DeclineShare(const Context& context, const Call& call, const v1::DeclineShareRequest& request);

// The plan of the policy's table for a restriction's facts.
SharingPlan PlanOf(const restriction::v1::NotificationFacts& facts);

}  // namespace evenhand::notification
