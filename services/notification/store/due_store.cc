#include "services/notification/store/due_store.h"

#include "services/platform/base/local_date.h"
#include "services/platform/pg/quick_look.h"

namespace evenhand::notification {
namespace {

// Each part reads the first entry of a partial index that holds only what waits.
constexpr char kDue[] =
    "select exists (select from occasion where done_at is null and next_attempt_at <= $1), "
    "exists (select from notification where means = 'EMAIL' and state in ('QUEUED', 'TEMPORARY_FAILURE') and next_attempt_at <= $1), "
    "exists (select from notification where means = 'WEBHOOK' and state in ('QUEUED', 'TEMPORARY_FAILURE') and next_attempt_at <= $1), "
    "exists (select from notification where means = 'LETTER' and state in ('QUEUED', 'TEMPORARY_FAILURE') and next_attempt_at <= $1), "
    "exists (select from notification where state = 'SENDING' and lease_until <= $1)";

}  // namespace

std::optional<Due> WhatIsDue(Pool& pool, absl::Time now) {
  const std::optional<pqxx::row> row = QuickLook(pool, "what is due", kDue, FormatInstant(now));
  if (!row) return std::nullopt;
  return Due{.occasions = (*row)[0].as<bool>(),
             .emails = (*row)[1].as<bool>(),
             .webhooks = (*row)[2].as<bool>(),
             .letters = (*row)[3].as<bool>(),
             .leases = (*row)[4].as<bool>()};
}

}  // namespace evenhand::notification
