// What the checks answer from at this moment, and how fresh that is. Published by the follower, read by everyone.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include "evenhand/restriction/v1/contact_service.pb.h"
#include "services/restriction/check/consistency_token.h"
#include "services/restriction/check/handle_index.h"

namespace evenhand::restriction::check {

using Steady = std::chrono::steady_clock;

// Older than this, an answer is no longer known to be true: UNKNOWN (architecture.md).
inline constexpr std::chrono::seconds kFreshFor{2};

// A state of the index. Immutable but for the index itself, which only grows newer.
struct Published {
  std::shared_ptr<const HandleIndex> index;
  Revision revision;
  absl::Time as_of;           // every decision committed by then is in the index
  Steady::time_point proven;  // the same instant on a clock that nobody sets
  std::string token;          // of `revision`
  std::string clear;          // the serialised CLEAR answer: the same bytes for all until the next poll

  bool Fresh(Steady::time_point now) const;
  void Stamp(v1::CheckContactResponse& answer) const;  // as_of and consistency_token
};

class CheckState {
 public:
  // Null until the index has been filled once.
  std::shared_ptr<const Published> Current() const;

  void Publish(std::shared_ptr<const HandleIndex> index, Revision revision, absl::Time as_of, Steady::time_point proven);

  enum class Readiness {
    kReady,
    kTooOld,      // the index has not come that far
    kOtherEpoch,  // the token is of a database before a restore
  };

  // Calls `then` once: at once when the index is as new as `revision`, else from the follower's thread as soon as it is, or with
  // kTooOld at `deadline`. kOtherEpoch only after a poll that began after this call. `then` must not block.
  void WhenAsNewAs(const Revision& revision, Steady::time_point deadline, std::function<void(Readiness)> then);
  // The same for callers that may block.
  Readiness Await(const Revision& revision, Steady::time_point deadline);

  // The follower's: answers those whose time has passed.
  void Expire(Steady::time_point now);
  // Called when somebody waits, so that the follower polls at once.
  void OnWaiting(std::function<void()> poke);

 private:
  struct Waiter {
    Revision revision;
    Steady::time_point deadline;
    std::int64_t polls_needed = 0;  // before another epoch is a refusal
    std::function<void(Readiness)> then;
  };
  // True, with the answer, when the waiter need wait no longer.
  bool Settled(const Waiter& waiter, Steady::time_point now, Readiness* readiness) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Settle(Steady::time_point now);

  // Checks that wait for a newer index; more are told at once that it is too old.
  static constexpr std::size_t kMostWaiters = 10'000;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const Published> current_ ABSL_GUARDED_BY(mutex_);
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  std::int64_t polls_ ABSL_GUARDED_BY(mutex_) = 0;
  std::function<void()> poke_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::restriction::check
