#include "services/platform/rpc/background.h"

#include <exception>

#include "services/platform/obs/log.h"

namespace evenhand {

void Background::Every(absl::Duration interval, std::string name, std::function<void()> job) {
  if (enabled_) Start(interval, std::move(name), std::move(job));
}

void Background::Always(absl::Duration interval, std::string name, std::function<void()> job) {
  Start(interval, std::move(name), std::move(job));
}

void Background::Start(absl::Duration interval, std::string name, std::function<void()> job) {
  threads_.emplace_back([this, interval, name = std::move(name), job = std::move(job)] {
    while (true) {
      try {
        job();
      } catch (const std::exception& error) {
        Log(Level::kWarning, "background job failed", {{"job", name}, {"error", error.what()}});
      }
      const absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), interval)) return;
    }
  });
}

bool Background::stopping() const {
  const absl::MutexLock lock(&mutex_);
  return stopping_;
}

void Background::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace evenhand
