#include "services/notification/store/notification_store.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "services/notification/store/times.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

const std::string& StateName(NotificationState::Value state) { return NotificationState::Value_Name(state); }

std::vector<v1::Notification> Documents(const pqxx::result& rows) {
  std::vector<v1::Notification> messages;
  for (const auto& row : rows) messages.push_back(FromDocument<v1::Notification>(row[0].c_str()));
  return messages;
}

constexpr char kOutgoing[] = "select document, event_id, provider, address, payload, traceparent from notification ";

Outgoing OutgoingOf(const pqxx::row& row) {
  return {FromDocument<v1::Notification>(row[0].c_str()), row[1].c_str(), row[2].c_str(), row[3].c_str(), row[4].c_str(), row[5].c_str()};
}

std::vector<Outgoing> Outgoings(const pqxx::result& rows) {
  std::vector<Outgoing> messages;
  for (const auto& row : rows) messages.push_back(OutgoingOf(row));
  return messages;
}

// The time that a state is the proof of; the first one counts.
void NoteTime(v1::Notification& notification, absl::Time now) {
  const auto first = [&](google::protobuf::Timestamp* (v1::Notification::*mutable_time)(), bool has) {
    if (!has) *(notification.*mutable_time)() = ToTimestamp(now);
  };
  switch (notification.state()) {
    case NotificationState::SENT:
      return first(&v1::Notification::mutable_sent_at, notification.has_sent_at());
    case NotificationState::DELIVERED:
      return first(&v1::Notification::mutable_delivered_at, notification.has_delivered_at());
    case NotificationState::READ:
      return first(&v1::Notification::mutable_read_at, notification.has_read_at());
    case NotificationState::ACKNOWLEDGED:
      return first(&v1::Notification::mutable_acknowledged_at, notification.has_acknowledged_at());
    case NotificationState::QUEUED:
    case NotificationState::SENDING:
    case NotificationState::TEMPORARY_FAILURE:
    case NotificationState::PERMANENT_FAILURE:
    case NotificationState::TECHNICAL_FAILURE:
    case NotificationState::RETURNED:
    case NotificationState::ESCALATED:
    case NotificationState::STOPPED:
    case NotificationState::RESOLVED:
    case NotificationState::PRINTED:
    case NotificationState::STATE_UNSPECIFIED:
      return;
  }
}

}  // namespace

std::string TextArray(const std::vector<std::string>& values) {
  std::string array = "{";
  for (const std::string& value : values) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + "}";
}

bool NotificationStore::Insert(Outgoing& message) {
  v1::Notification& n = message.notification;
  if (n.id().empty()) n.set_id(NewUuid());
  const auto there = session_.sql().exec_params(
      "select 1 from notification where event_id = $1 and kind = $2 and audience = $3 and recipient = $4 and webhook_id = $5",
      message.event_id, v1::Notification::Kind::Value_Name(n.kind()), n.audience(), n.recipient(), n.webhook_id());
  if (!there.empty()) return false;
  const auto number = session_.sql().exec1("select nextval('notification_reference')")[0].as<std::int64_t>();
  n.set_reference(absl::StrFormat("NTF-%d-%06d", DateOf(session_.now()).year(), number));
  n.set_etag(EtagOf(1));
  if (n.state() == NotificationState::STATE_UNSPECIFIED) n.set_state(NotificationState::QUEUED);
  n.set_attempts(0);
  *n.mutable_queued_at() = ToTimestamp(session_.now());
  v1::Transition& first = *n.add_history();
  *first.mutable_at() = n.queued_at();
  first.set_to(n.state());
  const std::string now = FormatInstant(session_.now());
  const auto inserted = session_.sql().exec_params(
      "insert into notification (id, reference, version, state, kind, means, occasion, event_id, restriction_id, decision_id, appeal_id, "
      "incident_id, marker_id, traceparent, letter_id, "
      "webhook_id, person_id, service_area, audience, recipient, provider, address, payload, next_attempt_at, document, created_at, "
      "updated_at) "
      "values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $23, $24, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $21, $21) "
      "on "
      "conflict do nothing",
      n.id(), n.reference(), StateName(n.state()), v1::Notification::Kind::Value_Name(n.kind()),
      v1::Notification::Means::Value_Name(n.means()), n.occasion(), message.event_id, n.restriction_id(), n.decision_id(), n.appeal_id(),
      n.incident_id(), n.letter_id(), n.webhook_id(), n.person_id(), n.service_area(), n.audience(), n.recipient(), message.provider,
      message.address, message.payload, now, ToDocument(n), n.marker_id(),
      message.traceparent.empty() ? session_.call().traceparent : message.traceparent);
  return inserted.affected_rows() == 1;
}

