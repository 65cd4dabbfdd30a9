// Check streams of gateways on this machine: the same gRPC call as contact_stream.h, on a UNIX socket of its own beside the service's, a
// thread for each stream. gRPC's own threads hand each batch around six times; here it costs one wake-up (ADR 7).
#pragma once

#include <memory>
#include <string>
#include <thread>

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_set.h>
#include <absl/synchronization/mutex.h>

#include "services/restriction/check/batch_answerer.h"

namespace evenhand::restriction::check {

class LocalStreams {
 public:
  // `listen` as in the settings: for "unix:/path" the socket is /path.checks; over TCP there is none, and gRPC's own port serves.
  LocalStreams(const CheckStreamParts& parts, const std::string& listen);
  ~LocalStreams() { Drain(); }

  void Start();
  // Takes no more callers, and ends every stream once what has arrived is answered.
  void Drain();

 private:
  class Stream;
  // A gateway has one for each I/O thread. More are turned away: a thread each.
  static constexpr std::size_t kMostStreams = 64;

  void Accept();
  void Admit(int fd);
  void Gone(Stream* stream);

  const CheckStreamParts& parts_;
  const std::string path_;
  int listening_ = -1;
  std::thread thread_;
  absl::Mutex mutex_;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand::restriction::check
