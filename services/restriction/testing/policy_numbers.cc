// The numbers that the tests reckon with, as the settings would say them at start.
#include "services/restriction/domain/policy_numbers.h"

namespace evenhand::restriction {
namespace {

[[maybe_unused]] const bool kSet =
    (SetNumbers({.review_months = 6, .marker_review_months = 12, .retain_years = 1, .retain_years_abuse = 3, .retain_years_violence = 5}),
     true);

}  // namespace
}  // namespace evenhand::restriction
