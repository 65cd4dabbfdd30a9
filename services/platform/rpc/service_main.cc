#include "services/platform/rpc/service_main.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <grpcpp/health_check_service_interface.h>
#include <malloc.h>
#include <sys/statvfs.h>

#include "services/platform/areas/area_store.h"
#include "services/platform/audit/audit_rpc.h"
#include "services/platform/audit/look_keeper.h"
#include "services/platform/auth/platform_rules.h"
#include "services/platform/base/version.h"
#include "services/platform/calendar/holidays.h"
#include "services/platform/obs/log.h"
#include "services/platform/outbox/event_rpc.h"
#include "services/platform/outbox/housekeeping.h"
#include "services/platform/outbox/outbox_command.h"
#include "services/platform/outbox/relay.h"
#include "services/platform/rpc/bulkhead.h"
#include "services/platform/rpc/dev_ca.h"
#include "services/platform/rpc/health_command.h"
#include "services/platform/rpc/peer.h"
#include "services/platform/rpc/signals.h"
#include "services/platform/rpc/unix_listener.h"

namespace evenhand {
namespace {

constexpr absl::Duration kGiveBackEvery = absl::Seconds(30);
// The areas of the portal's sample export (tools/samples): what a newcomer's stack knows without being told.
constexpr char kSampleAreas[] = "Communications,Customer Services,Education,Environment,Housing,Revenues,Social Work";
constexpr char kEventService[] = "evenhand.common.v1.EventService";

std::string AddressOf(const Settings& settings, const std::string& peer) { return settings.Get(peer); }

int Complain(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 2;
}

// Evidence, spools and printed letters lie in the state folder: a process that can't write there keeps nothing.
constexpr std::uint64_t kLeastRoom = 1024 * 1024;

bool HasRoom(const std::string& folder) {
  struct statvfs disk{};
  if (folder.empty() || statvfs(folder.c_str(), &disk) != 0) return true;  // no folder is made later, or said by whoever writes
  return (disk.f_flag & ST_RDONLY) == 0 && static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize >= kLeastRoom;
}

// Every channel, RPC wrapper and relay of the process; made before the server answers, gone after it has drained.
class Service {
 public:
  Service(const Settings& settings, const ServiceSpec& spec)
      : settings_(settings),
        spec_(spec),
        clock_(settings.time_offset),
        pool_({.connection = settings.database,
               .schema = spec.name,
               .size = settings.pool_size,
               .statement_timeout = settings.statement_timeout}),
        unit_of_work_(pool_, clock_, settings.Get("working-calendar")),
        looks_(pool_, clock_),
        bulkhead_(settings.rpc_threads),
        tokens_(MakeTokenVerifier(settings)),
        authority_(WithPlatform(spec.rules)),
        background_(settings.background),
        platform_{.settings = settings,
                  .clock = clock_,
                  .pool = pool_,
                  .unit_of_work = unit_of_work_,
                  .tokens = *tokens_,
                  .authority = authority_,
                  .metrics = metrics_,
                  .areas = areas_,
                  .background = background_,
                  .rpc = [this](const std::string& service) -> Rpc& { return RpcFor(service); },
                  .peer = [this](const std::string& peer) { return Peer(peer); }} {}

