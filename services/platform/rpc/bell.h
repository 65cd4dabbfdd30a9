// Wakes one of those who wait for work. Whoever is woken does all there is and rings again where there is more than one can do:
// rung twice it wakes once, and rung while nobody waits it wakes the next who comes.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

namespace evenhand {

class Bell {
 public:
  void Ring() {
    const absl::MutexLock lock(&mutex_);
    rung_ = true;
  }

  // Waits until it is rung; false once it has been taken down.
  bool Await() {
    const absl::MutexLock lock(&mutex_);
    const auto called = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return rung_ || down_; };
    mutex_.Await(absl::Condition(&called));
    rung_ = false;
    return !down_;
  }

  // Nobody waits any more.
  void TakeDown() {
    const absl::MutexLock lock(&mutex_);
    down_ = true;
  }

 private:
  absl::Mutex mutex_;
  bool rung_ ABSL_GUARDED_BY(mutex_) = false;
  bool down_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace evenhand
