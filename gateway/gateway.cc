#include "gateway/gateway.h"

#include <thread>

#include <malloc.h>

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>

#include "gateway/contract.h"

namespace evenhand::gateway {
namespace {

// A load balancer takes about that long to hear that we are not ready.
constexpr std::chrono::milliseconds kSettle{1500};

constexpr absl::Duration kGiveBackEvery = absl::Seconds(30);

std::uint32_t Number(const Settings& settings, std::string_view name) { return static_cast<std::uint32_t>(settings.Number(name)); }

std::uint64_t MiB(const Settings& settings, std::string_view name) { return std::uint64_t{Number(settings, name)} * 1024 * 1024; }

std::vector<std::string> Origins(const Settings& settings) {
  return absl::StrSplit(settings.Get("cors-origins"), absl::ByAnyChar(", "), absl::SkipEmpty());
}

ServerOptions OptionsOf(const Settings& settings) {
  const std::size_t colon = settings.listen.rfind(':');
  ServerOptions options;
  options.host = settings.listen.substr(0, colon);
  options.port = static_cast<std::uint16_t>(std::stoi(settings.listen.substr(colon + 1)));
  const std::uint32_t threads = Number(settings, "edge-threads");
  options.one_a_processor = threads == 0;
  options.threads = threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
  options.max_connections = Number(settings, "max-connections");
  options.max_connections_per_client = Number(settings, "max-connections-per-client");
  options.trusted_proxies = settings.Get("trusted-proxies");
  options.budget = MiB(settings, "memory-budget");
  options.certificate = settings.Get("edge-certificate");
  options.key = settings.Get("edge-key");
  if (settings.mode != "dev" && options.certificate.empty()) throw std::runtime_error("edge-certificate: TLS is on unless the mode is dev");
  return options;
}

}  // namespace

Gateway::Gateway(const Settings& settings)
    : settings_(settings),
      router_(RoutesOf(ContractFiles())),
      upstreams_(settings),
      tokens_(MakeTokenVerifier(settings)),
      server_(OptionsOf(settings)),
      rate_limit_(Number(settings, "rate-limit"), server_.workers().size()),
      strangers_(Number(settings, "stranger-rate-limit"), server_.workers().size()),
      handle_limit_(settings.Get("handle-limits"), server_.workers().size()),
      readiness_(upstreams_),
      metrics_(std::make_shared<EdgeMetrics>(router_.routes(), server_.workers().size())),
      front_({.router = router_,
              .upstreams = upstreams_,
              .tokens = *tokens_,
              .rate_limit = rate_limit_,
              .strangers = strangers_,
              .handle_limit = handle_limit_,
              .readiness = readiness_,
              .metrics = *metrics_,
              .pages = pages_,
              .draining = server_.draining(),
              .cors_origins = Origins(settings),
              .spools = {settings.state_dir, std::make_shared<SpoolSpace>(MiB(settings, "spool-space"))},
              .streams_per_subject = Number(settings, "streams-per-subject"),
              .upload_time = absl::ToChronoNanoseconds(settings.Time("upload-time"))}) {
  // Large blocks are given back to the system as soon as they are free; else the most that was ever needed would be kept.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  AddPages(router_, &pages_);
  std::vector<std::unique_ptr<CheckStream>> checks;
  for (auto& worker : server_.workers())
    checks.push_back(std::make_unique<CheckStream>(worker->io, settings_.Get("restriction"), settings_));
  front_.SetCheckStreams(std::move(checks));
  using enum prometheus::MetricType;
  const auto now = [] { return absl::ToUnixSeconds(absl::Now()); };
  metrics_->Tell("evenhand_handles_asked_largest_share", "The largest share of its hourly limit of handles that a subject has used.", Gauge,
                 [this, now] { return handle_limit_.LargestShare(now()); });
  metrics_->Tell("evenhand_handles_refused_total", "Requests refused because their subject had asked about as many handles as it may.",
                 Counter, [this] { return handle_limit_.refused(); });
  metrics_->Tell("evenhand_edge_bytes_in_flight", "Bytes held for requests and replies under way, of the setting memory-budget.", Gauge,
                 [this] { return static_cast<double>(server_.budget().held()); });
  metrics_->Tell("evenhand_edge_bytes_budget", "The setting memory-budget, in bytes.", Gauge,
                 [bytes = static_cast<double>(MiB(settings, "memory-budget"))] { return bytes; });
}

void Gateway::Start() {
  exposer_ = ServeMetrics(settings_.metrics_listen);
  exposer_->RegisterCollectable(metrics_);
  readiness_.Ask();
  background_.Always(kGiveBackEvery, "memory", [] { malloc_trim(0); });
  server_.Start(
      front_,
      [this](Worker& worker) {
        front_.checks(worker.index).Sweep(worker.now);
        if (worker.index == 0) readiness_.Sweep(worker.now);
      },
      [this](int by) { metrics_->ConnectionsChanged(by); });
  Log(Level::kInfo, "listening", {{"port", std::to_string(server_.port())}});
}

void Gateway::Drain() {
  Log(Level::kInfo, "draining");
  server_.Drain(kSettle, std::chrono::milliseconds(absl::ToInt64Milliseconds(settings_.shutdown_grace)));
  Log(Level::kInfo, "stopped");
}

}  // namespace evenhand::gateway
