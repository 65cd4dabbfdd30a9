#include "services/platform/outbox/housekeeping.h"

#include <absl/time/clock.h>

#include "services/platform/base/local_date.h"
#include "services/platform/obs/metrics.h"

namespace evenhand {
namespace {

constexpr absl::Duration kKeepKeys = absl::Hours(24);
constexpr absl::Duration kKeepInbox = absl::Hours(24 * 30);

}  // namespace

void MeasureOutbox(Pool& pool) {
  static prometheus::Gauge& waiting = GaugeNamed("evenhand_outbox_waiting", "Events not yet delivered.");
  static prometheus::Gauge& oldest = GaugeNamed("evenhand_outbox_oldest_seconds", "Age of the oldest event not yet delivered.");
  static prometheus::Gauge& parked = GaugeNamed("evenhand_outbox_parked", "Events that failed too often and wait for a person.");
  static prometheus::Gauge& in_use = GaugeNamed("evenhand_pool_in_use", "Database connections on loan.");
  static prometheus::Gauge& size = GaugeNamed("evenhand_pool_size", "Database connections that there may be.");
  in_use.Set(pool.in_use());
  size.Set(pool.size());
  absl::StatusOr<Pool::Lease> lease = pool.Acquire(absl::Now() + absl::Seconds(1));
  if (!lease.ok()) return;
  pqxx::nontransaction sql(**lease);
  const auto row = sql.exec_params1(
      "select count(*) filter (where parked_at is null), count(*) filter (where parked_at is not null), "
      "coalesce(extract(epoch from $1::timestamptz - min(occurred_at) filter (where parked_at is null)), 0) from outbox",
      FormatInstant(absl::Now()));
  waiting.Set(row[0].as<double>());
  parked.Set(row[1].as<double>());
  oldest.Set(std::max(0.0, row[2].as<double>()));
}

void ForgetOld(Pool& pool) {
  absl::StatusOr<Pool::Lease> lease = pool.Acquire(absl::Now() + absl::Seconds(5));
  if (!lease.ok()) return;
  pqxx::work sql(**lease);
  sql.exec_params("delete from idempotency where answered_at < $1", FormatInstant(absl::Now() - kKeepKeys));
  sql.exec_params("delete from inbox where received_at < $1", FormatInstant(absl::Now() - kKeepInbox));
  sql.commit();
}

}  // namespace evenhand
