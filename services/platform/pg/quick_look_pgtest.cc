#include "services/platform/pg/quick_look.h"

#include <gtest/gtest.h>

#include "services/platform/testing/pg.h"

namespace evenhand {
namespace {

constexpr Migration kMigrations[] = {{1, "thing", "create table thing (n int not null);"}};
constexpr char kAny[] = "select exists (select from thing where n = $1)";

class QuickLooks : public ::testing::Test {
 protected:
  std::optional<bool> Any(int n) {
    const auto row = QuickLook(pool_, "any", kAny, n);
    if (!row) return std::nullopt;
    return (*row)[0].as<bool>();
  }

  Pool pool_{{.connection = testing::Postgres::Shared().Fresh("incident", kMigrations), .schema = "incident", .size = 2}};
};

TEST_F(QuickLooks, SeeWhatIsThereNow) {
  EXPECT_EQ(Any(1), false);
  const auto connection = pool_.Open();
  pqxx::nontransaction(*connection).exec("insert into thing values (1)");
  EXPECT_EQ(Any(1), true);
  EXPECT_EQ(Any(2), false);
}

TEST_F(QuickLooks, SayNothingWhileTheDatabaseIsAwayAndGoOnWhenItIsBack) {
  EXPECT_EQ(Any(1), false);
  testing::Postgres::Shared().Crash();
  EXPECT_EQ(Any(1), std::nullopt) << "a connection that broke";
  EXPECT_EQ(Any(1), std::nullopt) << "none to be had";
  testing::Postgres::Shared().Start();
  EXPECT_EQ(Any(1), false);
}

TEST_F(QuickLooks, WhoseStatementIsWrongFailAloud) {
  EXPECT_THROW(QuickLook(pool_, "wrong", "select from nowhere"), pqxx::sql_error);
  EXPECT_EQ(Any(1), false) << "the connection is still good";
}

}  // namespace
}  // namespace evenhand
