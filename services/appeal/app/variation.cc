#include "services/appeal/app/variation.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/json_util.h>

#include "services/platform/base/local_date.h"

namespace evenhand::appeal {
namespace {

// Both contracts use the same JSON names, so JSON is the way across.
template <typename To>
bool Across(const google::protobuf::Message& from, To& to) {
  std::string json;
  return google::protobuf::util::MessageToJsonString(from, &json).ok() && google::protobuf::util::JsonStringToMessage(json, &to).ok();
}

}  // namespace

Refusals RefusalsOf(const v1::Variation& variation) {
  Refusals no;
  for (int i = 0; i < variation.measures_size(); ++i) {
    restriction::v1::Measure measure;
    if (!Across(variation.measures(i), measure) || measure.kind() == restriction::v1::Measure::Kind::KIND_UNSPECIFIED) {
      no.push_back({"7.2", absl::StrCat("variation.measures[", i, "].kind"),
                    "This is not a measure that the policy knows, or its channel or period is not one."});
    } else if (measure.kind() == restriction::v1::Measure::Kind::BLOCK_CHANNEL &&
               measure.channel() == restriction::v1::Channel::CHANNEL_UNSPECIFIED) {
      no.push_back({"7.2", absl::StrCat("variation.measures[", i, "].channel"), "Say which channel is closed."});
    } else if (measure.kind() == restriction::v1::Measure::Kind::LIMIT_VOLUME &&
               (measure.max_contacts() < 0 || !measure.has_max_contacts() || measure.period() == 0)) {
      no.push_back({"7.2", absl::StrCat("variation.measures[", i, "].maxContacts"), "Say how many contacts in which period."});
    }
  }
  if (!variation.ends_on().empty() && !ParseDate(variation.ends_on()))
    no.push_back({"7.4", "variation.endsOn", "This is not a date of the form YYYY-MM-DD."});
  if (!variation.review().date().empty() && !ParseDate(variation.review().date())) {
    no.push_back({"7.4", "variation.review.date", "This is not a date of the form YYYY-MM-DD."});
  }
  return no;
}

restriction::v1::Variation ToRestriction(const v1::Variation& variation) {
  restriction::v1::Variation terms;
  Across(variation, terms);
  return terms;
}

}  // namespace evenhand::appeal
