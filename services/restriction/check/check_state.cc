#include "services/restriction/check/check_state.h"

#include "services/platform/base/protection.h"

#include <absl/synchronization/notification.h>

namespace evenhand::restriction::check {

bool Published::Fresh(Steady::time_point now) const { return now - proven <= kFreshFor || !ProtectionOn(Protection::kStaleCheck); }

void Published::Stamp(v1::CheckContactResponse& answer) const {
  const std::int64_t seconds = absl::ToUnixSeconds(as_of);
  answer.mutable_as_of()->set_seconds(seconds);
  answer.mutable_as_of()->set_nanos(static_cast<int>(absl::ToInt64Microseconds(as_of - absl::FromUnixSeconds(seconds)) * 1000));
  answer.set_consistency_token(token);
}

std::shared_ptr<const Published> CheckState::Current() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return current_;
}

void CheckState::Publish(std::shared_ptr<const HandleIndex> index, Revision revision, absl::Time as_of, Steady::time_point proven) {
  auto next = std::make_shared<Published>();
  next->index = std::move(index);
  next->token = FormatToken(revision);
  next->revision = std::move(revision);
  next->as_of = as_of;
  next->proven = proven;
  v1::CheckContactResponse clear;
  clear.set_outcome(v1::CheckContactResponse::Outcome::CLEAR);
  next->Stamp(clear);
  next->clear = clear.SerializeAsString();
  {
    const absl::MutexLock lock(&mutex_);
    current_ = std::move(next);
    ++polls_;
  }
  Settle(proven);
}

bool CheckState::Settled(const Waiter& waiter, Steady::time_point now, Readiness* readiness) const {
  if (!ProtectionOn(Protection::kTokenWait) && current_ != nullptr) {
    *readiness = Readiness::kReady;
    return true;
  }
  const bool same_epoch = current_ != nullptr && current_->revision.epoch == waiter.revision.epoch;
  if (same_epoch && current_->revision.n >= waiter.revision.n) {
    *readiness = Readiness::kReady;
    return true;
  }
  if (current_ != nullptr && !same_epoch && polls_ >= waiter.polls_needed) {
    *readiness = Readiness::kOtherEpoch;
    return true;
  }
  *readiness = Readiness::kTooOld;
  return now >= waiter.deadline;
}

void CheckState::WhenAsNewAs(const Revision& revision, Steady::time_point deadline, std::function<void(Readiness)> then) {
  Readiness readiness = Readiness::kTooOld;
  std::function<void()> poke;
  {
    const absl::MutexLock lock(&mutex_);
    // The poll under way may have begun before the token was made: the one after it has not.
    Waiter waiter{revision, deadline, polls_ + 2, std::move(then)};
    if (!Settled(waiter, Steady::time_point::min(), &readiness) && waiters_.size() < kMostWaiters) {
      waiters_.push_back(std::move(waiter));
      poke = poke_;
    } else {
      then = std::move(waiter.then);
    }
  }
  if (poke) poke();
  if (then) then(readiness);
}

CheckState::Readiness CheckState::Await(const Revision& revision, Steady::time_point deadline) {
  struct Shared {
    absl::Notification done;
    Readiness readiness = Readiness::kTooOld;
  };
  const auto shared = std::make_shared<Shared>();
  WhenAsNewAs(revision, deadline, [shared](Readiness readiness) {
    shared->readiness = readiness;
    shared->done.Notify();
  });
  // The follower ends the wait; the grace is for a follower that is itself held up by the database.
  const auto grace = std::chrono::milliseconds(200);
  if (!shared->done.WaitForNotificationWithTimeout(absl::FromChrono(deadline + grace - Steady::now()))) return Readiness::kTooOld;
  return shared->readiness;
}

void CheckState::Expire(Steady::time_point now) { Settle(now); }

void CheckState::Settle(Steady::time_point now) {
  std::vector<std::pair<std::function<void(Readiness)>, Readiness>> settled;
  {
    const absl::MutexLock lock(&mutex_);
    std::erase_if(waiters_, [&](Waiter& waiter) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      Readiness readiness;
      if (!Settled(waiter, now, &readiness)) return false;
      settled.emplace_back(std::move(waiter.then), readiness);
      return true;
    });
  }
  for (auto& [then, readiness] : settled) then(readiness);
}

void CheckState::OnWaiting(std::function<void()> poke) {
  const absl::MutexLock lock(&mutex_);
  poke_ = std::move(poke);
}

}  // namespace evenhand::restriction::check
