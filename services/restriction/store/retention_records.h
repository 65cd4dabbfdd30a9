// Records whose time has come, and their erasure: the rule decides (domain/retention), the functions of the schema's owner hold it
// (migrations/0005_erasure.sql).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "evenhand/retention/v1/retention_service.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/session.h"
#include "services/restriction/domain/retention.h"

namespace evenhand::restriction {

struct RetentionFilter {
  LocalDate due_by;
  bool held = false;                              // only what something holds
  std::optional<std::vector<std::string>> areas;  // only these, and no people; nothing: all
  int limit = 50;
  std::string after;  // the token of the last of the page before
};

class RetentionRecords {
 public:
  explicit RetentionRecords(Session& session) : session_(session), sql_(session.sql()) {}

  struct Found {
    retention::v1::RetentionRecord record;
    std::string person_id;
    std::string token;  // its place in the order
  };
  // By date, the soonest first. What is held is among them, with what holds it.
  std::vector<Found> List(const RetentionFilter& filter);

  // What the rule looks at, with the record locked; of one that is gone nothing, which keeps it.
  RestrictionKept RestrictionFacts(const std::string& id);
  MarkerKept MarkerFacts(const std::string& id);
  PersonKept PersonFacts(const std::string& id);  // incidents are elsewhere: `held` is the caller's

  // What the rule let go. False where the functions of the schema's owner see something that keeps it all the same.
  bool EraseRestriction(const std::string& id);
  bool EraseMarker(const std::string& id);
  bool ErasePerson(const std::string& id);

 private:
  Session& session_;
  pqxx::transaction_base& sql_;
};

}  // namespace evenhand::restriction
