#include "services/platform/pg/migrator.h"

#include <vector>

#include <absl/strings/str_cat.h>
#include <pqxx/pqxx>

#include "services/platform/base/sha256.h"

namespace evenhand::platform {
std::span<const evenhand::Migration> Migrations();  // embedded from pg/migrations
}

namespace evenhand {
namespace {

// Tables that a migration marks by a line "-- append-only" right before their "create table".
std::vector<std::string> AppendOnlyTables(std::string_view sql) {
  static constexpr std::string_view kMark = "-- append-only\ncreate table ";
  std::vector<std::string> names;
  for (std::size_t at = sql.find(kMark); at != std::string_view::npos; at = sql.find(kMark, at + 1)) {
    const std::size_t start = at + kMark.size();
    names.emplace_back(sql.substr(start, sql.find_first_of(" (\n", start) - start));
  }
  return names;
}

class Migrator {
 public:
  Migrator(pqxx::connection& connection, std::string schema) : connection_(connection), schema_(std::move(schema)) {}

  void Prepare() {
    pqxx::work sql(connection_);
    Lock(sql);
    sql.exec(absl::StrCat("create schema if not exists ", schema_));
    sql.exec(absl::StrCat("create table if not exists ", schema_,
                          ".schema_migration (owner text not null, number int not null, name text not null, checksum text not null, "
                          "applied_at timestamptz not null default now(), primary key (owner, number))"));
    sql.exec(absl::StrCat("create table if not exists ", schema_, ".append_only_table (name text primary key)"));
    sql.exec(absl::StrCat("grant usage on schema ", schema_, " to ", Role()));
    sql.commit();
  }

  // `owner` keeps the platform's numbers apart from the service's.
  absl::Status Apply(const std::string& owner, std::span<const Migration> migrations) {
    int previous = 0;
    for (const Migration& migration : migrations) {
      if (migration.number <= previous)
        return absl::FailedPreconditionError(absl::StrCat("migration ", migration.number, " is out of order"));
      previous = migration.number;
      if (absl::Status status = ApplyOne(owner, migration); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  // Two migrators at once wait for each other here, one transaction a step.
  void Lock(pqxx::work& sql) { sql.exec(absl::StrCat("select pg_advisory_xact_lock(hashtext('evenhand migration ", schema_, "'))")); }

  std::string Role() const { return absl::StrCat("evenhand_", schema_); }

  absl::Status ApplyOne(const std::string& owner, const Migration& migration) {
    pqxx::work sql(connection_);
    sql.exec(absl::StrCat("set local search_path = ", schema_));
    Lock(sql);
    const std::string checksum = Sha256Hex(migration.sql);
    const auto known = sql.exec_params("select checksum from schema_migration where owner = $1 and number = $2", owner, migration.number);
    if (!known.empty()) {
      if (known[0][0].as<std::string>() == checksum) return absl::OkStatus();
      return absl::FailedPreconditionError(
          absl::StrCat("migration ", migration.number, "_", std::string(migration.name), " was changed after it was applied"));
    }
    const auto newer =
        sql.exec_params("select max(number) from schema_migration where owner = $1 having max(number) > $2", owner, migration.number);
    if (!newer.empty())
      return absl::FailedPreconditionError(absl::StrCat("migration ", migration.number, " is older than what was applied"));
    sql.exec(std::string(migration.sql));
    Grant(sql, migration);
    sql.exec_params("insert into schema_migration (owner, number, name, checksum) values ($1, $2, $3, $4)", owner, migration.number,
                    std::string(migration.name), checksum);
    sql.commit();
    return absl::OkStatus();
  }

  void Grant(pqxx::work& sql, const Migration& migration) {
    sql.exec(absl::StrCat("grant select, insert, update, delete on all tables in schema ", schema_, " to ", Role()));
    sql.exec(absl::StrCat("grant usage, select on all sequences in schema ", schema_, " to ", Role()));
    sql.exec(absl::StrCat("revoke insert, update, delete on schema_migration from ", Role()));
    // What a service must never change stays so whatever a later migration grants (audit, 12.4).
    for (const std::string& table : AppendOnlyTables(migration.sql)) sql.exec_params("insert into append_only_table values ($1)", table);
    for (const auto& row : sql.exec("select name from append_only_table")) {
      sql.exec(absl::StrCat("revoke update, delete, truncate on ", sql.quote_name(row[0].as<std::string>()), " from ", Role()));
    }
    sql.exec(absl::StrCat("revoke insert, update, delete on append_only_table from ", Role()));
  }

  pqxx::connection& connection_;
  const std::string schema_;
};

}  // namespace

absl::Status Migrate(const std::string& owner_connection, const std::string& schema, std::span<const Migration> migrations) {
  try {
    pqxx::connection connection(owner_connection);
    Migrator migrator(connection, schema);
    migrator.Prepare();
    if (absl::Status status = migrator.Apply("platform", platform::Migrations()); !status.ok()) return status;
    return migrator.Apply(schema, migrations);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("migration of ", schema, ": ", error.what()));
  }
}

bool IsMigrated(pqxx::transaction_base& sql, const std::string& schema, std::span<const Migration> migrations) {
  const auto last = [](std::span<const Migration> all) { return all.empty() ? 0 : all.back().number; };
  const auto row = sql.exec_params1(
      "select coalesce(max(number) filter (where owner = 'platform'), 0), coalesce(max(number) filter (where owner = $1), 0) from "
      "schema_migration",
      schema);
  return row[0].as<int>() >= last(platform::Migrations()) && row[1].as<int>() >= last(migrations);
}

}  // namespace evenhand