std::optional<v1::Notification> NotificationStore::Find(const std::string& id, bool for_update) {
  const auto rows =
      session_.sql().exec_params(absl::StrCat("select document from notification where ", IsUuid(id) ? "id = $1::uuid" : "reference = $1",
                                              for_update ? " for update" : ""),
                                 id);
  if (rows.empty()) return std::nullopt;
  return FromDocument<v1::Notification>(rows[0][0].c_str());
}

std::optional<Outgoing> NotificationStore::FindOutgoing(const std::string& id) {
  const auto rows = session_.sql().exec_params(absl::StrCat(kOutgoing, "where id = $1::uuid for update"), id);
  if (rows.empty()) return std::nullopt;
  return OutgoingOf(rows[0]);
}

bool NotificationStore::Move(v1::Notification& notification, Signal signal, const std::string& note) {
  const auto to = Next(notification.state(), signal);
  if (!to) return false;
  v1::Transition& step = *notification.add_history();
  *step.mutable_at() = ToTimestamp(session_.now());
  step.set_from(notification.state());
  step.set_to(*to);
  step.set_note(note);
  notification.set_state(step.to());
  NoteTime(notification, session_.now());
  session_.sql().exec_params(
      "insert into notification_transition (notification_id, at, from_state, to_state, note, by) values ($1, $2, $3, $4, $5, $6)",
      notification.id(), FormatInstant(session_.now()), StateName(step.from()), StateName(step.to()), note, session_.actor().id);
  Write(notification);
  return true;
}

void NotificationStore::Save(v1::Notification& notification) { Write(notification); }

void NotificationStore::Write(v1::Notification& n) {
  const std::int64_t version = std::stoll(n.etag().substr(1)) + 1;
  n.set_etag(EtagOf(version));
  const bool waiting = n.state() == NotificationState::QUEUED || n.state() == NotificationState::TEMPORARY_FAILURE;
  if (!waiting) n.clear_next_attempt_at();
  session_.sql().exec_params(
      "update notification set version = $2, state = $3, attempts = $4, next_attempt_at = case when $5 then coalesce(nullif($6, "
      "'')::timestamptz, $7::timestamptz) end, "
      "lease_until = case when $3 = 'SENDING' then lease_until end, document = $8, updated_at = $7 where id = $1",
      n.id(), version, StateName(n.state()), n.attempts(), waiting,
      n.has_next_attempt_at() ? FormatInstant(FromTimestamp(n.next_attempt_at())) : std::string(), FormatInstant(session_.now()),
      ToDocument(n));
}

