// When a restriction is looked at again (7.4) and when it ends by itself. Local dates, Europe/London.
#pragma once

#include <optional>
#include <string_view>

#include "services/platform/base/refusal.h"
#include "services/restriction/domain/policy_numbers.h"
#include "services/restriction/domain/proposal.h"

namespace evenhand::restriction {

inline constexpr int kLongestReviewMonths = 24;  // a review that is further off is none; say so with its reason

// Calendar months and days of an ISO 8601 interval "P6M", "P1Y", "P2W", "P10D", "P1Y6M"; nothing for another shape or nothing at all.
struct Interval {
  int months = 0;
  int days = 0;
};
std::optional<Interval> ParseInterval(std::string_view text);

Refusals FaultsOfReview(const ReviewFacts& review, LocalDate today, std::string_view field = "review");

// The local date of the review, decided on `decided`; nothing where there is none. Faultless facts only.
std::optional<LocalDate> ReviewDue(const ReviewFacts& review, LocalDate decided, int default_months = Numbers().review_months);

// Overdue from the day after.
inline bool Overdue(std::optional<LocalDate> due, LocalDate today) { return due.has_value() && today > *due; }

// "endsOn" is the last day: at the earliest today.
Refusals FaultsOfEnd(std::string_view ends_on, LocalDate today);

}  // namespace evenhand::restriction
