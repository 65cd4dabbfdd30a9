#include "services/notification/domain/recipients.h"

#include <algorithm>

namespace evenhand::notification {
namespace {

bool IsAway(const Member& member, LocalDate today) {
  return std::ranges::any_of(member.absences, [&](const AwayDays& days) { return days.from <= today && today <= days.to; });
}

const Member* Find(const std::vector<Member>& members, const std::string& staff_id) {
  const auto found = std::ranges::find(members, staff_id, &Member::staff_id);
  return found == members.end() ? nullptr : &*found;
}

void AddOnce(std::vector<Recipient>& recipients, Recipient recipient) {
  const bool there = std::ranges::any_of(recipients, [&](const Recipient& other) { return other.staff_id == recipient.staff_id; });
  if (!there) recipients.push_back(std::move(recipient));
}

}  // namespace

std::vector<Recipient> RecipientsOn(const std::vector<Member>& members, LocalDate today) {
  std::vector<Recipient> recipients;
  for (const Member& member : members) {
    if (!IsAway(member, today)) AddOnce(recipients, {member.staff_id, member.email, ""});
  }
  for (const Member& member : members) {
    if (!IsAway(member, today) || member.deputy.empty()) continue;
    const Member* deputy = Find(members, member.deputy);
    if (deputy != nullptr && IsAway(*deputy, today)) continue;
    AddOnce(recipients, {member.deputy, deputy != nullptr ? deputy->email : member.deputy_email, member.staff_id});
  }
  return recipients;
}

}  // namespace evenhand::notification
