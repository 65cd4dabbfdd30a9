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
  // The last copy of the process, once nobody is answered any more: a folder that goes with its machine takes nothing along. Says what
  // stays behind when the database is away.
  void CopyLast();

 private:
  CheckSpool& spool_;
  Pool& pool_;
  bool hurry_ = false;  // nobody waits for the processor any more
  // Kept from run to run: to log in anew each time costs more than the copying, in bursts that checks would feel.
  std::unique_ptr<pqxx::connection> connection_;
};

}  // namespace evenhand::restriction::check
