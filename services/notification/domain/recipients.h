// Who of an audience is told today: those who are there, and for those who are away whoever stands in.
#pragma once

#include <string>
#include <vector>

#include "services/platform/base/local_date.h"

namespace evenhand::notification {

struct AwayDays {
  LocalDate from;
  LocalDate to;  // inclusive
};

struct Member {
  std::string staff_id;
  std::string email;
  std::vector<AwayDays> absences;
  std::string deputy;        // staff number
  std::string deputy_email;  // where the deputy is no member
};

struct Recipient {
  std::string staff_id;
  std::string email;
  std::string deputy_for;  // whose place they take
  friend bool operator==(const Recipient&, const Recipient&) = default;
};

// Each recipient once. Away without a deputy who is there: left out; the others have it. Everybody away: empty, and it escalates.
std::vector<Recipient> RecipientsOn(const std::vector<Member>& members, LocalDate today);

}  // namespace evenhand::notification
