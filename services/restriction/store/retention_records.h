// Records whose time has come, and their erasure: the functions of the schema's owner do it, and look for themselves (0005_erasure.sql).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/base/local_date.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

struct RetentionFilter {
  LocalDate due_by;
  int person_months = 12;                         // a person on whom nothing rests is kept so long after the last entry
  bool held = false;                              // only what something holds
  std::optional<std::vector<std::string>> areas;  // only these, and no people; nothing: all
  int limit = 50;
  std::string after;  // the token of the last of the page before
};

class RetentionRecords {
 public:
  explicit RetentionRecords(Session& session) : session_(session), sql_(session.sql()) {}

  struct Found {
    v1::RetentionRecord record;
    std::string person_id;
    std::string token;  // its place in the order
  };
  // By date, the soonest first. What is held is among them, with what holds it.
  std::vector<Found> List(const RetentionFilter& filter);

  // Proposals of before there was a date for them: the date that their behaviours and the day they were made give. Nothing else about them
  // changes, so nobody's etag does.
  void DateProposals(const std::function<LocalDate(const v1::Restriction&)>& date_of);

  // True when it was erased; false when something holds it or its time has not come.
  bool EraseRestriction(const std::string& id);
  bool EraseMarker(const std::string& id);
  bool ErasePerson(const std::string& id, int person_months);

 private:
  Session& session_;
  pqxx::transaction_base& sql_;
};

}  // namespace evenhand::restriction
