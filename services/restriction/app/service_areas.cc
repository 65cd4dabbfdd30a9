#include "services/restriction/app/service_areas.h"

#include <algorithm>

#include "services/platform/areas/area_store.h"
#include "services/platform/base/canonical.h"
#include "services/platform/lists/page.h"

namespace evenhand::restriction {
namespace {

constexpr char kCouncilRule[] = "council rule";
constexpr std::size_t kMostAliases = 50;
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestId = 64;

v1::ServiceArea ToProto(const ServiceArea& area) {
  v1::ServiceArea shown;
  shown.set_id(area.id);
  shown.set_name(area.name);
  for (const std::string& alias : area.aliases) shown.add_aliases(alias);
  shown.set_etag(EtagOf(area.version));
  return shown;
}

bool IsId(const std::string& id) {
  return !id.empty() && id.size() <= kLongestId && std::ranges::all_of(id, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// Commas separate the areas of a token's claim in some providers and of our own setting; a line break separates aliases in the table.
bool IsName(const std::string& name) {
  return !CanonicalKey(name).empty() && name.size() <= kLongestName && name.find_first_of(",\n\r") == std::string::npos;
}

Refusals FaultsOf(const v1::ServiceArea& request) {
  Refusals no;
  const std::string words = "Up to 100 letters, no comma and no line break.";
  if (!IsId(request.id())) no.push_back({kCouncilRule, "id", "Up to 64 letters, digits, - and _."});
  if (!IsName(request.name())) no.push_back({kCouncilRule, "name", "Give the area its name. " + words});
  for (int i = 0; i < request.aliases_size(); ++i) {
    if (!IsName(request.aliases(i))) no.push_back({kCouncilRule, "aliases[" + std::to_string(i) + "]", "This is no name. " + words});
  }
  if (request.aliases_size() > static_cast<int>(kMostAliases)) no.push_back({kCouncilRule, "aliases", "At most 50 other names."});
  return no;
}

bool Has(const ServiceArea& area, const std::string& key) {
  return CanonicalKey(area.name) == key ||
         std::ranges::any_of(area.aliases, [&](const std::string& alias) { return CanonicalKey(alias) == key; });
}

// One word means one area.
std::optional<Refusal> RefusalOfNames(const std::vector<ServiceArea>& areas, const ServiceArea& wanted) {
  std::vector<std::string> words = wanted.aliases;
  words.push_back(wanted.name);
  for (const ServiceArea& area : areas) {
    if (area.id == wanted.id) continue;
    for (const std::string& word : words) {
      if (!Has(area, CanonicalKey(word))) continue;
      Refusal refusal = Conflict(ErrorReason::ALREADY_EXISTS, kCouncilRule, "'" + word + "' is a name of " + area.name + " already.");
      refusal.other_id = area.id;
      return refusal;
    }
  }
  return std::nullopt;
}

}  // namespace

Outcome<v1::ListServiceAreasResponse> ServiceAreas::List(const Call& call, const v1::ListServiceAreasRequest& request) {
  return work_.Read<v1::ListServiceAreasResponse>(call, [&](Session& session) -> Outcome<v1::ListServiceAreasResponse> {
    std::vector<ServiceArea> areas = LoadAreas(session.sql());
    v1::ListServiceAreasResponse reply;
    reply.set_next_page_token(TakePage(areas, PageOf(request.page()), [](const ServiceArea& area) { return area.name; }));
    for (const ServiceArea& area : areas) *reply.add_service_areas() = ToProto(area);
    return reply;
  });
}

Outcome<v1::ServiceArea> ServiceAreas::Put(const Call& call, const v1::ServiceArea& request) {
  std::vector<ServiceArea> after;
  auto done = work_.Write<v1::ServiceArea>(call, [&](Session& session) -> Outcome<v1::ServiceArea> {
    session.sql().exec("lock table service_area in share row exclusive mode");  // of two at once the second sees the first's names
    const std::vector<ServiceArea> areas = LoadAreas(session.sql());
    const auto held = std::ranges::find(areas, request.id(), &ServiceArea::id);
    call.found = held != areas.end();
    if (call.found) {
      if (auto stale = call.StaleAgainst(EtagOf(held->version))) return *stale;
    }
    if (Refusals no = FaultsOf(request); !no.empty()) return Invalid(std::move(no));
    const ServiceArea wanted{.id = request.id(),
                             .name = request.name(),
                             .aliases = {request.aliases().begin(), request.aliases().end()},
                             .version = held == areas.end() ? 1 : held->version + 1};
    if (held != areas.end() && held->name != wanted.name)
      return Conflict(ErrorReason::WRONG_STATE, kCouncilRule,
                      "Records are kept under the name " + held->name + "; add another name to its aliases.");
    if (auto refusal = RefusalOfNames(areas, wanted)) return *refusal;
    KeepArea(session.sql(), wanted);
    session.Audit({.action = "serviceArea.put",
                   .subject_kind = "serviceArea",
                   .subject_id = wanted.id,
                   .clause = kCouncilRule,
                   .before = held == areas.end() ? "" : EtagOf(held->version),
                   .after = EtagOf(wanted.version)});
    session.Emit(EventOf(wanted));
    after = LoadAreas(session.sql());
    return ToProto(wanted);
  });
  if (done.ok() && !call.validate_only && !after.empty()) areas_.Replace(std::move(after));
  return done;
}

}  // namespace evenhand::restriction