std::vector<v1::Notification> NotificationStore::List(const NotificationFilter& filter, std::string& next) {
  const v1::ListNotificationsRequest& w = filter.request;
  const Page page = PageOf(w.page());
  const std::string recipient = w.recipient() == "me" ? session_.actor().id : w.recipient();
  auto messages = Documents(session_.sql().exec_params(
      "select document from notification where ($1 = '' or restriction_id = $1) and ($2 = '' or appeal_id = $2) and ($3 = '' or person_id "
      "= standing($3)) "
      "and ($4 = '' or recipient = $4) and ($5 = '' or state = $5) and ($6 = '' or kind = $6) and ($7 = '' or audience = $7) and ($8 = '' "
      "or service_area = $8) "
      "and ($9::text[] is null or recipient = $12 or (service_area = any($9) and incident_id = '')) and ($10 = '' or recipient = $10) "
      "and ($11 = '' or id < nullif($11, '')::uuid) order by id desc limit $13",
      w.restriction_id(), w.appeal_id(), w.person_id(), recipient,
      w.state() == NotificationState::STATE_UNSPECIFIED ? std::string() : StateName(w.state()),
      w.kind() == v1::Notification::Kind::KIND_UNSPECIFIED ? std::string() : v1::Notification::Kind::Value_Name(w.kind()), w.audience(),
      w.service_area(), filter.areas ? TextArray(*filter.areas).c_str() : static_cast<const char*>(nullptr), filter.only_recipient,
      page.after, session_.actor().id, page.one_more()));
  next = CutToPage(messages, page, [](const v1::Notification& last) { return last.id(); });
  return messages;
}

std::vector<v1::Notification> NotificationStore::SharesOf(const LedgerOf& of) {
  return Documents(
      session_.sql().exec_params("select document from notification where kind in ('SHARE', 'CORRECTION') and (($1 <> '' and "
                                 "restriction_id = $1) or ($2 <> '' and incident_id = $2) or ($3 <> '' and marker_id = $3)) order by id",
                                 of.restriction_id, of.incident_id, of.marker_id));
}

std::vector<Outgoing> NotificationStore::ToldOfMarker(const std::string& marker_id) {
  return Outgoings(session_.sql().exec_params(
      absl::StrCat(kOutgoing, "where kind = 'SHARE' and marker_id = $1 and state <> 'STOPPED' order by id"), marker_id));
}

std::vector<Outgoing> NotificationStore::ToldOfPeople(const std::vector<std::string>& person_ids, absl::Time since) {
  return Outgoings(session_.sql().exec_params(
      absl::StrCat(kOutgoing,
                   "where kind in ('SHARE', 'CORRECTION', 'LETTER') and person_id = any($1::text[]) and recipient <> '' and state <> "
                   "'STOPPED' and created_at >= $2 order by id"),
      TextArray(person_ids), FormatInstant(since)));
}

std::vector<std::string> NotificationStore::RestrictionsShared(const std::string& person_id) {
  std::vector<std::string> ids;
  for (const auto& row : session_.sql().exec_params(
           "select distinct restriction_id from notification n where kind = 'SHARE' and person_id = $1 and restriction_id <> '' and not "
           "exists "
           "(select from notification later where later.kind = 'SHARE' and later.restriction_id = n.restriction_id and later.occasion in "
           "('restriction.lifted', 'restriction.expired', 'restriction.overturned', 'restriction.superseded')) order by 1",
           person_id)) {
    ids.emplace_back(row[0].c_str());
  }
  return ids;
}

std::vector<Outgoing> NotificationStore::ToldOfRestriction(const std::string& restriction_id) {
  return Outgoings(session_.sql().exec_params(
      absl::StrCat(kOutgoing, "where kind = 'SHARE' and restriction_id = $1 and state <> 'STOPPED' order by id"), restriction_id));
}

std::vector<Outgoing> NotificationStore::ToldOfIncident(const std::string& incident_id, absl::Time since) {
  return Outgoings(session_.sql().exec_params(
      absl::StrCat(kOutgoing,
                   "where kind in ('SHARE', 'ALERT') and incident_id = $1 and recipient <> '' and state <> 'STOPPED' and created_at >= $2 "
                   "order by id"),
      incident_id, FormatInstant(since)));
}

std::vector<v1::Notification> NotificationStore::ToldAbout(const std::string& person_id, const std::string& restriction_id) {
  return Documents(session_.sql().exec_params(
      "select document from notification where (($1 <> '' and person_id = $1) or ($2 <> '' and restriction_id = $2)) "
      "and state in ('SENT', 'DELIVERED', 'READ', 'ACKNOWLEDGED', 'ESCALATED', 'RESOLVED') order by id",
      person_id, restriction_id));
}

