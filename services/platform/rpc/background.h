// Work that nobody waits for: sweeps, reminders, relays. Each job runs on its own thread until shutdown: every `interval`, or when rung
// for.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include "services/platform/rpc/bell.h"

namespace evenhand {

class Background {
 public:
  // `enabled` false (EVENHAND_BACKGROUND=off): jobs of Every() never run; those of Always() and WhenRung() do (relays, the check index).
  explicit Background(bool enabled) : enabled_(enabled) {}
  ~Background() { Stop(); }

  // A sweep. Exceptions are logged and the job runs again at the next interval.
  void Every(absl::Duration interval, std::string name, std::function<void()> job);
  // What the service can't be right without.
  void Always(absl::Duration interval, std::string name, std::function<void()> job);
  // The same, run each time that `bell` is rung; several jobs may wait for one bell, and each ring wakes one of them.
  void WhenRung(std::shared_ptr<Bell> bell, std::string name, std::function<void()> job);

  // Ends every job after its current run and waits for it.
  void Stop();
  bool stopping() const;

 private:
  void Start(absl::Duration interval, std::string name, std::function<void()> job);

  const bool enabled_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
  std::vector<std::shared_ptr<Bell>> bells_;
};

}  // namespace evenhand
