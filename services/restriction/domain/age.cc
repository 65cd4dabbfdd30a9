#include "services/restriction/domain/age.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include "services/restriction/domain/text.h"

namespace evenhand::restriction {

bool MeetsPupils(std::string_view area) {
  const std::string name = absl::AsciiStrToLower(absl::string_view(area.data(), area.size()));
  for (const char* word : {"school", "academy", "nursery", "primary"})
    if (absl::StrContains(name, word)) return true;
  return false;
}

Refusals FaultsOfAge(const AgeFacts& facts, LocalDate today) {
  if (facts.is_organisation || Said(facts.basis)) return {};
  const auto born = ParseDate(facts.date_of_birth);
  if (born && AddMonths(*born, 12 * kAdultFrom) > today)
    return {{"Age of Legal Capacity (Scotland) Act 1991", "ageCheck.basis",
             "The person is under 16: say on what basis their age was considered."}};
  if (!born && facts.age_matters)
    return {{"Age of Legal Capacity (Scotland) Act 1991", "ageCheck.basis",
             "The person's age is not known and it matters here: say on what basis it was considered."}};
  return {};
}

}  // namespace evenhand::restriction
