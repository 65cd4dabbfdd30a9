#include "services/platform/pg/migrator.h"

#include <gtest/gtest.h>

#include "services/platform/testing/pg.h"

namespace evenhand {
namespace {

constexpr Migration kThis[] = {{1, "thing", "create table thing (id text primary key);"}};
constexpr Migration kNext[] = {{1, "thing", "create table thing (id text primary key);"}, {2, "word", "alter table thing add word text;"}};

bool Ready(const std::string& connection, std::span<const Migration> migrations) {
  const auto open = Pool({.connection = connection, .schema = "incident"}).Open();
  pqxx::nontransaction sql(*open);
  return IsMigrated(sql, "incident", migrations);
}

TEST(Migrations, ANewReleaseIsNotReadyBeforeItsMigrationAndTheOldOneGoesOnAfterIt) {
  testing::Postgres& postgres = testing::Postgres::Shared();
  const std::string connection = postgres.Fresh("incident", kThis);
  EXPECT_TRUE(Ready(connection, kThis));
  EXPECT_FALSE(Ready(connection, kNext));
  ASSERT_TRUE(Migrate(postgres.owner(), "incident", kNext).ok());
  EXPECT_TRUE(Ready(connection, kNext));
  EXPECT_TRUE(Ready(connection, kThis));
}

TEST(Migrations, WhereNothingWasMigratedNobodyIsReady) {
  testing::Postgres& postgres = testing::Postgres::Shared();
  const std::string connection = postgres.Fresh("incident", kThis);
  pqxx::connection owner(postgres.owner());
  pqxx::nontransaction(owner).exec("drop schema incident cascade");
  EXPECT_ANY_THROW(Ready(connection, kThis));
}

}  // namespace
}  // namespace evenhand