  int Run(const sigset_t& signals) {
    const auto exposer = ServeMetrics(settings_.metrics_listen);
    Wiring wiring = spec_.wire(platform_);
    On<events::ServiceAreaChanged>([](Session& session, const events::v1::ServiceAreaChanged& changed) {
      KeepArea(session.sql(), AreaOf(changed));
      return std::optional<Refusal>();
    }).Into(wiring.events);
    On<events::HolidayChanged>([](Session& session, const events::v1::HolidayChanged& changed) {
      Follow(session, changed);
      return std::optional<Refusal>();
    }).Into(wiring.events);
    EventRpc events(RpcFor(kEventService), unit_of_work_, wiring.events, [this, heard = wiring.heard] {
      FollowAreas();  // an area is known to the next call
      if (heard) heard();
    });
    OwnAuditRpc own_audit(RpcFor("evenhand.audit.v1.AuditInternalService"), unit_of_work_, spec_.name);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    int port = -1;
    std::optional<UnixListener> local;
    if (settings_.listen.starts_with("unix:")) {
      local.emplace(builder, settings_.listen.substr(5));
    } else {
      builder.AddListeningPort(settings_.listen, CredentialsToListen(settings_), &port);
    }
    builder.RegisterService(&events);
    builder.RegisterService(&own_audit);
    for (const auto& service : wiring.services) builder.RegisterService(service.get());
    builder.SetMaxReceiveMessageSize(16 * 1024 * 1024);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    grpc::ResourceQuota quota;
    quota.SetMaxThreads(settings_.rpc_threads + 4);
    builder.SetResourceQuota(quota);
    builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr || (local ? !local->Start() : port < 0))
      return Complain(absl::UnavailableError("listen: the address can't be bound"));
    const std::unique_ptr<grpc::Server> probes = ListenForProbes();
    CanWork();  // the areas are read before the first call, where the database answers
    StartRelays();
    background_.Always(absl::Milliseconds(250), "readiness", [&] {
      const bool ready = CanWork();
      server->GetHealthCheckService()->SetServingStatus(ready);
      if (probes) probes->GetHealthCheckService()->SetServingStatus(ready);
    });
    if (settings_.background) background_.Every(absl::Minutes(10), "housekeeping", [this] { ForgetOld(pool_); });
    background_.Always(kGiveBackEvery, "give memory back", [] { malloc_trim(0); });
    Log(Level::kInfo, "serving", {{"listen", settings_.listen}});
    WaitForTheEnd(signals, settings_);
    Log(Level::kInfo, "draining");
    server->GetHealthCheckService()->Shutdown();
    if (probes) probes->GetHealthCheckService()->Shutdown();
    local.reset();
    for (const auto& end : wiring.on_drain) end();
    server->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(settings_.shutdown_grace));
    background_.Stop();
    for (const auto& last : wiring.at_end) last();
    Log(Level::kInfo, "stopped");
    return 0;
  }

 private:
  static std::vector<Rule> WithPlatform(std::vector<Rule> rules) {
    std::ranges::move(PlatformRules(), std::back_inserter(rules));
    return rules;
  }

  Rpc& RpcFor(const std::string& service) {
    auto& rpc = rpcs_[service];
    if (rpc == nullptr) rpc = std::make_unique<Rpc>(service, *tokens_, authority_, metrics_, areas_, &looks_, &bulkhead_);
    return *rpc;
  }

  std::shared_ptr<grpc::Channel> Peer(const std::string& peer) {
    auto& channel = channels_[peer];
    // A quarter of the threads waits for no other process, whichever answers nobody: reads and the others' routes go on.
    if (channel == nullptr)
      channel = ConnectTo(AddressOf(settings_, peer), spec_.name, settings_, {}, std::max(1, settings_.rpc_threads * 3 / 4));
    return channel;
  }