std::vector<Outgoing> NotificationStore::Claim(v1::Notification::Means::Value means, int most, int most_each, absl::Time lease_until,
                                               const std::vector<std::string>& held) {
  auto messages = Outgoings(session_.sql().exec_params(
      absl::StrCat("with busy as (select provider from notification where state = 'SENDING' and lease_until > $2 group by provider having "
                   "count(*) >= $4) ",
                   kOutgoing,
                   "where id in (select id from notification n where means = $1 and state in ('QUEUED', 'TEMPORARY_FAILURE') and "
                   "next_attempt_at <= $2 and not provider = any($3::text[]) and provider not in (select provider from busy) order by "
                   "next_attempt_at limit $5 for update skip locked)"),
      v1::Notification::Means::Value_Name(means), FormatInstant(session_.now()), TextArray(held), most_each, most));
  for (Outgoing& message : messages) {
    message.notification.set_attempts(message.notification.attempts() + 1);
    Move(message.notification, Signal::kTake, "");
    session_.sql().exec_params("update notification set lease_until = $2 where id = $1", message.notification.id(),
                               FormatInstant(lease_until));
  }
  return messages;
}

int NotificationStore::ReleaseLeases() {
  const auto rows = session_.sql().exec_params(
      "select document from notification where state = 'SENDING' and lease_until <= $1 limit 200 for update skip locked",
      FormatInstant(session_.now()));
  for (v1::Notification& message : Documents(rows))
    Move(message, Signal::kLeaseOver, "The sender was cut off; it goes again with the same id.");
  return static_cast<int>(rows.size());
}

void NotificationStore::GiveBack(const std::vector<std::string>& ids) {
  for (v1::Notification& message : Documents(session_.sql().exec_params(
           "select document from notification where state = 'SENDING' and id = any($1::uuid[]) for update", TextArray(ids)))) {
    message.set_attempts(std::max(message.attempts() - 1, 0));
    Move(message, Signal::kLeaseOver, "The sender stopped before its turn came.");
  }
}

std::vector<std::string> NotificationStore::IdsToStop(const std::string& column, const std::string& value) {
  std::vector<std::string> ids;
  const auto rows = session_.sql().exec_params(
      absl::StrCat("select id from notification where ", column,
                   " = $1 and state in ('QUEUED', 'TEMPORARY_FAILURE', 'TECHNICAL_FAILURE', 'PRINTED') for update"),
      value);
  for (const auto& row : rows) ids.emplace_back(row[0].c_str());
  return ids;
}

std::vector<v1::Notification> NotificationStore::ToBeAcknowledgedBy(const std::string& staff_id) {
  return Documents(session_.sql().exec_params(
      "select document from notification where recipient = $1 and kind in ('SHARE', 'CORRECTION') and state in ('QUEUED', 'SENDING', "
      "'SENT', 'DELIVERED', 'READ', 'TEMPORARY_FAILURE', 'ESCALATED') order by id",
      staff_id));
}

std::vector<std::string> NotificationStore::Unacknowledged(absl::Time since) {
  std::vector<std::string> ids;
  const auto rows = session_.sql().exec_params(
      "select id from notification where kind = 'SHARE' and state in ('SENT', 'DELIVERED', 'READ') and created_at <= $1 order by id limit "
      "100",
      FormatInstant(since));
  for (const auto& row : rows) ids.emplace_back(row[0].c_str());
  return ids;
}

NotificationStore::Counts NotificationStore::Count() {
  const auto row = session_.sql().exec_params1(
      "select count(*) filter (where kind = 'SHARE' and state in ('SENT', 'DELIVERED', 'READ')), count(*) filter (where state = "
      "'ESCALATED'), "
      "count(*) filter (where state in ('PERMANENT_FAILURE', 'TECHNICAL_FAILURE')), count(*) filter (where state in ('QUEUED', "
      "'TEMPORARY_FAILURE')), "
      "coalesce(extract(epoch from $1::timestamptz - min(created_at) filter (where state = 'QUEUED')), 0) from notification",
      FormatInstant(session_.now()));
  return {row[0].as<int>(), row[1].as<int>(), row[2].as<int>(), row[3].as<int>(), row[4].as<double>()};
}

