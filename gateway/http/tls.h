// The certificate of the REST port: TLS 1.2 or newer, read again when the files change.
#pragma once

#include <memory>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include "gateway/http/asio.h"

namespace evenhand::gateway {

class TlsContext {
 public:
  // Throws when the files can't be used. Empty names: plain.
  TlsContext(std::string certificate, std::string key);

  // Null: plain. A connection keeps the context it began with.
  std::shared_ptr<asio::ssl::context> Current() const;

  // Reads the files again if they changed. One that can't be used is logged, and the old one stays.
  void Reload();

 private:
  std::shared_ptr<asio::ssl::context> Load() const;
  std::string Stamp() const;

  const std::string certificate_, key_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<asio::ssl::context> current_ ABSL_GUARDED_BY(mutex_);
  std::string stamp_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::gateway
