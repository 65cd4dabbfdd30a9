// Secrets of webhooks at rest: sealed under a key of the key file, bound to their webhook; a copy of the database tells none of them.
#pragma once

#include <string>

#include <absl/status/statusor.h>

namespace evenhand::notification {

// Lines "<key id> <base64 of 32 bytes>", the last one is the current key; read at each use, so that a key can be added while the service
// runs.
class SecretBox {
 public:
  // `may_create`: make a first key when something is to be sealed and there is no file (dev mode). What is there was sealed under a key
  // that is lost: a new key has another name and opens nothing.
  SecretBox(std::string path, bool may_create) : path_(std::move(path)), may_create_(may_create) {}

  // "sealed:<key id>:<base64>". FAILED_PRECONDITION without a key.
  absl::StatusOr<std::string> Seal(const std::string& secret, const std::string& bound_to) const;
  absl::StatusOr<std::string> Open(const std::string& kept, const std::string& bound_to) const;

 private:
  const std::string path_;
  const bool may_create_;
};

}  // namespace evenhand::notification
