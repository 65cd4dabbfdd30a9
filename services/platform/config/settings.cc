#include "services/platform/config/settings.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "services/platform/base/check.h"
#include "services/platform/config/settings_table.h"

namespace evenhand {
namespace {

std::string EnvironmentName(std::string_view name) {
  std::string text = absl::StrCat("EVENHAND_", std::string(name));
  for (char& letter : text) letter = letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return text;
}

const SettingRow* RowNamed(std::string_view name) {
  const auto table = SettingsTable();
  const auto found = std::ranges::find(table, name, &SettingRow::name);
  return found == table.end() ? nullptr : &*found;
}

bool ReadBy(const SettingRow& row, std::string_view process) {
  if (row.readers == "all") return true;
  if (row.readers == "services") return process != "gateway";
  const std::vector<std::string> readers = absl::StrSplit(std::string(row.readers), ' ');
  return std::ranges::find(readers, process) != readers.end();
}

// "+183d", "-2h30m", "20s": absl's durations and whole days.
bool ParseSpan(std::string text, absl::Duration* span) {
  if (text.starts_with('+')) text.erase(0, 1);
  if (text.ends_with('d')) {
    double days = 0;
    if (!absl::SimpleAtod(text.substr(0, text.size() - 1), &days)) return false;
    *span = absl::Hours(24 * days);
    return true;
  }
  return absl::ParseDuration(text, span);
}

bool IsAddress(const std::string& value) {
  if (value.starts_with("unix:")) return value.size() > 5;
  const std::size_t colon = value.rfind(':');
  int port = 0;
  return colon != std::string::npos && colon > 0 && absl::SimpleAtoi(value.substr(colon + 1), &port) && port >= 0 && port <= 65'535;
}

// What is wrong with a value of this kind, or "".
std::string FaultOf(const SettingRow& row, const std::string& value) {
  int number = 0;
  absl::Duration span;
  if (row.fallback == "required" && value.empty()) return absl::StrCat("is required: ", std::string(row.why));
  if (value.empty()) return "";
  if (row.kind == Kind::kNumber && (!absl::SimpleAtoi(value, &number) || number < 1)) return "is no positive number";
  if (row.kind == Kind::kCount && (!absl::SimpleAtoi(value, &number) || number < 0)) return "is no whole number, 0 or more";
  if (row.kind == Kind::kAddress && !IsAddress(value)) return "is no address (host:port or unix:/path)";
  if (row.kind == Kind::kDuration && (!ParseSpan(value, &span) || span < absl::ZeroDuration())) return "is no duration (20s, 5m, 2h, 1d)";
  if (row.kind == Kind::kChoice || row.kind == Kind::kBoolean) {
    const std::vector<std::string> choices = absl::StrSplit(std::string(row.unit), '|');
    if (std::ranges::find(choices, value) == choices.end()) return absl::StrCat("is none of ", absl::StrJoin(choices, ", "));
  }
  return "";
}

std::map<std::string, std::string> Flags(int argc, char** argv, std::vector<std::string>& faults) {
  std::map<std::string, std::string> flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with("--")) continue;  // a command: migrate, config
    const std::size_t equals = word.find('=');
    const std::string name(word.substr(2, equals == std::string_view::npos ? equals : equals - 2));
    const SettingRow* row = RowNamed(name);
    if (row == nullptr || equals == std::string_view::npos) {
      faults.push_back(absl::StrCat("--", name, row == nullptr ? " is no setting" : " needs =value"));
    } else if (row->kind == Kind::kSecret) {
      faults.push_back(absl::StrCat("--", name, " is a secret: give it as ", EnvironmentName(name), " or ", EnvironmentName(name),
                                    "_FILE, never as an argument"));
    } else {
      flags[name] = word.substr(equals + 1);
    }
  }
  return flags;
}

std::string FromEnvironment(const SettingRow& row, std::vector<std::string>& faults) {
  const std::string name = EnvironmentName(row.name);
  // Read before there is any other thread.
  if (const char* value = std::getenv(name.c_str())) return value;  // NOLINT(concurrency-mt-unsafe)
  if (row.kind != Kind::kSecret) return "";
  const char* path = std::getenv((name + "_FILE").c_str());  // NOLINT(concurrency-mt-unsafe)
  if (path == nullptr) return "";
  FILE* file = std::fopen(path, "r");
  if (file == nullptr) {
    faults.push_back(absl::StrCat(name, "_FILE can't be read"));
    return "";
  }
  char buffer[4096];
  std::string text(buffer, std::fread(buffer, 1, sizeof buffer, file));
  std::fclose(file);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  return text;
}

