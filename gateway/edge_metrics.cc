#include "gateway/edge_metrics.h"

#include <algorithm>
#include <limits>

namespace evenhand::gateway {

EdgeMetrics::EdgeMetrics(const std::vector<Route>& routes, std::size_t workers) {
  for (const Route& route : routes) names_.emplace_back(route.http_method, route.path.text);
  names_.emplace_back("-", "-");
  for (std::size_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<Cell[]>(names_.size()));
}

void EdgeMetrics::Observe(std::size_t worker, const Route* route, int status, double seconds) {
  Cell& cell = workers_[worker][route != nullptr ? route->index : names_.size() - 1];
  const auto known = std::find(kStatuses.begin(), kStatuses.end() - 1, status);
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  cell.statuses[known - kStatuses.begin()].fetch_add(1, std::memory_order_relaxed);
  cell.buckets[bucket - kBounds.begin()].fetch_add(1, std::memory_order_relaxed);
  cell.seconds.store(cell.seconds.load(std::memory_order_relaxed) + seconds, std::memory_order_relaxed);
}

std::vector<prometheus::MetricFamily> EdgeMetrics::Collect() const {
  using prometheus::ClientMetric;
  prometheus::MetricFamily requests{
      "evenhand_http_requests_total", "Requests by route template and status.", prometheus::MetricType::Counter, {}};
  prometheus::MetricFamily seconds{
      "evenhand_http_seconds", "Time from the head of a request to the end of its reply.", prometheus::MetricType::Histogram, {}};
  prometheus::MetricFamily open{"evenhand_http_connections", "Connections that are open now.", prometheus::MetricType::Gauge, {}};
  open.metric.emplace_back();
  open.metric.back().gauge.value = connections_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::vector<ClientMetric::Label> labels = {{"method", names_[i].first}, {"route", names_[i].second}};
    for (std::size_t s = 0; s < kStatuses.size(); ++s) {
      double count = 0;
      for (const auto& cells : workers_) count += static_cast<double>(cells[i].statuses[s].load(std::memory_order_relaxed));
      if (count == 0) continue;
      ClientMetric metric;
      metric.label = labels;
      metric.label.push_back({"status", kStatuses[s] == 0 ? "other" : std::to_string(kStatuses[s])});
      metric.counter.value = count;
      requests.metric.push_back(std::move(metric));
    }
    ClientMetric metric;
    metric.label = labels;
    for (std::size_t b = 0; b <= kBounds.size(); ++b) {
      for (const auto& cells : workers_) metric.histogram.sample_count += cells[i].buckets[b].load(std::memory_order_relaxed);
      metric.histogram.bucket.push_back(
          {metric.histogram.sample_count, b < kBounds.size() ? kBounds[b] : std::numeric_limits<double>::infinity()});
    }
    for (const auto& cells : workers_) metric.histogram.sample_sum += cells[i].seconds.load(std::memory_order_relaxed);
    if (metric.histogram.sample_count > 0) seconds.metric.push_back(std::move(metric));
  }
  std::vector<prometheus::MetricFamily> all{std::move(requests), std::move(seconds), std::move(open)};
  for (const Told& told : told_) {
    all.push_back({told.name, told.help, told.type, {ClientMetric{}}});
    ClientMetric& metric = all.back().metric.front();
    (told.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = told.value();
  }
  return all;
}

}  // namespace evenhand::gateway
