// Register entries as they are kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/restriction/v1/marker.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

struct MarkerRecord {
  v1::Marker doc;
  std::int64_t version = 0;
};

class Markers {
 public:
  explicit Markers(Session& session) : session_(session), sql_(session.sql()) {}

  void Insert(v1::Marker& marker);
  void Save(MarkerRecord& record);
  std::optional<MarkerRecord> Find(const std::string& person_id, const std::string& id, bool lock);
  std::vector<v1::Marker> OfPerson(const std::string& person_id);
  // Not removed, resting on this incident.
  std::vector<MarkerRecord> RestingOn(const std::string& incident_id);

 private:
  void KeepVersion(const v1::Marker& marker, std::int64_t version);

  Session& session_;
  pqxx::transaction_base& sql_;
};

// Overdue or not by the clock.
v1::Marker Present(v1::Marker marker, absl::Time now);

}  // namespace evenhand::restriction
