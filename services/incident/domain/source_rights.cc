#include "services/incident/domain/source_rights.h"

#include <absl/strings/str_replace.h>

#include "services/incident/domain/change_rights.h"
#include "services/platform/base/canonical.h"
#include "services/platform/base/protection.h"

namespace evenhand::incident {
namespace {

bool IsSystem(const Actor& actor) { return actor.Has(Role::kPortal) || actor.Has(Role::kCrm); }
bool ActsThroughCrm(const Actor& actor) { return actor.through != nullptr && actor.through->Has(Role::kCrm); }
bool IsPortals(std::string_view system) { return SourceKey(system) == SourceKey(kPortal); }

Refusals Portals() { return {{"council rule", "sourceSystem", "The portal's records come from the portal."}}; }
Refusals NotYours() {
  return {{"council rule", "sourceRef", "Later versions of a source's record come from its own system, or from who recorded it first."}};
}

}  // namespace

std::string SourceKey(std::string_view system) {
  return absl::StrReplaceAll(CanonicalKey(system), {{"-", ""}, {"_", ""}, {".", ""}, {"\u2010", ""}, {"\u2013", ""}, {"\u2014", ""}});
}

std::string RecordKey(std::string_view ref) {
  return absl::StrReplaceAll(CanonicalKey(ref), {{"\u2010", "-"}, {"\u2013", "-"}, {"\u2014", "-"}, {"\u2212", "-"}});
}

bool SpeaksFor(const Actor& actor, std::string_view system) {
  if (IsPortals(system)) return actor.Has(Role::kPortal);
  return SourceKey(system) == "crm" && actor.Has(Role::kCrm);
}

Refusals RefusalsToRecordFirst(const Actor& actor, std::string_view system, Way way) {
  return way == Way::kRecorded && IsPortals(system) && !SpeaksFor(actor, system) ? Portals() : Refusals{};
}

Refusals RefusalsToRecordAgain(std::string_view system, Way way, const std::vector<std::string>& rights, const Closeness& held) {
  const Actor& actor = held.actor;
  if (!ProtectionOn(Protection::kRightsOfTheRecord)) return {};
  if (SpeaksFor(actor, system)) return {};
  if (way == Way::kRecorded && IsPortals(system)) return Portals();
  const bool first = !held.recorded_by.empty() && actor.id == held.recorded_by;
  if (way == Way::kRecorded && first && IsSystem(actor)) return {};
  if (held.subject_unknown || ClosedToOwnTeam(held)) return NotYours();
  const bool for_the_source = SourceKey(system) == "crm" && ActsThroughCrm(actor) && ViewOf(held) >= View::OWN;
  const bool brings_the_file = way == Way::kPortalFile && ViewOf(held) == View::FULL;
  if (!first && !(way == Way::kRecorded ? for_the_source : brings_the_file)) return NotYours();
  return RefusalsToChangeRights(rights, held);
}

}  // namespace evenhand::incident
