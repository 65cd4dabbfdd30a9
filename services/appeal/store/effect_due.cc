#include "services/appeal/store/effect_due.h"

#include "services/platform/base/local_date.h"
#include "services/platform/pg/quick_look.h"

namespace evenhand::appeal {

bool EffectIsDue(Pool& pool, absl::Time now) {
  const auto row = QuickLook(
      pool, "effect due", "select exists (select from appeal where effect_state = 'PENDING' and next_effect_at <= $1)", FormatInstant(now));
  return !row || (*row)[0].as<bool>();
}

}  // namespace evenhand::appeal
