// Schema changes: forward only, checksummed, one migrator at a time (advisory lock), each in its own transaction.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <pqxx/pqxx>

namespace evenhand {

// Embedded at build time from services/<svc>/migrations/0001_name.sql (see evenhand_embed_migrations in tools/cmake).
struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

// Creates `schema`, applies the platform's own migrations (outbox, inbox, audit, idempotency) and then `migrations` in order;
// grants to role evenhand_<schema> what a service may do (never update or delete on the audit table).
// A changed checksum or a gap in the numbers is FAILED_PRECONDITION and nothing is applied.
absl::Status Migrate(const std::string& owner_connection, const std::string& schema, std::span<const Migration> migrations);

// Whether the schema that `sql` looks into is at least the one that this program knows, the platform's part included. A newer one is right:
// the next release migrates first. Throws where nothing was ever migrated, or PostgreSQL is away.
bool IsMigrated(pqxx::transaction_base& sql, const std::string& schema, std::span<const Migration> migrations);

}  // namespace evenhand
