#include "services/platform/pg/pool.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

namespace evenhand {

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->GiveBack(std::move(connection_), use_);
}

std::unique_ptr<pqxx::connection> Pool::Open() const {
  const std::string options = absl::StrCat(options_.connection, " connect_timeout=2 application_name=evenhand_", options_.schema,
                                           " options='-c search_path=", options_.schema,
                                           " -c statement_timeout=", absl::ToInt64Milliseconds(options_.statement_timeout),
                                           " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC'");
  auto connection = std::make_unique<pqxx::connection>(options);
  // libpqxx would reconnect in silence and run BEGIN again, losing what the session had: a broken connection stays broken.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // 6.4 has no other way; 7 never reconnects
  connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
  return connection;
}

absl::StatusOr<Pool::Lease> Pool::Acquire(absl::Time deadline, Use use) {
  {
    const absl::MutexLock lock(&mutex_);
    const int for_long = std::max(1, options_.size / 2);
    const auto one_is_free = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return lent_ < options_.size && (use == Use::kShort || lent_long_ < for_long);
    };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&one_is_free), deadline)) {
      return absl::DeadlineExceededError("every database connection is in use");
    }
    ++lent_;
    if (use == Use::kLong) ++lent_long_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.front());
      idle_.pop_front();
      return Lease(*this, std::move(connection), use);
    }
  }
  try {
    return Lease(*this, Open(), use);
  } catch (const std::exception&) {
    const absl::MutexLock lock(&mutex_);
    --lent_;
    if (use == Use::kLong) --lent_long_;
    return absl::UnavailableError("the database can't be reached");
  }
}

void Pool::GiveBack(std::unique_ptr<pqxx::connection> connection, Use use) {
  const absl::MutexLock lock(&mutex_);
  --lent_;
  if (use == Use::kLong) --lent_long_;
  if (connection->is_open()) idle_.push_front(std::move(connection));
}

void Pool::Forget() {
  const absl::MutexLock lock(&mutex_);
  idle_.clear();
}

int Pool::in_use() const {
  const absl::MutexLock lock(&mutex_);
  return lent_;
}

}  // namespace evenhand
