#include "services/restriction/domain/reviews.h"

#include "services/restriction/domain/text.h"

namespace evenhand::restriction {
namespace {

constexpr int kMostOfAUnit = 999;

std::string TooFar() {
  return "The review must be within " + std::to_string(kLongestReviewMonths) + " months; if none is appropriate, say so with the reason.";
}

}  // namespace

std::optional<Interval> ParseInterval(std::string_view text) {
  if (text.size() < 3 || text.front() != 'P') return std::nullopt;
  Interval interval;
  int n = -1;
  std::string_view units_left = "YMWD";
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      n = (n < 0 ? 0 : n) * 10 + (c - '0');
      if (n > kMostOfAUnit) return std::nullopt;
      continue;
    }
    const auto unit = units_left.find(c);
    if (n < 0 || unit == std::string_view::npos) return std::nullopt;
    if (c == 'Y') interval.months += 12 * n;
    if (c == 'M') interval.months += n;
    if (c == 'W') interval.days += 7 * n;
    if (c == 'D') interval.days += n;
    units_left.remove_prefix(unit + 1);
    n = -1;
  }
  if (n >= 0 || (interval.months == 0 && interval.days == 0)) return std::nullopt;
  return interval;
}

Refusals FaultsOfReview(const ReviewFacts& review, LocalDate today, std::string_view field) {
  const std::string at(field);
  if (!review.said)
    return {{"7.4", at, "Say when it is looked at again: a date, an interval, {} for the default, or none with the reason."}};
  const int ways = !review.date.empty() + !review.interval.empty() + review.none;
  if (ways > 1) return {{"council rule", at, "Say one of date, interval and none."}};
  Refusals no;
  const LocalDate latest = AddMonths(today, kLongestReviewMonths);
  if (!review.date.empty()) {
    const auto date = ParseDate(review.date);
    if (!date) no.push_back({"council rule", at + ".date", "Write the date as YYYY-MM-DD."});
    if (date && *date <= today) no.push_back({"council rule", at + ".date", "The review must be after today."});
    if (date && *date > latest) no.push_back({"council rule", at + ".date", TooFar()});
  }
  if (!review.interval.empty()) {
    const auto interval = ParseInterval(review.interval);
    if (!interval) no.push_back({"council rule", at + ".interval", "Write the interval as ISO 8601, such as P6M."});
    if (interval && AddMonths(today, interval->months) + interval->days > latest)
      no.push_back({"council rule", at + ".interval", TooFar()});
  }
  if (review.none) {
    if (!Said(review.none_reason)) no.push_back({"7.4", at + ".none.reason", "Say why no review would be appropriate."});
    if (!Said(review.none_explanation))
      no.push_back({"7.4", at + ".none.explanation", "Say what the person is told about there being no review."});
  }
  return no;
}

std::optional<LocalDate> ReviewDue(const ReviewFacts& review, LocalDate decided, int default_months) {
  if (review.none) return std::nullopt;
  if (!review.date.empty()) return ParseDate(review.date);
  if (const auto interval = ParseInterval(review.interval)) return AddMonths(decided, interval->months) + interval->days;
  return AddMonths(decided, default_months);
}

Refusals FaultsOfEnd(std::string_view ends_on, LocalDate today) {
  if (ends_on.empty()) return {};
  const auto date = ParseDate(ends_on);
  if (!date) return {{"council rule", "endsOn", "Write the last day as YYYY-MM-DD."}};
  if (*date < today) return {{"council rule", "endsOn", "The last day has passed already."}};
  return {};
}

}  // namespace evenhand::restriction
