// Keeps the index as the database is: filled by COPY at start, then a poll of the revision row at least every 50 ms, woken sooner by
// NOTIFY or by a check that waits. NOTIFY is a wake-up, never the truth: losing it costs one poll's interval. The revision row is locked
// until commit, so that number order is commit order and no change is passed by. Without the database the index stays as it is and
// grows stale: after two seconds the answers say so.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "services/platform/base/clock.h"
#include "services/platform/pg/pool.h"
#include "services/restriction/check/check_state.h"

namespace evenhand::restriction::check {

class Follower {
 public:
  // `memory`: a file that keeps the newest revision seen, so that a database that is put back while nobody looks is noticed; may be empty.
  Follower(const Pool& pool, const Clock& clock, CheckState& state, std::string memory = "");
  ~Follower();

  // Starts following on a thread of its own; returns when the index has been filled, or at `patience`.
  void Start(absl::Duration patience);

 private:
  void Run();
  void Follow(pqxx::connection& connection);
  // One poll: publishes what is new, or that nothing is.
  void Poll(pqxx::connection& connection);
  void Fill(pqxx::connection& connection);
  bool WentBack(const Revision& now) const;
  void RenewEpoch(pqxx::connection& connection, const Revision& gone);
  void Recall();
  void Remember(bool at_once);
  void Wait(pqxx::connection* connection, absl::Duration longest);
  void Poke();

  const Pool& pool_;
  const Clock& clock_;
  CheckState& state_;
  std::shared_ptr<HandleIndex> index_;  // the follower's thread alone
  Revision revision_;
  const std::string memory_;
  Revision remembered_;  // what the file says
  Steady::time_point remembered_at_;
  int wake_ = -1;  // an eventfd
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace evenhand::restriction::check
