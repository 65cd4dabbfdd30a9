// The union of what two records say about one person, and what of it came from the other.
#pragma once

#include "evenhand/restriction/v1/person.pb.h"

namespace evenhand::restriction {

// `survivor` plus what only `duplicate` says. A handle that both hold keeps the more careful of shared and the surer of confirmed.
void TakeUnion(v1::Person& survivor, const v1::Person& duplicate);

// `survivor` without what only `duplicate` had brought: handles, references and adjustments that were not in `before`.
void GiveBack(v1::Person& survivor, const v1::Person& before, const v1::Person& duplicate);

}  // namespace evenhand::restriction