void Fill(Settings& settings) {
  const auto text = [&](std::string_view name) { return settings.Get(name); };
  settings.mode = text("mode");
  settings.listen = text("listen");
  settings.metrics_listen = text("metrics-listen");
  settings.database = text("database");
  settings.migrate_database = text("migrate-database");
  settings.pool_size = settings.Number("pool-size");
  settings.statement_timeout = settings.Time("statement-timeout");
  settings.jwks = text("jwks");
  settings.issuer = text("issuer");
  settings.audience = text("audience");
  settings.incident = text("incident");
  settings.restriction = text("restriction");
  settings.appeal = text("appeal");
  settings.notification = text("notification");
  settings.state_dir = text("state-dir");
  ParseSpan(text("time-offset"), &settings.time_offset);  // a fault is told with the others
  settings.background = text("background") != "off";
  settings.log_level = text("log-level");
  settings.shutdown_grace = settings.Time("shutdown-grace");
  settings.rpc_threads = settings.Number("rpc-threads");
  settings.tls_certificate = text("tls-certificate");
  settings.tls_key = text("tls-key");
  settings.tls_ca = text("tls-ca");
}

// A database that is not on this machine is reached by TLS, with its name checked.
bool NeedsTls(const std::string& database) {
  for (const std::string_view local : {"host=/", "host=localhost", "host=127.0.0.1", "host=::1", "@localhost", "@127.0.0.1"}) {
    if (database.find(local) != std::string::npos) return false;
  }
  return !database.empty() && database.find("sslmode=verify-full") == std::string::npos;
}

// What no single value shows.
void CheckTogether(const Settings& settings, std::vector<std::string>& faults) {
  if (settings.time_offset != absl::ZeroDuration() && settings.mode != "dev") faults.emplace_back("time-offset is for dev mode only");
  absl::Duration span;
  if (!ParseSpan(settings.Get("time-offset"), &span)) faults.emplace_back("time-offset is no span (+183d, -2h)");
  const bool local = settings.listen.starts_with("unix:");
  if (settings.mode != "dev" && !local && settings.tls_certificate.empty())
    faults.emplace_back("tls-certificate is required outside dev mode on a network address");
  if (settings.mode != "dev" && NeedsTls(settings.database))
    faults.emplace_back("database is on another machine and needs sslmode=verify-full");
  if (settings.tls_certificate.empty() != settings.tls_key.empty()) faults.emplace_back("tls-certificate and tls-key go together");
}

}  // namespace

std::string Settings::Get(std::string_view name) const {
  const auto found = std::ranges::find(values, name, [](const auto& entry) -> std::string_view { return entry.first; });
  if (found != values.end()) return found->second;
  const SettingRow* row = RowNamed(name);
  EVENHAND_CHECK(row != nullptr, "what is no setting has no value");
  return row->fallback == "required" ? std::string() : std::string(row->fallback);
}

int Settings::Number(std::string_view name) const {
  int number = 0;
  EVENHAND_CHECK(absl::SimpleAtoi(Get(name), &number), "a number was checked when it was read");
  return number;
}

absl::Duration Settings::Time(std::string_view name) const {
  absl::Duration span;
  EVENHAND_CHECK(ParseSpan(Get(name), &span), "a duration was checked when it was read");
  return span;
}

bool Settings::On(std::string_view name) const { return Get(name) == "on"; }

absl::StatusOr<Settings> ReadSettings(std::string_view process, int argc, char** argv) {
  std::vector<std::string> faults;
  const std::map<std::string, std::string> flags = Flags(argc, argv, faults);
  Settings settings;
  for (const SettingRow& row : SettingsTable()) {
    if (!ReadBy(row, process)) continue;
    const std::string name(row.name);
    std::string value = flags.contains(name) ? flags.at(name) : FromEnvironment(row, faults);
    if (value.empty() && row.fallback != "required") value = row.fallback;
    if (const std::string fault = FaultOf(row, value); !fault.empty()) {
      faults.push_back(absl::StrCat(name, " ", fault));
      value = row.fallback == "required" ? "" : row.fallback;  // so that the rest can be looked at
    }
    settings.values.emplace_back(name, std::move(value));
  }
  Fill(settings);
  CheckTogether(settings, faults);
  if (!faults.empty()) return absl::InvalidArgumentError(absl::StrJoin(faults, "; "));
  return settings;
}

std::string DescribeSettings() {
  std::string text = "| setting | environment | read by | default | unit | why |\n|---|---|---|---|---|---|\n";
  for (const SettingRow& row : SettingsTable()) {
    std::string unit(row.unit);
    for (std::size_t at = unit.find('|'); at != std::string::npos; at = unit.find('|', at + 5)) unit.replace(at, 1, " or ");
    absl::StrAppend(&text, "| `", std::string(row.name), "` | `", EnvironmentName(row.name),
                    row.kind == Kind::kSecret ? "`, or a file named in `…_FILE" : "", "` | ", std::string(row.readers), " | ",
                    std::string(row.fallback), " | ", unit, " | ", std::string(row.why), " |\n");
  }
  return text;
}

std::string DescribeValues(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings.values) {
    const bool secret = RowNamed(name)->kind == Kind::kSecret;
    absl::StrAppend(&text, name, " = ", secret && !value.empty() ? "(secret)" : value, "\n");
  }
  return text;
}

}  // namespace evenhand
