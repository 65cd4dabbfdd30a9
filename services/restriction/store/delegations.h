// Authority that is lent: who, where, from when, until when (4.1, 4.2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/delegation/v1/delegation_service.pb.h"
#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

struct DelegationRecord {
  delegation::v1::Delegation doc;
  std::int64_t version = 0;
};

// Authority that somebody holds now: by which delegation, and whose it is.
struct Lent {
  std::string id;
  std::string by;
};

class Delegations {
 public:
  explicit Delegations(Session& session) : session_(session), sql_(session.sql()) {}

  void Insert(delegation::v1::Delegation& delegation);
  void Save(DelegationRecord& record);
  std::optional<DelegationRecord> FindForUpdate(const std::string& id);
  // Who lent it; "" where there is no such delegation.
  std::string LenderOf(const std::string& id);
  std::vector<delegation::v1::Delegation> List(const std::optional<std::vector<std::string>>& areas, const std::string& area, int limit,
                                               const std::string& after);

  // Where this member of staff may decide by anybody's delegation now.
  std::vector<std::string> AreasHeldNow(const std::string& delegate_id);
  // The delegations under which this member of staff may decide in this area now.
  std::vector<Lent> HeldNow(const std::string& delegate_id, const std::string& area);

 private:
  Session& session_;
  pqxx::transaction_base& sql_;
};

}  // namespace evenhand::restriction
