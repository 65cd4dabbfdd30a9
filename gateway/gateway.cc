#include "gateway/gateway.h"

#include <thread>

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include "gateway/contract.h"
#include "gateway/health.h"

namespace evenhand::gateway {
namespace {

// A load balancer takes about that long to hear that we are not ready.
constexpr std::chrono::milliseconds kSettle{1500};

std::uint32_t Number(const Settings& settings, std::string_view name, std::uint32_t fallback) {
  std::uint32_t number;
  return absl::SimpleAtoi(settings.Get(name), &number) ? number : fallback;
}

std::vector<std::string> Origins(const Settings& settings) {
  return absl::StrSplit(settings.Get("cors-origins"), absl::ByAnyChar(", "), absl::SkipEmpty());
}

ServerOptions OptionsOf(const Settings& settings) {
  const std::size_t colon = settings.listen.rfind(':');
  ServerOptions options;
  options.host = settings.listen.substr(0, colon);
  options.port = static_cast<std::uint16_t>(std::stoi(settings.listen.substr(colon + 1)));
  const std::uint32_t threads = Number(settings, "edge-threads", 0);
  options.one_a_processor = threads == 0;
  options.threads = threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
  options.max_connections = Number(settings, "max-connections", 10'000);
  options.max_connections_per_client = Number(settings, "max-connections-per-client", 5'000);
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
      rate_limit_(Number(settings, "rate-limit", 6'000'000)),
      server_(OptionsOf(settings)),
      metrics_(std::make_shared<EdgeMetrics>(router_.routes(), server_.workers().size())),
      front_({.router = router_,
              .upstreams = upstreams_,
              .tokens = *tokens_,
              .rate_limit = rate_limit_,
              .metrics = *metrics_,
              .pages = pages_,
              .draining = server_.draining(),
              .cors_origins = Origins(settings),
              .spool_folder = settings.state_dir}) {
  AddPages(router_, &pages_);
  std::vector<std::unique_ptr<CheckStream>> checks;
  for (auto& worker : server_.workers())
    checks.push_back(std::make_unique<CheckStream>(worker->io, settings_.Get("restriction"), settings_));
  front_.SetCheckStreams(std::move(checks));
}

void Gateway::Start() {
  exposer_ = ServeMetrics(settings_.metrics_listen);
  exposer_->RegisterCollectable(metrics_);
  AskEveryone(upstreams_);
  server_.Start(
      front_, [this](Worker& worker) { front_.checks(worker.index).Sweep(worker.now); },
      [this](int by) { metrics_->ConnectionsChanged(by); });
  Log(Level::kInfo, "listening", {{"port", std::to_string(server_.port())}});
}

void Gateway::Drain() {
  Log(Level::kInfo, "draining");
  server_.Drain(kSettle, std::chrono::milliseconds(absl::ToInt64Milliseconds(settings_.shutdown_grace)));
  Log(Level::kInfo, "stopped");
}

}  // namespace evenhand::gateway
