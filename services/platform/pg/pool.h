// A bounded pool of connections, acquired with the caller's deadline: the honest bound on blocking work.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <pqxx/pqxx>

namespace evenhand {

struct PoolOptions {
  std::string connection;  // libpq keywords or URL; never logged
  std::string schema;      // search_path, fixed for the session
  int size = 8;
  absl::Duration statement_timeout = absl::Seconds(10);
};

class Pool {
 public:
  explicit Pool(PoolOptions options) : options_(std::move(options)) {}

  // Searches by words and lists may take as long as a statement may: together they have half of the pool at most, so that a write, a
  // decision or one record's reader never waits behind them.
  enum class Use { kShort, kLong };

  // A connection on loan; given back, or dropped when broken, at the end of its scope.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<pqxx::connection> connection, Use use)
        : pool_(&pool), connection_(std::move(connection)), use_(use) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    pqxx::connection& operator*() { return *connection_; }
    pqxx::connection* operator->() { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<pqxx::connection> connection_;
    Use use_;
  };

  // DEADLINE_EXCEEDED when none comes free in time; UNAVAILABLE when the database can't be reached.
  absl::StatusOr<Lease> Acquire(absl::Time deadline, Use use = Use::kShort);

  // A connection of one's own, outside the bound: LISTEN, COPY at start. Same settings. Throws pqxx::broken_connection.
  std::unique_ptr<pqxx::connection> Open() const;

  // Drops every idle connection: after one broke, the others of the same server are suspect.
  void Forget();

  int size() const { return options_.size; }
  int in_use() const;

 private:
  void GiveBack(std::unique_ptr<pqxx::connection> connection, Use use);

  const PoolOptions options_;
  mutable absl::Mutex mutex_;
  std::deque<std::unique_ptr<pqxx::connection>> idle_ ABSL_GUARDED_BY(mutex_);
  int lent_ ABSL_GUARDED_BY(mutex_) = 0;
  int lent_long_ ABSL_GUARDED_BY(mutex_) = 0;  // of lent_
};

}  // namespace evenhand
