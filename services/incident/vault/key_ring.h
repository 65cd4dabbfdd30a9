// The keys under which files' own keys are wrapped: rotating adds a line to the key file and rewrites no evidence (12.3).
#pragma once

#include <functional>
#include <map>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

namespace evenhand::incident {

// The key file: a line "<key id> <base64 of 32 bytes>" each; the last is the current one. Read again when it changed, so that a key
// can be added while the service runs.
class KeyRing {
 public:
  // `may_create`: whether a first key may be made where there is no file: in dev mode, while no evidence is kept (what is kept has its key
  // somewhere, and a new one beside it would open nothing). Elsewhere a missing file is an error.
  KeyRing(std::string path, std::function<bool()> may_create) : path_(std::move(path)), may_create_(std::move(may_create)) {}

  absl::StatusOr<std::string> CurrentId();

  struct Wrapped {
    std::string key_id;
    std::string bytes;
  };
  absl::StatusOr<Wrapped> Wrap(const std::string& file_key);
  // Never DATA_LOSS: a key that is missing or another's is the key file's fault, and heals with it.
  absl::StatusOr<std::string> Unwrap(const std::string& key_id, const std::string& bytes);

 private:
  absl::Status Refresh() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Create() const;

  const std::string path_;
  const std::function<bool()> may_create_;
  absl::Mutex mutex_;
  std::map<std::string, std::string> keys_ ABSL_GUARDED_BY(mutex_);
  std::string current_ ABSL_GUARDED_BY(mutex_);
  std::string seen_ ABSL_GUARDED_BY(mutex_);  // the file's text that keys_ came from
};

}  // namespace evenhand::incident
