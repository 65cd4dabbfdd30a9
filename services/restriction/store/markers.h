// Register entries as they are kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/marker/v1/marker.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

struct MarkerRecord {
  marker::v1::Marker doc;
  std::int64_t version = 0;
};

class Markers {
 public:
  explicit Markers(Session& session) : session_(session), sql_(session.sql()) {}

  void Insert(marker::v1::Marker& marker);
  void Save(MarkerRecord& record);
  std::optional<MarkerRecord> Find(const std::string& person_id, const std::string& id, bool lock);
  std::vector<marker::v1::Marker> OfPerson(const std::string& person_id);
  // Of these areas: provisional, or confirmed with a review due by then.
  std::vector<marker::v1::Marker> Undecided(const std::vector<std::string>& areas, LocalDate review_by);
  // Not removed, resting on this incident.
  std::vector<MarkerRecord> RestingOn(const std::string& incident_id);

 private:
  void KeepVersion(const marker::v1::Marker& marker, std::int64_t version);

  Session& session_;
  pqxx::transaction_base& sql_;
};

// Overdue or not by the clock.
marker::v1::Marker Present(marker::v1::Marker marker, absl::Time now);

}  // namespace evenhand::restriction
