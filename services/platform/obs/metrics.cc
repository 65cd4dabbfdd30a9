#include "services/platform/obs/metrics.h"

#include "services/platform/base/version.h"

namespace evenhand {
namespace {

// Seconds: from a check in memory to a letter's PDF.
const prometheus::Histogram::BucketBoundaries kSeconds = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

}  // namespace

prometheus::Registry& Metrics() { return *SharedMetrics(); }

std::shared_ptr<prometheus::Registry> SharedMetrics() {
  static const auto registry = std::make_shared<prometheus::Registry>();
  return registry;
}

prometheus::Gauge& GaugeNamed(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(Metrics()).Add(labels);
}

prometheus::Counter& CounterNamed(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(Metrics()).Add(labels);
}

prometheus::Histogram& HistogramNamed(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(Metrics()).Add(labels, kSeconds);
}

std::unique_ptr<prometheus::Exposer> ServeMetrics(const std::string& listen) {
  GaugeNamed("evenhand_build_info", "1, with the version of this process.", {{"version", std::string(Version())}}).Set(1);
  auto exposer = std::make_unique<prometheus::Exposer>(listen, 2);
  exposer->RegisterCollectable(SharedMetrics());
  return exposer;
}

void RpcMetrics::Observe(const std::string& method, const std::string& code, absl::Duration took) { ObserveMany(method, code, took, 1); }

void RpcMetrics::ObserveMany(const std::string& method, const std::string& code, absl::Duration took, int count) {
  prometheus::Counter* counter = nullptr;
  prometheus::Histogram* seconds = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    prometheus::Counter*& known = counters_[{method, code}];
    if (known == nullptr)
      known = &CounterNamed("evenhand_rpc_total", "RPCs answered, by method and gRPC code.", {{"method", method}, {"code", code}});
    prometheus::Histogram*& timed = seconds_[method];
    if (timed == nullptr)
      timed = &HistogramNamed("evenhand_rpc_seconds", "Time from an RPC's arrival to its answer.", {{"method", method}});
    counter = known;
    seconds = timed;
  }
  counter->Increment(count);
  for (int i = 0; i < count; ++i) seconds->Observe(absl::ToDoubleSeconds(took));
}

}  // namespace evenhand
