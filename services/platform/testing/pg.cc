#include "services/platform/testing/pg.h"

#include <cstdlib>
#include <filesystem>

#include <absl/strings/str_cat.h>
#include <unistd.h>

#include "services/platform/base/check.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::testing {
namespace {

constexpr char kBin[] = "/usr/lib/postgresql/15/bin/";

// initdb refuses root: the cluster belongs to user postgres then.
std::string AsOwner(const std::string& command) {
  return geteuid() == 0 ? absl::StrCat("runuser -u postgres -- sh -c \"", command, "\"") : absl::StrCat("sh -c \"", command, "\"");
}

}  // namespace

Postgres& Postgres::Shared() {
  static Postgres shared;
  return shared;
}

Postgres::Postgres() {
  char pattern[] = "/tmp/evenhand-pg-XXXXXX";
  EVENHAND_CHECK(mkdtemp(pattern) != nullptr, "no temporary folder");
  folder_ = pattern;
  if (geteuid() == 0) Command(absl::StrCat("chown postgres ", folder_));
  Command(
      AsOwner(absl::StrCat(kBin, "initdb -D ", folder_, "/data -A trust -U evenhand_owner --no-sync -E UTF8 --locale=C.UTF-8 >/dev/null")));
  Start();
}

void Postgres::Start() {
  Command(AsOwner(absl::StrCat(kBin, "pg_ctl -D ", folder_, "/data -w -s -l ", folder_, "/log -o '-k ", folder_,
                               " -c listen_addresses= -c fsync=off' start")));
}

void Postgres::Crash() { Command(AsOwner(absl::StrCat(kBin, "pg_ctl -D ", folder_, "/data -w -s -m immediate stop"))); }

Postgres::~Postgres() {
  Crash();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Postgres::owner() const { return absl::StrCat("host=", folder_, " user=evenhand_owner dbname=", database_); }

std::string Postgres::Fresh(const std::string& schema, std::span<const Migration> migrations) {
  database_ = "postgres";
  const std::string name = absl::StrCat("test_", ++made_);
  {
    pqxx::connection connection(owner());
    pqxx::nontransaction sql(connection);
    sql.exec("create database " + name);
    if (sql.exec_params("select from pg_roles where rolname = $1", "evenhand_" + schema).empty())
      sql.exec(absl::StrCat("create role evenhand_", schema, " login"));
  }
  database_ = name;
  const absl::Status migrated = Migrate(owner(), schema, migrations);
  EVENHAND_CHECK(migrated.ok(), std::string(migrated.message()).c_str());
  const absl::Status loaded = LoadBankHolidays(owner(), schema, KnownBankHolidays(), absl::UnixEpoch());
  EVENHAND_CHECK(loaded.ok(), std::string(loaded.message()).c_str());
  return absl::StrCat("host=", folder_, " user=evenhand_", schema, " dbname=", name);
}

void Postgres::Command(const std::string& command) const { EVENHAND_CHECK(std::system(command.c_str()) == 0, command.c_str()); }

}  // namespace evenhand::testing