  // Kubernetes' probes speak neither TLS nor tokens: a port of their own, with nothing but the health on it.
  std::unique_ptr<grpc::Server> ListenForProbes() const {
    const std::string address = settings_.Get("health-listen");
    if (address.empty()) return nullptr;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr) throw std::runtime_error("health-listen: the address can't be bound");
    return server;
  }

  void StartRelays() {
    for (const std::string_view of : events::DestinationsOf(spec_.name)) {
      const std::string destination(of);
      auto relay = std::make_shared<Relay>(pool_, Peer(destination), Relay::Options{.source = spec_.name, .destination = destination});
      background_.Always(absl::ZeroDuration(), "relay to " + destination, [relay] { relay->RunOnce(); });
    }
    background_.Always(absl::Seconds(5), "outbox metrics", [this] { MeasureOutbox(pool_); });
  }

  // The identity provider's keys are known, PostgreSQL answers, and its schema is not older than this program: where a release starts its
  // pods beside its migrations, the old ones go on until these are ready.
  bool CanWork() {
    if (!tokens_->knows_keys() || !TakesCallers() || bulkhead_.IsStuck() || !HasRoom(settings_.state_dir)) return false;
    absl::StatusOr<Pool::Lease> lease = pool_.Acquire(absl::Now() + absl::Seconds(1));
    if (!lease.ok()) return false;
    try {
      {
        pqxx::nontransaction sql(**lease);
        if (!migrated_) {
          if (!IsMigrated(sql, spec_.name, spec_.migrations)) return false;
          MakeFirstAreas(sql);
          migrated_ = true;
        }
        ReadAreas(sql);
      }
      return unit_of_work_.CanWrite(**lease);
    } catch (const std::exception&) {
      pool_.Forget();
      return false;
    }
  }

  // What changed in the table since it was last read: by an event that another replica had, or by hand.
  void ReadAreas(pqxx::transaction_base& sql) {
    const auto now = sql.exec1("select count(*), coalesce(sum(version), 0) from service_area");
    const std::pair<std::int64_t, std::int64_t> state{now[0].as<std::int64_t>(), now[1].as<std::int64_t>()};
    const absl::MutexLock lock(&areas_mutex_);
    if (state == areas_state_) return;
    areas_.Replace(LoadAreas(sql));
    areas_state_ = state;
  }

  void FollowAreas() {
    try {
      if (absl::StatusOr<Pool::Lease> lease = pool_.Acquire(absl::Now() + absl::Seconds(1)); lease.ok()) {
        pqxx::nontransaction sql(**lease);
        ReadAreas(sql);
      }
    } catch (const std::exception&) {
      pool_.Forget();  // the readiness task reads them in a moment
    }
  }

  // A council that has none yet: those of the setting, else in dev mode the sample feed's. Each service makes the same ones.
  void MakeFirstAreas(pqxx::transaction_base& sql) {
    std::string names = settings_.Get("service-areas");
    if (names.empty() && settings_.mode == "dev") names = kSampleAreas;
    if (!LoadAreas(sql).empty()) return;
    for (const ServiceArea& area : AreasNamed(names)) KeepArea(sql, area);
  }

  const Settings& settings_;
  const ServiceSpec& spec_;
  const SystemClock clock_;
  Pool pool_;
  UnitOfWork unit_of_work_;
  LookKeeper looks_;
  Bulkhead bulkhead_;
  const std::unique_ptr<TokenVerifier> tokens_;
  const Authority authority_;
  RpcMetrics metrics_;
  AreaDirectory areas_;
  Background background_;
  std::map<std::string, std::unique_ptr<Rpc>> rpcs_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  absl::Mutex areas_mutex_;
  std::pair<std::int64_t, std::int64_t> areas_state_ ABSL_GUARDED_BY(areas_mutex_){-1, -1};
  bool migrated_ = false;  // known to the readiness task alone
  Platform platform_;
};

}  // namespace

int RunService(int argc, char** argv, const ServiceSpec& spec) {
  // Some thirty threads with an arena each would keep what an import needed for a moment: two arenas are enough for two cores.
  mallopt(M_ARENA_MAX, 2);
  // Debian builds Abseil so that it looks for cycles of locks at every lock, unless told.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const sigset_t signals = BlockSignals();
  const std::string process = spec.name + "-service";
  if (AnswerVersion(process, argc, argv)) return 0;
  if (argc > 1 && std::string_view(argv[1]) == "config-table") {
    std::fputs(DescribeSettings().c_str(), stdout);
    return 0;
  }
  absl::StatusOr<Settings> settings = ReadSettings(process, argc, argv);
  if (!settings.ok()) return Complain(settings.status());
  InitLog(process, settings->log_level);
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "config") {
    std::fputs(DescribeValues(*settings).c_str(), stdout);
    return 0;
  }
  if (command == "outbox") {
    const std::string_view id = argc > 2 ? argv[2] : "";
    return OutboxCommand(*settings, spec.name, id);
  }
  if (command == "migrate") {
    const absl::Status status = Migrate(settings->migrate_database, spec.name, spec.migrations);
    if (!status.ok()) return Complain(status);
    const auto holidays = BankHolidays(settings->Get("bank-holidays"));
    if (!holidays.ok()) return Complain(holidays.status());
    const absl::Status loaded = LoadBankHolidays(settings->migrate_database, spec.name, *holidays, absl::Now());
    return loaded.ok() ? 0 : Complain(loaded);
  }
  std::error_code ignored;  // what is missing afterwards is said by whoever writes there
  std::filesystem::create_directories(settings->state_dir, ignored);
  if (const absl::Status made = MakeDevIdentity(process, &*settings); !made.ok()) return Complain(made);
  if (command == "health") return HealthCommand(*settings, spec.name);
  try {
    return Service(*settings, spec).Run(signals);
  } catch (const std::exception& error) {
    return Complain(absl::UnavailableError(absl::StrCat(process, ": ", error.what())));
  }
}

}  // namespace evenhand
