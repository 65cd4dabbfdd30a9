// From the local spool to PostgreSQL: every record once, known by its id (12.4).
#pragma once

#include "services/platform/pg/pool.h"
#include "services/restriction/check/check_spool.h"

namespace evenhand::restriction::check {

// Copies what waits. Throws when the database is away: the next run goes on where this one stopped.
void CopyAudit(CheckSpool& spool, Pool& pool);

}  // namespace evenhand::restriction::check
