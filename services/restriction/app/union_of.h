// The union of what two records say about one person, and what of it came from the other.
#pragma once

#include <string>
#include <vector>

#include <absl/time/time.h>

#include "evenhand/restriction/v1/person.pb.h"

namespace evenhand::restriction {

// `survivor` plus what only `duplicate` says. A handle that both hold keeps the more careful of shared and the surer of confirmed.
void TakeUnion(v1::Person& survivor, const v1::Person& duplicate);

// `survivor` without what only `duplicate` had brought: handles, references and adjustments that were not in `before`.
void GiveBack(v1::Person& survivor, const v1::Person& before, const v1::Person& duplicate);

// The folded record as it is now: `before` with what became of it while the two were one, a handle changed, an adjustment ended, an
// advocate resigned. `survivor` as it is before GiveBack, `own` as it was before the merge.
v1::Person TakeBack(const v1::Person& survivor, const v1::Person& own, const v1::Person& before);

// What came to `survivor` after `since`, to be one of the two's: nobody but a human knows whose.
struct Newer {
  std::vector<std::string> adjustments;  // ids
  bool handles = false, advocate = false, death = false;
};
Newer NewerThan(absl::Time since, const v1::Person& survivor, const v1::Person& own, const v1::Person& folded);

// The human said that it is `owner`'s. `kind`: adjustment, handles, advocate, death; `id` of the adjustment.
void HandOver(const std::string& kind, const std::string& id, absl::Time since, v1::Person& survivor, v1::Person& owner);

}  // namespace evenhand::restriction
