// What an import that keeps nothing has answered so far, so that it answers exactly what the real one would (AIP-163): three small
// hashes a row, no text.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include "services/incident/domain/versions.h"

namespace evenhand::incident {

class DryRun {
 public:
  // Adds to what is held what this run would have made of `ref`, as far as the incoming text is concerned.
  void AddTo(const std::string& ref, const IncomingVersion& incoming, HeldVersions& held) const {
    const auto found = current_.find(Key(ref, 0, ""));
    if (found == current_.end()) return;
    if (!held.known || found->second.first > held.current) held.current = found->second.first;
    held.current_cut_off = found->second.second;
    held.known = true;
    if (texts_.contains(Key(ref, incoming.version, incoming.hash)))
      held.texts.emplace(incoming.version, incoming.hash);
    else if (versions_.contains(Key(ref, incoming.version, "")))
      held.texts.emplace(incoming.version, std::string());
  }

  void Note(const std::string& ref, const IncomingVersion& incoming, const VersionDecision& decision) {
    if (decision.replaces) current_[Key(ref, 0, "")] = {incoming.version, incoming.cut_off};
    if (!decision.keep_text) return;
    texts_.insert(Key(ref, incoming.version, incoming.hash));
    versions_.insert(Key(ref, incoming.version, ""));
  }

 private:
  static std::uint64_t Key(const std::string& ref, int version, const std::string& hash) { return absl::HashOf(ref, version, hash); }

  absl::flat_hash_map<std::uint64_t, std::pair<int, bool>> current_;
  absl::flat_hash_set<std::uint64_t> texts_, versions_;
};

}  // namespace evenhand::incident
