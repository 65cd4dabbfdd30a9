// HTTP metrics by route template: evenhand_http_requests_total{method,route,status} and evenhand_http_seconds{method,route}. Each thread
// counts on its own; the scrape adds up. No label comes from a user.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "gateway/route/router.h"

namespace evenhand::gateway {

class EdgeMetrics final : public prometheus::Collectable {
 public:
  EdgeMetrics(const std::vector<Route>& routes, std::size_t workers);

  // `route` null: one of the gateway's own pages, or none.
  void Observe(std::size_t worker, const Route* route, int status, double seconds);
  void ConnectionsChanged(int by) { connections_.fetch_add(by, std::memory_order_relaxed); }

  // What others count, told with ours.
  void Tell(std::string name, std::string help, prometheus::MetricType type, std::function<double()> value) {
    told_.push_back({std::move(name), std::move(help), type, std::move(value)});
  }

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  static constexpr std::array<double, 14> kBounds = {0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30};
  static constexpr std::array<int, 22> kStatuses = {200, 204, 400, 401, 403, 404, 405, 408, 409, 412, 413,
                                                    415, 422, 428, 429, 431, 499, 500, 501, 503, 504, 0};  // 0: any other

  struct Cell {
    std::array<std::atomic<std::uint64_t>, kStatuses.size()> statuses{};
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets{};
    std::atomic<double> seconds{0};  // one writer, its thread
  };

  std::vector<std::pair<std::string, std::string>> names_;  // method, route
  std::vector<std::unique_ptr<Cell[]>> workers_;
  std::atomic<int> connections_{0};
  struct Told {
    std::string name, help;
    prometheus::MetricType type;
    std::function<double()> value;
  };
  std::vector<Told> told_;
};

}  // namespace evenhand::gateway
