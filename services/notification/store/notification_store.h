// Messages in the schema "notification": typed columns for what is filtered and claimed, the whole message as its document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/notification/v1/notification.pb.h"
#include "evenhand/notification/v1/notification_service.pb.h"
#include "evenhand/notification/v1/share_service.pb.h"
#include "services/notification/domain/delivery_states.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

// A message with what no reply shows: where it goes, and what it carries.
struct Outgoing {
  v1::Notification notification;
  std::string event_id;
  std::string provider;  // "smtp", "print" or a webhook's id
  std::string address;
  std::string payload;
  std::string traceparent;  // of the request that caused it
};

// What a ledger is of: one of the three.
struct LedgerOf {
  std::string restriction_id, incident_id, marker_id;
};

struct NotificationFilter {
  v1::ListNotificationsRequest request;
  std::string only_recipient;                     // "" for no such bound
  std::optional<std::vector<std::string>> areas;  // nothing: every area
};

class NotificationStore {
 public:
  explicit NotificationStore(Session& session) : session_(session) {}

  // Gives it id, reference and etag and keeps it; false when the same message of the same event is there already.
  bool Insert(Outgoing& message);

  std::optional<v1::Notification> Find(const std::string& id, bool for_update = false);
  std::optional<Outgoing> FindOutgoing(const std::string& id);

  // One step of the table, with its time, history and columns; false where the table has no such step.
  bool Move(v1::Notification& notification, Signal signal, const std::string& note);
  // Keeps a change that is no step (an escalation decided, a next attempt).
  void Save(v1::Notification& notification);

  std::vector<v1::Notification> List(const NotificationFilter& filter, std::string& next);
  std::vector<v1::Notification> SharesOf(const LedgerOf& of);
  // Messages of an event or about an incident that reached, or may have reached, somebody: for corrections and for being told again.
  std::vector<Outgoing> ToldOfRestriction(const std::string& restriction_id);
  std::vector<Outgoing> ToldOfIncident(const std::string& incident_id, absl::Time since);
  std::vector<Outgoing> ToldOfMarker(const std::string& marker_id);
  // Shares and letters about any of these people since then.
  std::vector<Outgoing> ToldOfPeople(const std::vector<std::string>& person_ids, absl::Time since);
  // Restrictions of a person that were shared and have not ended, as far as was told here.
  std::vector<std::string> RestrictionsShared(const std::string& person_id);
  std::vector<v1::Notification> ToldAbout(const std::string& person_id, const std::string& restriction_id);

  // Takes up to `most` due messages of these means, no more than `most_each` in flight for one provider; each is SENDING until its lease
  // ends. Providers in `held` are left alone: their circuit is open or their limit reached.
  std::vector<Outgoing> Claim(v1::Notification::Means::Value means, int most, int most_each, absl::Time lease_until,
                              const std::vector<std::string>& held);
  // Messages whose sender died: back to the queue, with the same id.
  int ReleaseLeases();
  // These were claimed and not tried: back to the queue, the attempt not counted.
  void GiveBack(const std::vector<std::string>& ids);

  std::vector<std::string> IdsToStop(const std::string& column, const std::string& value);
  // Shares and corrections to this member of staff that they have not acknowledged and still can.
  std::vector<v1::Notification> ToBeAcknowledgedBy(const std::string& staff_id);
  std::vector<std::string> Unacknowledged(absl::Time since);
  // For the gauges: shares not acknowledged, shares escalated, messages failed.
  struct Counts {
    int unacknowledged = 0, escalated = 0, failed = 0, queued = 0;
    double oldest_seconds = 0;
  };
  Counts Count();

  // False when the receipt was acted on before.
  bool NoteReceipt(const std::string& receipt_id, const std::string& notification_id);

 private:
  void Write(v1::Notification& notification);

  Session& session_;
};

// The ledger's other side.
void NoteNotTold(Session& session, const std::string& event_id, const LedgerOf& of, const v1::NotTold& line);
std::vector<v1::NotTold> NotToldOf(Session& session, const LedgerOf& of);

void NoteWithheld(Session& session, const std::string& restriction_id, const std::string& decision_id, const std::string& look_again_on);
bool IsWithheld(Session& session, const std::string& restriction_id);
void NoteDeath(Session& session, const std::string& person_id);
void NoteAlive(Session& session, const std::string& person_id);
bool HasDied(Session& session, const std::string& person_id);

// A PostgreSQL array of texts, to be bound as one parameter.
std::string TextArray(const std::vector<std::string>& values);

}  // namespace evenhand::notification
