// Walls inside a process: calls that may be slow (streams whose other end sets the pace, letters that are set while somebody waits) have
// half of the RPC threads at most, so that they can't keep everybody else out.
#pragma once

#include <algorithm>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

namespace evenhand {

class Bulkhead {
 public:
  explicit Bulkhead(int threads) : threads_(threads) {}

  // False: the slow ones' share is taken; nothing to leave then.
  bool Enter(bool slow) {
    const absl::MutexLock lock(&mutex_);
    if (slow && slow_ >= std::max(1, threads_ / 2)) return false;
    if (slow) ++slow_;
    if (++inside_ == threads_) full_since_ = absl::Now();
    return true;
  }

  void Leave(bool slow) {
    const absl::MutexLock lock(&mutex_);
    if (slow) --slow_;
    if (inside_-- == threads_) full_since_ = absl::InfiniteFuture();
  }

  // Every thread taken for a while: nobody new is answered.
  bool IsStuck() const {
    const absl::MutexLock lock(&mutex_);
    return absl::Now() - full_since_ > absl::Seconds(2);
  }

 private:
  const int threads_;
  mutable absl::Mutex mutex_;
  int inside_ ABSL_GUARDED_BY(mutex_) = 0;
  int slow_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time full_since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
};

}  // namespace evenhand
