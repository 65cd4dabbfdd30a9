#include "services/platform/pg/cancel_watch.h"

#include <thread>

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

namespace evenhand {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(50);

class Watcher {
 public:
  // Never destroyed: calls may be under way while static objects go.
  static Watcher& Get() {
    static Watcher& watcher = *new Watcher;
    return watcher;
  }

  void Add(const Call* call, pqxx::connection* connection) {
    const absl::MutexLock lock(&mutex_);
    watched_[call] = connection;
    if (!started_) std::thread([this] { Run(); }).detach();
    started_ = true;
  }

  void Remove(const Call* call) {
    const absl::MutexLock lock(&mutex_);
    watched_.erase(call);
  }

 private:
  [[noreturn]] void Run() {
    while (true) {
      absl::SleepFor(kLook);  // first, so that statements that come one after another wake it no more often
      const absl::MutexLock lock(&mutex_);
      const auto any = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !watched_.empty(); };
      mutex_.Await(absl::Condition(&any));
      for (const auto& [call, connection] : watched_) {
        if (!call->cancelled()) continue;
        try {
          connection->cancel_query();
        } catch (const std::exception&) {
          continue;  // the connection is gone, and the statement with it
        }
      }
    }
  }

  absl::Mutex mutex_;
  absl::flat_hash_map<const Call*, pqxx::connection*> watched_ ABSL_GUARDED_BY(mutex_);
  bool started_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

CancelWatch::Scope::Scope(const Call& call, pqxx::connection& connection) : call_(&call) { Watcher::Get().Add(call_, &connection); }

CancelWatch::Scope::~Scope() { Watcher::Get().Remove(call_); }

}  // namespace evenhand
