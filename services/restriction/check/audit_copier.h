// From the local spool to PostgreSQL: every record once, known by its id (12.4).
#pragma once

#include <memory>

#include "services/platform/pg/pool.h"
#include "services/restriction/check/check_spool.h"

namespace evenhand::restriction::check {

class AuditCopier {
 public:
  AuditCopier(CheckSpool& spool, Pool& pool) : spool_(spool), pool_(pool) {}

  // Copies what waits. Throws when the database is away: the next run goes on where this one stopped. For a thread of its own, which lets
  // checks go first from then on (rpc/turns.h).
  void Copy();

 private:
  CheckSpool& spool_;
  Pool& pool_;
  // Kept from run to run: to log in anew each time costs more than the copying, in bursts that checks would feel.
  std::unique_ptr<pqxx::connection> connection_;
};

}  // namespace evenhand::restriction::check
