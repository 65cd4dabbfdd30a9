#include "services/platform/areas/area_store.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "services/platform/base/canonical.h"

namespace evenhand {
namespace {

std::vector<std::string> Lines(const std::string& text) { return absl::StrSplit(text, '\n', absl::SkipEmpty()); }

}  // namespace

std::vector<ServiceArea> LoadAreas(pqxx::transaction_base& sql) {
  std::vector<ServiceArea> areas;
  for (const auto& row : sql.exec("select id, name, aliases, version from service_area order by name")) {
    areas.push_back({row[0].as<std::string>(), row[1].as<std::string>(), Lines(row[2].as<std::string>()), row[3].as<int>()});
  }
  return areas;
}

void KeepArea(pqxx::transaction_base& sql, const ServiceArea& area) {
  sql.exec_params(
      "insert into service_area (id, name, aliases, version) values ($1, $2, $3, $4) "
      "on conflict (id) do update set name = excluded.name, aliases = excluded.aliases, version = excluded.version "
      "where service_area.version < excluded.version",
      area.id, area.name, absl::StrJoin(area.aliases, "\n"), area.version);
}

events::ServiceAreaChanged EventOf(const ServiceArea& area) {
  return {.id = area.id, .name = area.name, .aliases = area.aliases, .version = area.version};
}

ServiceArea AreaOf(const events::v1::ServiceAreaChanged& event) {
  return {.id = event.id(), .name = event.name(), .aliases = {event.aliases().begin(), event.aliases().end()}, .version = event.version()};
}

std::vector<ServiceArea> AreasNamed(std::string_view names) {
  std::vector<ServiceArea> areas;
  for (absl::string_view name : absl::StrSplit(absl::string_view(names.data(), names.size()), ',', absl::SkipWhitespace())) {
    name = absl::StripAsciiWhitespace(name);
    areas.push_back({.id = CanonicalKey({name.data(), name.size()}), .name = std::string(name), .version = 1});
  }
  return areas;
}

}  // namespace evenhand
