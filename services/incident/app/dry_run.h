// What an import that keeps nothing has answered so far, so that it answers exactly what the real one would (AIP-163): three small
// hashes a row, no text, and in a file where they are many.
#pragma once

#include <cstdint>
#include <string>

#include <absl/hash/hash.h>

#include "services/incident/app/spooled_table.h"
#include "services/incident/domain/versions.h"

namespace evenhand::incident {

class DryRun {
 public:
  // Adds to what is held what this run would have made of `ref`, as far as the incoming text is concerned.
  void AddTo(const std::string& ref, const IncomingVersion& incoming, HeldVersions& held) const {
    const auto found = seen_.Find(Key(ref, 0, ""));
    if (!found) return;
    const int current = static_cast<int>(*found >> 1);
    if (!held.known || current > held.current) held.current = current;
    held.current_cut_off = (*found & 1) != 0;
    held.current_from_source = incoming.from_source;  // one file, one who brings it
    held.known = true;
    if (seen_.Find(Key(ref, incoming.version, incoming.hash)))
      held.texts.emplace(incoming.version, incoming.hash);
    else if (seen_.Find(Key(ref, incoming.version, "")))
      held.texts.emplace(incoming.version, std::string());
  }

  void Note(const std::string& ref, const IncomingVersion& incoming, const VersionDecision& decision) {
    if (decision.replaces) seen_.Put(Key(ref, 0, ""), static_cast<std::uint64_t>(incoming.version) << 1 | (incoming.cut_off ? 1 : 0));
    if (!decision.keep_text) return;
    seen_.Put(Key(ref, incoming.version, incoming.hash), 0);
    seen_.Put(Key(ref, incoming.version, ""), 0);
  }

 private:
  // Versions count from 1: 0 is the record itself, "" any text of a version.
  static std::uint64_t Key(const std::string& ref, int version, const std::string& hash) { return absl::HashOf(ref, version, hash); }

  SpooledTable seen_;
};

}  // namespace evenhand::incident
