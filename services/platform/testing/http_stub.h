// A small HTTP server on loopback for tests that fetch: it answers what it was told last and counts.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include <absl/synchronization/mutex.h>

namespace evenhand::testing {

class HttpStub {
 public:
  HttpStub();
  ~HttpStub();

  void Answer(int status, std::string body);
  std::string url() const;
  int requests() const { return requests_; }

 private:
  void Serve();

  int listening_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  absl::Mutex mutex_;
  int status_ = 200;
  std::string body_;
  std::thread thread_;
};

}  // namespace evenhand::testing
