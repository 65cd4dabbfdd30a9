#include "services/restriction/check/follower.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <absl/strings/str_cat.h>

#include "services/handles/handles.h"
#include "services/platform/base/check.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"
#include "services/restriction/check/people_loader.h"

namespace evenhand::restriction::check {
namespace {

constexpr absl::Duration kPollEvery = absl::Milliseconds(50);
constexpr absl::Duration kReconnectEvery = absl::Milliseconds(20);
constexpr std::size_t kPeopleAtOnce = 500;     // of one query
constexpr std::int64_t kMostChanged = 50'000;  // more at once: filling anew is quicker
constexpr char kChannel[] = "evenhand_index";

struct WakeUp final : pqxx::notification_receiver {
  explicit WakeUp(pqxx::connection_base& connection) : notification_receiver(connection, kChannel) {}
  void operator()(const std::string&, int) override {}
};

using Snapshot = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

Revision ReadRevision(pqxx::transaction_base& sql) {
  const pqxx::row row = sql.exec1("select epoch, n from revision");
  return {row[0].as<std::string>(), row[1].as<std::int64_t>()};
}

// A poll may see a change that was made after it began: its answers are as of that change, and a replay of that instant says the same.
absl::Time NotBefore(pqxx::transaction_base& sql, const Revision& revision, absl::Time as_of) {
  const pqxx::row newest =
      sql.exec_params1("select (extract(epoch from max(at)) * 1000000)::bigint from index_change where revision = $1", revision.n);
  return newest[0].is_null() ? as_of : std::max(as_of, absl::FromUnixMicros(newest[0].as<std::int64_t>()));
}

void ApplyPeople(pqxx::transaction_base& sql, HandleIndex& index, const std::vector<std::string>& ids) {
  // All at once: a merge names both people, and neither may be seen without the other.
  std::vector<IndexedPerson> people;
  for (std::size_t at = 0; at < ids.size(); at += kPeopleAtOnce) {
    const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kPeopleAtOnce));
    for (IndexedPerson& person : LoadPeople(sql, {ids.begin() + static_cast<std::ptrdiff_t>(at), end})) people.push_back(std::move(person));
  }
  index.Apply(people);
}

}  // namespace

Follower::Follower(const Pool& pool, const Clock& clock, CheckState& state) : pool_(pool), clock_(clock), state_(state) {
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  EVENHAND_CHECK(wake_ >= 0, "an eventfd can be had");
  state_.OnWaiting([this] { Poke(); });
}

Follower::~Follower() {
  state_.OnWaiting(nullptr);
  stopping_ = true;
  Poke();
  if (thread_.joinable()) thread_.join();
  state_.Expire(Steady::time_point::max());
  close(wake_);
}

void Follower::Start(absl::Duration patience) {
  thread_ = std::thread([this] { Run(); });
  const absl::Time until = absl::Now() + patience;
  while (state_.Current() == nullptr && absl::Now() < until) absl::SleepFor(absl::Milliseconds(5));
}

void Follower::Run() {
  bool was_away = false;
  while (!stopping_) {
    try {
      const std::unique_ptr<pqxx::connection> connection = pool_.Open();
      if (was_away) Log(Level::kInfo, "the check index follows the database again");
      was_away = false;
      Follow(*connection);
    } catch (const std::exception& error) {
      if (!was_away) Log(Level::kWarning, "the check index can't follow the database", {{"error", typeid(error).name()}});
      state_.Expire(Steady::now());
      if (was_away) Wait(nullptr, kReconnectEvery);  // the first time at once: a lost connection must not cost a decision's freshness
      was_away = true;
    }
  }
}

void Follower::Follow(pqxx::connection& connection) {
  const WakeUp wake_up(connection);
  while (!stopping_) {
    Poll(connection);
    Wait(&connection, kPollEvery);
  }
}

void Follower::Poll(pqxx::connection& connection) {
  static prometheus::Gauge& revision_gauge =
      GaugeNamed("evenhand_check_index_revision", "Revision of the database that the check index reflects");
  absl::Time as_of = clock_.Now();
  const Steady::time_point proven = Steady::now();
  Revision now;
  {
    pqxx::nontransaction sql(connection);
    now = ReadRevision(sql);
  }
  // Backwards in the same epoch: a database that lost what it had. Nothing in memory can be trusted then.
  if (index_ == nullptr || now.epoch != revision_.epoch || now.n < revision_.n) return Fill(connection);
  if (now.n > revision_.n) {
    Snapshot sql(connection);
    now = ReadRevision(sql);
    // Changes are forgotten after a day: a gap, or none at all, means that some were not seen.
    const auto oldest = sql.exec1("select coalesce(min(revision), 9223372036854775807) from index_change")[0].as<std::int64_t>();
    const auto changed = sql.exec_params("select distinct person_id from index_change where revision > $1 and revision <= $2 limit $3",
                                         revision_.n, now.n, kMostChanged + 1);
    if (now.epoch != revision_.epoch || oldest > revision_.n + 1 || static_cast<std::int64_t>(changed.size()) > kMostChanged) {
      sql.abort();
      return Fill(connection);
    }
    std::vector<std::string> ids;
    for (const pqxx::row& row : changed) ids.push_back(row[0].as<std::string>());
    as_of = NotBefore(sql, now, as_of);
    ApplyPeople(sql, *index_, ids);
    revision_ = now;
  }
  revision_gauge.Set(static_cast<double>(revision_.n));
  state_.Publish(index_, revision_, as_of, proven);
}

void Follower::Fill(pqxx::connection& connection) {
  const Steady::time_point proven = Steady::now();
  absl::Time as_of = clock_.Now();
  Snapshot sql(connection);
  sql.exec("set local statement_timeout = 0");
  // Handles under an older form would never be found: better not known than CLEAR.
  if (sql.exec1("select n from handle_form")[0].as<int>() < kHandleForm) throw std::runtime_error("handles wait for their new form");
  const Revision now = ReadRevision(sql);
  as_of = NotBefore(sql, now, as_of);
  auto index = std::make_shared<HandleIndex>(EstimateHandles(sql));
  CopyHandles(sql, [&](const PersonId& person, const HandleFact& fact) { index->AddHandle(person, fact); });
  ApplyPeople(sql, *index, IdsWithGuidance(sql));
  sql.commit();
  index_ = std::move(index);
  revision_ = now;
  GaugeNamed("evenhand_check_index_handles", "Handles in the check index").Set(static_cast<double>(index_->handles()));
  Log(Level::kInfo, "check index filled",
      {{"handles", absl::StrCat(index_->handles())},
       {"people", absl::StrCat(index_->people())},
       {"ms", absl::StrCat(std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - proven).count())}});
  state_.Publish(index_, revision_, as_of, proven);
}

void Follower::Wait(pqxx::connection* connection, absl::Duration longest) {
  pollfd fds[2] = {{wake_, POLLIN, 0}, {connection == nullptr ? -1 : connection->sock(), POLLIN, 0}};
  if (connection != nullptr && connection->get_notifs() > 0) return;
  poll(fds, 2, static_cast<int>(absl::ToInt64Milliseconds(longest)));
  if ((fds[0].revents & POLLIN) != 0) {
    std::uint64_t pokes = 0;
    while (read(wake_, &pokes, sizeof(pokes)) > 0) {
    }
  }
  if (connection != nullptr && (fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) connection->get_notifs();
}

void Follower::Poke() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof(one));
}

}  // namespace evenhand::restriction::check
