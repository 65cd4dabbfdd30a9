// The identity provider's keys: fetched by a thread of their own, kept, rotated without a restart. Nobody who shows a token waits for the
// provider; a key that is not known yet is asked for while its token is answered 503. An outage leaves the last keys in use; a flood of
// unknown key ids costs one fetch a cool-down.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <cjose/cjose.h>

namespace evenhand {

using Jwk = std::shared_ptr<cjose_jwk_t>;

class Jwks {
 public:
  // `source`: file:/path or http(s)://…
  Jwks(std::string source, bool allow_dev_key);
  ~Jwks();
  Jwks(const Jwks&) = delete;
  Jwks& operator=(const Jwks&) = delete;

  // The key named `kid`. NOT_FOUND: the provider has published none of that name. UNAVAILABLE: it can't be asked, so nobody knows.
  absl::StatusOr<Jwk> Find(const std::string& kid);

  // Reads the keys now.
  absl::Status Refresh();

  // Whether keys were ever read.
  bool known() const;

  // Another number each time that the published set has changed: what was derived from the keys before holds no longer.
  int generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  void KeepFresh();
  bool Due() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const std::string source_;
  const bool allow_dev_key_;
  mutable absl::Mutex mutex_;
  std::map<std::string, Jwk> keys_ ABSL_GUARDED_BY(mutex_);
  absl::Time refreshed_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::string text_ ABSL_GUARDED_BY(mutex_);  // as published
  std::atomic<int> generation_ = 0;
  int refreshes_ ABSL_GUARDED_BY(mutex_) = 0;      // tried, whatever came of it
  bool answered_ ABSL_GUARDED_BY(mutex_) = false;  // the last time
  bool known_ ABSL_GUARDED_BY(mutex_) = false;
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;  // by somebody with an unknown key
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace evenhand
