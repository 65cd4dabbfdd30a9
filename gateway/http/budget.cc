#include "gateway/http/budget.h"

#include "services/platform/base/protection.h"

namespace evenhand::gateway {

std::uint64_t Budget::held() const {
  const absl::MutexLock lock(&mutex_);
  return held_;
}

Budget::Room Budget::Take(const std::string& owner, std::uint64_t bytes, bool whatever) {
  const absl::MutexLock lock(&mutex_);
  const auto found = by_owner_.find(owner);
  whatever |= !ProtectionOn(Protection::kByteBudget);
  if (!whatever && held_ + bytes > all_) return Room::kNone;
  if (!whatever && (found == by_owner_.end() ? 0 : found->second) + bytes > each_) return Room::kOwnerHasNone;
  held_ += bytes;
  by_owner_[owner] += bytes;
  return Room::kThere;
}

void Budget::Give(const std::string& owner, std::uint64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  held_ -= bytes;
  const auto found = by_owner_.find(owner);
  if ((found->second -= bytes) == 0) by_owner_.erase(found);
}

Budget::Room Held::Set(const std::string& owner, std::uint64_t bytes, bool whatever) {
  if (budget_ == nullptr || (bytes == bytes_ && (bytes == 0 || owner == owner_))) return Budget::Room::kThere;
  if (owner != owner_ || bytes < bytes_) {
    if (bytes_ > 0) budget_->Give(owner_, owner == owner_ ? bytes_ - bytes : bytes_);
    bytes_ = owner == owner_ ? bytes : 0;
    owner_ = owner;
  }
  if (bytes == bytes_) return Budget::Room::kThere;
  const Budget::Room room = budget_->Take(owner_, bytes - bytes_, whatever);
  if (room == Budget::Room::kThere) bytes_ = bytes;
  return room;
}

}  // namespace evenhand::gateway
