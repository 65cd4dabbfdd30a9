// A proxy in front of a test's PostgreSQL that breaks the network where it hurts most: right after COMMIT went through.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace evenhand::testing {

class PgProxy {
 public:
  // Listens in a folder of its own; `behind` is the folder of the real server's socket.
  explicit PgProxy(std::string behind);
  ~PgProxy();

  // The host= of a connection string.
  const std::string& folder() const { return folder_; }

  // The next COMMIT reaches the server; its answer never reaches the client.
  void CutAfterNextCommit() { cut_ = true; }

  // The next COMMIT never reaches the server; the connection ends after `meanwhile` ran.
  void LoseNextCommit(std::function<void()> meanwhile) {
    meanwhile_ = std::move(meanwhile);
    lose_ = true;
  }

 private:
  void Serve();
  void Carry(int client);

  const std::string behind_;
  std::string folder_;
  int listening_ = -1;
  std::atomic<bool> cut_ = false;
  std::atomic<bool> lose_ = false;
  std::function<void()> meanwhile_;
  std::thread thread_;
  std::vector<std::thread> carriers_;
};

}  // namespace evenhand::testing
