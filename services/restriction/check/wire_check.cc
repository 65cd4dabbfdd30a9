#include "services/restriction/check/wire_check.h"

#include <charconv>

#include "services/platform/base/local_date.h"
#include "services/platform/obs/metrics.h"
#include "services/restriction/check/audit_copier.h"
#include "services/restriction/check/change_clock.h"
#include "services/restriction/check/contact_rpc.h"
#include "services/restriction/check/contact_stream.h"
#include "services/restriction/check/follower.h"
#include "services/restriction/check/local_streams.h"

namespace evenhand::restriction {
namespace check {
namespace {

// Start without an index after this long: answers are UNKNOWN until it is filled.
constexpr absl::Duration kPatience = absl::Seconds(60);
// A tenth of the second within which the database is to have every record.
constexpr absl::Duration kCopyEvery = absl::Milliseconds(100);

CheckSpool::Options SpoolOptions(const Platform& platform) {
  return {.most_bytes = std::int64_t{platform.settings.Number("check-spool-limit")} << 20,
          .sync = platform.settings.On("check-spool-sync")};
}

// Everything that lives as long as the service, in the order in which it depends on each other.
struct CheckParts {
  explicit CheckParts(Platform& platform)
      : spool(platform.settings.state_dir + "/check-spool", SpoolOptions(platform)),
        copier(spool, platform.pool),
        check(state, spool, platform.clock),
        record(platform.unit_of_work),
        replay(platform.unit_of_work, platform.clock),
        rpc(platform.rpc("evenhand.restriction.v1.ContactService"), check, record, replay),
        streams{.state = state,
                .spool = spool,
                .clock = platform.clock,
                .tokens = platform.tokens,
                .areas = platform.areas,
                .rpc = platform.rpc("evenhand.restriction.v1.ContactStreamService"),
                .rule = platform.authority.Find("evenhand.restriction.v1.ContactService/CheckContact"),
                .metrics = platform.metrics},
        stream(streams),
        local(streams, platform.settings.listen),
        follower(platform.pool, platform.clock, state, platform.settings.state_dir + "/newest-revision") {}

  CheckState state;
  CheckSpool spool;
  AuditCopier copier;
  CheckContact check;
  RecordContact record;
  ReplayContact replay;
  ContactRpc rpc;
  CheckStreamParts streams;
  ContactStreamRpc stream;
  LocalStreams local;
  Follower follower;
};

// A follower that was away for longer fills its index anew.
constexpr absl::Duration kKeepChanges = absl::Hours(24);

void ForgetChanges(Pool& pool, absl::Time now) {
  absl::StatusOr<Pool::Lease> lease = pool.Acquire(absl::Now() + absl::Seconds(5));
  if (!lease.ok()) return;
  pqxx::work sql(**lease);
  sql.exec_params("delete from index_change where at < $1", FormatInstant(now - kKeepChanges));
  sql.commit();
}

}  // namespace
}  // namespace check

void WireCheck(Platform& platform, Wiring& wiring) {
  DateChangesBy(&platform.clock);
  auto parts = std::make_shared<check::CheckParts>(platform);
  wiring.services.push_back(std::shared_ptr<grpc::Service>(parts, &parts->rpc));
  wiring.services.push_back(std::shared_ptr<grpc::Service>(parts, &parts->stream));
  wiring.on_drain.push_back([parts] {
    parts->local.Drain();
    parts->stream.Drain();
  });
  wiring.kept.push_back(parts);
  platform.background.Always(check::kCopyEvery, "check audit", [parts] {
    static prometheus::Gauge& waiting =
        GaugeNamed("evenhand_check_spool_bytes", "Audit records of checks that wait to be copied to the database");
    static prometheus::Gauge& troubled =
        GaugeNamed("evenhand_check_spool_troubled_files", "Spool files that hold what can't be read or kept: a person has to look at them");
    waiting.Set(static_cast<double>(parts->spool.waiting_bytes()));
    troubled.Set(static_cast<double>(parts->spool.troubled_files()));
    parts->copier.Copy();
    troubled.Set(static_cast<double>(parts->spool.troubled_files()));
  });
  wiring.at_end.push_back([parts] { parts->copier.CopyLast(); });
  platform.background.Always(absl::Milliseconds(500), "check index age", [parts] {
    static prometheus::Gauge& age = GaugeNamed("evenhand_check_index_age_seconds", "Time since the check index was last known to be true");
    const auto published = parts->state.Current();
    if (published != nullptr) age.Set(std::chrono::duration<double>(check::Steady::now() - published->proven).count());
  });
  platform.background.Every(absl::Hours(1), "check changes",
                            [&pool = platform.pool, &clock = platform.clock] { check::ForgetChanges(pool, clock.Now()); });
  parts->follower.Start(check::kPatience);
  parts->local.Start();
}

}  // namespace evenhand::restriction
