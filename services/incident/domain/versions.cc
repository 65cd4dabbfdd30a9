#include "services/incident/domain/versions.h"

namespace evenhand::incident {
namespace {

bool HoldsVersion(const HeldVersions& held, int version) {
  const auto at = held.texts.lower_bound({version, std::string()});
  return at != held.texts.end() && at->first == version;
}

}  // namespace

VersionDecision Decide(const HeldVersions& held, const IncomingVersion& incoming) {
  if (!held.known) return {.outcome = Becomes::kCreated, .keep_text = true, .replaces = true};
  const bool same = held.texts.contains({incoming.version, incoming.hash});
  const bool outranks = incoming.from_source && !held.current_from_source && !(same && incoming.version == held.current);
  if (incoming.version > held.current || outranks) {
    return {.outcome = incoming.withdrawn ? Becomes::kWithdrawn : Becomes::kAmended, .keep_text = true, .replaces = true};
  }
  const bool differs = !same && HoldsVersion(held, incoming.version);
  // A file that was cut in the middle of its last text, sent again whole: the whole text counts.
  const bool completes = differs && incoming.version == held.current && held.current_cut_off && !incoming.cut_off;
  return {.outcome = Becomes::kDuplicate, .keep_text = !same, .text_differs = differs, .replaces = completes};
}

}  // namespace evenhand::incident
