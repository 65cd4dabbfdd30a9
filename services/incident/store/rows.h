// What one transaction changes, gathered first and written by sets: one record by hand and five hundred of an import are the same here.
#pragma once

#include <string>
#include <vector>

#include "evenhand/incident/v1/incident.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::incident {

// An incident as it is held: the message and what is beside it.
struct HeldIncident {
  v1::Incident incident;
  std::int64_t version = 0;
  bool cut_off = false;             // its text came from a row that ended with the file
  bool director_stands_in = false;  // 12.6
  bool from_source = false;         // its text came from the source's own system
};

struct VersionRow {
  std::string incident_id;
  std::int64_t version = 0;
  v1::IncidentVersion::Kind::Value kind;
  int source_version = 1;
  std::string by;
  std::string reason;
  std::string text_hash;  // 32 bytes
  std::string document;   // the serialized text of this version
};

struct HeldFollowUp {
  v1::FollowUp follow_up;
  std::int64_t version = 1;
  bool staff_named = false;
};

struct RejectionRow {
  std::string id, row_hash, record_no, column, code, reason, service_area, fields_json;
  int line = 0;
};

struct WriteSet {
  std::vector<HeldIncident> inserts, updates;
  std::vector<VersionRow> versions;
  std::vector<HeldFollowUp> new_follow_ups, changed_follow_ups;
  std::vector<RejectionRow> rejections;
  std::vector<AuditEntry> audit;
  std::vector<OutgoingEvent> events;
};

}  // namespace evenhand::incident
