// One prepared query in one round trip, outside any transaction: for those who ask again and again and mostly find nothing.
#pragma once

#include <optional>
#include <string>

#include <absl/time/clock.h>

#include "services/platform/pg/pool.h"

namespace evenhand {

// The one row of `sql`, prepared as `name` (the same text for the same name, always); nothing while the database is away. Other failures of
// the statement are thrown.
template <typename... Args>
std::optional<pqxx::row> QuickLook(Pool& pool, const std::string& name, const std::string& sql, const Args&... args) {
  absl::StatusOr<Pool::Lease> lease = pool.Acquire(absl::Now() + absl::Seconds(2));
  if (!lease.ok()) return std::nullopt;
  try {
    (*lease)->prepare(name, sql);  // known to the connection already: nothing
    pqxx::nontransaction look(**lease);
    return look.exec_prepared1(name, args...);
  } catch (const pqxx::broken_connection&) {
    pool.Forget();
    return std::nullopt;
  } catch (const pqxx::sql_error& error) {
    if (!error.sqlstate().starts_with("57P")) throw;  // going down or coming up
    pool.Forget();
    return std::nullopt;
  }
}

}  // namespace evenhand
