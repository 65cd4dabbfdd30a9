// A restriction that rests on an incident in which staff were named publicly: its texts are for the circle, who proposed and who decides,
// and no more widely (12.6, 12.7).
#pragma once

#include "evenhand/restriction/v1/restriction.pb.h"
#include "services/platform/auth/actor.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

// Kept with the record, so that a look needs no other service.
void KeepCircle(v1::Restriction& restriction, const Evidence& evidence);

// Without its texts, where they are not for this reader.
v1::Restriction AsReadBy(const Actor& actor, v1::Restriction restriction);

}  // namespace evenhand::restriction
