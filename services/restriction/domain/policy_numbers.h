// What the policy itself does not say and a council sets: terms of reviews and of keeping records (settings review-months …
// retain-years-violence).
#pragma once

namespace evenhand::restriction {

struct PolicyNumbers {
  int review_months = 0;
  int marker_review_months = 0;  // the same, for register entries
  int retain_years = 0;          // after the end
  int retain_years_abuse = 0;
  int retain_years_violence = 0;
};

// The numbers that hold in this process, as the settings said at start; before that there are none.
const PolicyNumbers& Numbers();

// Once, before the first request.
void SetNumbers(const PolicyNumbers& numbers);

}  // namespace evenhand::restriction
