// Restrictions as they are kept: a document each, every version for ever, its decisions, and the measures that hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/restriction/v1/restriction.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/refusal.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

struct RestrictionRecord {
  v1::Restriction doc;  // etag and state as stored
  std::int64_t version = 0;
};

struct RestrictionFilter {
  std::string person_id;
  std::string service_area;
  std::string state;  // name, "" for all
  bool review_overdue = false;
  std::optional<std::vector<std::string>> areas;  // only these; nothing: all
  int limit = 50;
  std::string after;  // id of the last of the previous page
};

class Restrictions {
 public:
  explicit Restrictions(Session& session) : session_(session), sql_(session.sql()) {}

  std::optional<RestrictionRecord> Find(const std::string& id);
  std::optional<RestrictionRecord> FindForUpdate(const std::string& id);

  // Gives id, reference and etag, and keeps the incidents it relies on.
  void Insert(v1::Restriction& restriction);
  // The next version, under the name of what happened.
  void Save(RestrictionRecord& record, v1::HistoryAction::Value action);
  // The incidents that its grounds name, instead of those that they named before.
  void RestOn(const v1::Restriction& restriction);

  // A decision with its own right of appeal (case L); added to the document too.
  v1::Decision& Decide(v1::Restriction& restriction, v1::Decision decision);

  // The terms of `restriction` hold from now; what held of it before ends at the same instant. ALREADY_IN_FORCE names the other.
  std::optional<Refusal> PutMeasuresInForce(const v1::Restriction& restriction);
  // The same measures under the next version of the terms.
  void KeepMeasuresInForce(const v1::Restriction& restriction);
  void EndMeasures(const std::string& restriction_id, absl::Time at);

  // Measures of this person's restrictions in force that another one kept from holding, and no longer does: they hold from now. Where the
  // other will end by itself they stand by for that instant. So that the union of two merged records holds on when one of them ends.
  void FillGaps(const std::string& person_id);

  // Newest first.
  std::vector<v1::Restriction> List(const RestrictionFilter& filter);
  std::vector<v1::Restriction> OfPerson(const std::string& person_id);
  // Of these areas: proposed, or in force with an open review or one due by then.
  std::vector<v1::Restriction> Undecided(const std::vector<std::string>& areas, LocalDate review_by);
  // In force at this instant by state and clock, and binding, other than `except_id`.
  std::vector<v1::Restriction> InForceOf(const std::string& person_id, const std::string& service_area, const std::string& except_id);
  // Those that have reached their end and have not been told so; locked, skipping what others work on.
  std::vector<RestrictionRecord> DueToExpire(const std::string& person_id, int limit);
  // Restrictions, proposed or in force, that rely on an incident.
  std::vector<std::string> RelyingOn(const std::string& incident_id);
  // Those that a merge closed because this one held the same.
  std::vector<std::string> SupersededBy(const std::string& id);

  // What holds the record, and the appeals that were told of, as they stand now.
  void SyncHolds(v1::Restriction& restriction);
  void PlaceHold(const std::string& restriction_id, v1::Hold::Kind::Value kind, const std::string& thing_id, const std::string& reason);
  void ReleaseHold(const std::string& restriction_id, v1::Hold::Kind::Value kind, const std::string& thing_id);

 private:
  std::optional<RestrictionRecord> Load(const std::string& id, bool lock);
  // False when the same measure holds already by another.
  bool PutInForce(const v1::Restriction& restriction, const v1::Measure& measure, absl::Time from, bool stands_by);
  void Forget(const std::string& column, const std::string& id, absl::Time at);
  void StandBy(const v1::Restriction& restriction, const v1::Measure& measure);
  void KeepVersion(const v1::Restriction& restriction, std::int64_t version, v1::HistoryAction::Value action);

  Session& session_;
  pqxx::transaction_base& sql_;
};

}  // namespace evenhand::restriction
