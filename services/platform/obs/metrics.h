// Prometheus metrics: one registry a process, served on its own port; every RPC's rate, errors and duration.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace evenhand {

// The registry of this process; what is registered here is on /metrics.
prometheus::Registry& Metrics();
std::shared_ptr<prometheus::Registry> SharedMetrics();

// A gauge or counter without labels, or with fixed ones; the same call gives the same one. Keep the reference: looking it up takes a lock.
prometheus::Gauge& GaugeNamed(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels = {});
prometheus::Counter& CounterNamed(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels = {});
prometheus::Histogram& HistogramNamed(const std::string& name, const std::string& help,
                                      const std::map<std::string, std::string>& labels = {});

// Serves /metrics on host:port until destroyed. Throws when the port is taken.
std::unique_ptr<prometheus::Exposer> ServeMetrics(const std::string& listen);

// RED of RPCs: evenhand_rpc_seconds{method} and evenhand_rpc_total{method,code}.
class RpcMetrics {
 public:
  void Observe(const std::string& method, const std::string& code, absl::Duration took);

  // `count` answers of one batch, each of which took as long.
  void ObserveMany(const std::string& method, const std::string& code, absl::Duration took, int count);

 private:
  // Registering looks through every metric there is: each is looked up once and its reference kept.
  absl::Mutex mutex_;
  std::map<std::pair<std::string, std::string>, prometheus::Counter*> counters_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, prometheus::Histogram*> seconds_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand
