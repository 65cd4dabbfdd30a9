// What the policy itself does not say and a council sets: terms of reviews and of keeping records, with their sources.
#pragma once

namespace evenhand::restriction {

struct PolicyNumbers {
  int review_months = 6;          // Glasgow, Anglesey ombudsman case
  int marker_review_months = 12;  // the same, for register entries
  int retain_years = 1;           // after the end; ranges published by councils
  int retain_years_abuse = 3;     // the same
  int retain_years_violence = 5;  // the same
};

// The numbers that hold in this process: the defaults, or what the settings said at start.
const PolicyNumbers& Numbers();

// Once, before the first request.
void SetNumbers(const PolicyNumbers& numbers);

}  // namespace evenhand::restriction
