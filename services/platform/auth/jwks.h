// The identity provider's keys: fetched, kept, rotated without a restart. An outage leaves the last ones in use; a flood of
// unknown key ids costs one fetch a cool-down.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <cjose/cjose.h>

namespace evenhand {

using Jwk = std::shared_ptr<cjose_jwk_t>;

class Jwks {
 public:
  // `source`: file:/path or http(s)://…
  Jwks(std::string source, bool allow_dev_key) : source_(std::move(source)), allow_dev_key_(allow_dev_key) {}

  // The key named `kid`, or null. An unknown one, and keys older than five minutes, are looked up again, at most once a cool-down.
  Jwk Find(const std::string& kid);

  absl::Status Refresh();

 private:
  void RefreshIfDue(bool unknown_key);

  const std::string source_;
  const bool allow_dev_key_;
  absl::Mutex fetching_;
  absl::Mutex mutex_;
  std::map<std::string, Jwk> keys_ ABSL_GUARDED_BY(mutex_);
  absl::Time tried_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace evenhand