bool NotificationStore::NoteReceipt(const std::string& receipt_id, const std::string& notification_id) {
  return session_.sql()
             .exec_params("insert into receipt (receipt_id, notification_id, at) values ($1, $2, $3) on conflict do nothing", receipt_id,
                          notification_id, FormatInstant(session_.now()))
             .affected_rows() == 1;
}

void NoteNotTold(Session& session, const std::string& event_id, const LedgerOf& of, const v1::NotTold& line) {
  session.sql().exec_params(
      "insert into not_told (restriction_id, incident_id, event_id, audience, why, clause, decided_by, decided_at, marker_id) values ($1, "
      "$2, $3, "
      "$4, $5, $6, $7, $8, $9) on conflict do nothing",
      of.restriction_id, of.incident_id, event_id, line.audience(), line.why(), line.clause(), line.decided_by(),
      FormatInstant(session.now()), of.marker_id);
}

std::vector<v1::NotTold> NotToldOf(Session& session, const LedgerOf& of) {
  std::vector<v1::NotTold> lines;
  for (const auto& row : session.sql().exec_params(
           "select distinct on (audience) audience, why, clause, decided_by, (extract(epoch from decided_at) * 1000000)::bigint from "
           "not_told t "
           "where (($1 <> '' and restriction_id = $1) or ($2 <> '' and incident_id = $2) or ($3 <> '' and marker_id = $3)) "
           "and not exists (select from notification n where n.kind = 'SHARE' and n.audience = t.audience and n.created_at >= t.decided_at "
           "and (($1 <> '' and n.restriction_id = $1) or ($2 <> '' and n.incident_id = $2) or ($3 <> '' and n.marker_id = $3))) order by "
           "audience, id desc",
           of.restriction_id, of.incident_id, of.marker_id)) {
    v1::NotTold line;
    line.set_audience(row[0].c_str());
    line.set_why(row[1].c_str());
    line.set_clause(row[2].c_str());
    line.set_decided_by(row[3].c_str());
    *line.mutable_decided_at() = ToTimestamp(absl::FromUnixMicros(row[4].as<std::int64_t>()));
    lines.push_back(std::move(line));
  }
  return lines;
}

void NoteWithheld(Session& session, const std::string& restriction_id, const std::string& decision_id, const std::string& look_again_on) {
  session.sql().exec_params(
      "insert into withheld (restriction_id, decision_id, look_again_on, at) values ($1, $2, nullif($3, '')::date, $4) on conflict do "
      "nothing",
      restriction_id, decision_id, look_again_on, FormatInstant(session.now()));
}

bool IsWithheld(Session& session, const std::string& restriction_id) {
  // Until a later decision was written to the person.
  return session.sql()
      .exec_params1(
          "select exists (select from withheld w where restriction_id = $1 and not exists (select from letter l where l.restriction_id = "
          "$1 "
          "and l.created_at > w.at and (l.kind in ('RESTRICTION', 'VARIATION', 'REVIEW_OUTCOME') or l.document->'paragraphs' @> "
          "'[{\"purpose\": \"appeal\"}]')))",
          restriction_id)[0]
      .as<bool>();
}

void NoteDeath(Session& session, const std::string& person_id) {
  session.sql().exec_params("insert into deceased (person_id, at) values ($1, $2) on conflict do nothing", person_id,
                            FormatInstant(session.now()));
}

void NoteAlive(Session& session, const std::string& person_id) {
  session.sql().exec_params("delete from deceased where person_id = $1", person_id);
}

bool HasDied(Session& session, const std::string& person_id) {
  return session.sql().exec_params1("select exists (select from deceased where person_id = $1)", person_id)[0].as<bool>();
}

}  // namespace evenhand::notification
