// A private PostgreSQL for tests: started once a test program, migrated, stopped at its end. Never the machine's own cluster.
#pragma once

#include <span>
#include <string>

#include "services/platform/pg/migrator.h"
#include "services/platform/pg/pool.h"

namespace evenhand::testing {

class Postgres {
 public:
  // The cluster of this test program; started at the first call.
  static Postgres& Shared();

  // A new database with `schema` migrated; the connection string of role evenhand_<schema>.
  std::string Fresh(const std::string& schema, std::span<const Migration> migrations);

  // The owner's connection string to the database made last.
  std::string owner() const;

  // Stops at once and starts again, as a crash does.
  void Crash();
  void Start();

  ~Postgres();

 private:
  Postgres();
  void Command(const std::string& command) const;

  std::string folder_;
  std::string database_ = "postgres";
  int made_ = 0;
};

}  // namespace evenhand::testing
