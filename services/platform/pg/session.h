// One transaction of one request: SQL, the time it happens at, and what must be kept together with the change.
#pragma once

#include <span>
#include <string>

#include <absl/time/time.h>
#include <pqxx/pqxx>

#include "services/events/event_type.h"
#include "services/platform/rpc/call.h"

namespace evenhand {

// Who did what under which clause; written in the transaction of the change or of the read (12.4). References, never content.
struct AuditEntry {
  std::string action;        // "restriction.imposed", "incident.read"
  std::string subject_kind;  // "restriction"
  std::string subject_id;
  std::string clause;
  std::string person_id;  // whose record it is, when it is a person's
  std::string before;     // etag or state before, "" for a read or a creation
  std::string after;
};

using events::OutgoingEvent;

class Session {
 public:
  Session(pqxx::transaction_base& sql, const Call& call, absl::Time now, std::string_view calendar = {})
      : sql_(sql), call_(call), now_(now), calendar_(calendar) {}

  // libpqxx 6.4: exec, exec_params, exec_prepared. search_path is the service's own schema.
  pqxx::transaction_base& sql() { return sql_; }
  const Call& call() const { return call_; }
  const Actor& actor() const { return call_.actor; }
  absl::Time now() const { return now_; }
  // The council's calendar by its name: setting working-calendar.
  std::string_view calendar() const { return calendar_; }

  void Audit(const AuditEntry& entry);
  // Many at once, in one statement: for imports.
  void AuditAll(std::span<const AuditEntry> entries);
  // What was audited so far.
  const std::vector<AuditEntry>& audited() const { return audited_; }

  // Emit(events::PersonMerged{…}): one outbox row for each service that hears it. Delivered at least once after commit.
  void Emit(const OutgoingEvent& event);
  void EmitAll(std::span<const OutgoingEvent> events);

 private:
  pqxx::transaction_base& sql_;
  const Call& call_;
  absl::Time now_;
  std::string_view calendar_;
  std::vector<AuditEntry> audited_;
};

// As kept with the reply of a key, for its replay.
std::string AuditToJson(std::span<const AuditEntry> entries);

// Writes such a list, each action with `suffix` behind it: ".tried", ".replayed".
void KeepAudit(pqxx::transaction_base& sql, const Call& call, absl::Time now, const std::string& json, const std::string& suffix);

}  // namespace evenhand
