// Every setting of every process: one table, read from flags (--name=value) and environment (EVENHAND_NAME), checked at start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace evenhand {

struct Settings {
  std::string mode;              // dev | production
  std::string listen;            // unix:/path or host:port
  std::string metrics_listen;    // host:port of /metrics
  std::string database;          // libpq connection string of the service's role
  std::string migrate_database;  // the owner's, for `migrate` alone
  int pool_size = 8;
  absl::Duration statement_timeout;
  std::string jwks;  // file:/path or http(s)://…
  std::string issuer;
  std::string audience;
  std::string incident;  // peers' addresses
  std::string restriction;
  std::string appeal;
  std::string notification;
  std::string state_dir;  // evidence, spools
  absl::Duration time_offset;
  bool background = true;
  std::string log_level;
  absl::Duration shutdown_grace;
  int rpc_threads = 32;
  std::string tls_certificate, tls_key, tls_ca;

  // Any setting by its name, for services' own entries ("review-months"): what was set, else the table's default, the only one there is; ""
  // where it has none. What is no setting, or not of that kind, ends the process.
  std::string Get(std::string_view name) const;
  int Number(std::string_view name) const;
  absl::Duration Time(std::string_view name) const;
  bool On(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> values;  // name → effective value, secrets masked by Describe
};

// All faults in one error, each naming its setting. `process` is "restriction-service" or "gateway".
absl::StatusOr<Settings> ReadSettings(std::string_view process, int argc, char** argv);

// The table as Markdown (docs/configuration.md) and the effective values, secrets masked.
std::string DescribeSettings();
std::string DescribeValues(const Settings& settings);

}  // namespace evenhand
