#include "services/appeal/app/variation.h"

#include <absl/strings/str_cat.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::appeal {
Refusals RefusalsOf(const restriction::v1::Terms& variation) {
  Refusals no;
  for (int i = 0; i < variation.measures_size(); ++i) {
    const restriction::v1::Measure& measure = variation.measures(i);
    if (measure.kind() == MeasureKind::MEASURE_KIND_UNSPECIFIED) {
      no.push_back({"7.2", absl::StrCat("variation.measures[", i, "].kind"), "This is not a measure that the policy knows."});
    } else if (measure.kind() == MeasureKind::BLOCK_CHANNEL && measure.channel() == Channel::CHANNEL_UNSPECIFIED) {
      no.push_back({"7.2", absl::StrCat("variation.measures[", i, "].channel"), "Say which channel is closed."});
    } else if (measure.kind() == MeasureKind::LIMIT_VOLUME &&
               (measure.max_contacts() < 0 || !measure.has_max_contacts() || measure.period() == 0)) {
      no.push_back({"7.2", absl::StrCat("variation.measures[", i, "].maxContacts"), "Say how many contacts in which period."});
    }
  }
  if (!variation.ends_on().empty() && !ParseDate(variation.ends_on()))
    no.push_back({"council rule", "variation.endsOn", "This is not a date of the form YYYY-MM-DD."});
  if (!variation.review().date().empty() && !ParseDate(variation.review().date())) {
    no.push_back({"council rule", "variation.review.date", "This is not a date of the form YYYY-MM-DD."});
  }
  return no;
}

}  // namespace evenhand::appeal
