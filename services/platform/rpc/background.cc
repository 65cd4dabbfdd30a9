#include "services/platform/rpc/background.h"

#include <exception>

#include "services/platform/obs/log.h"

namespace evenhand {
namespace {

void RunLogged(const std::string& name, const std::function<void()>& job) {
  try {
    job();
  } catch (const std::exception& error) {
    Log(Level::kWarning, "background job failed", {{"job", name}, {"error", error.what()}});
  }
}

}  // namespace

void Background::Every(absl::Duration interval, std::string name, std::function<void()> job) {
  if (enabled_) Start(interval, std::move(name), std::move(job));
}

void Background::Always(absl::Duration interval, std::string name, std::function<void()> job) {
  Start(interval, std::move(name), std::move(job));
}

void Background::WhenRung(std::shared_ptr<Bell> bell, std::string name, std::function<void()> job) {
  bells_.push_back(bell);
  threads_.emplace_back([bell = std::move(bell), name = std::move(name), job = std::move(job)] {
    while (bell->Await()) RunLogged(name, job);
  });
}

void Background::Start(absl::Duration interval, std::string name, std::function<void()> job) {
  threads_.emplace_back([this, interval, name = std::move(name), job = std::move(job)] {
    while (true) {
      RunLogged(name, job);
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
  for (const std::shared_ptr<Bell>& bell : bells_) bell->TakeDown();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  bells_.clear();
}

}  // namespace evenhand
