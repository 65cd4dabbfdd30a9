// A register and replicas of the check over a real PostgreSQL.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/platform/testing/pg.h"
#include "services/restriction/check/check_contact.h"
#include "services/restriction/check/follower.h"

namespace evenhand::restriction::check {

std::span<const evenhand::Migration> Migrations();

inline constexpr auto kSoon = std::chrono::milliseconds(100);

inline const Rule kCheckRule{.method = "m", .clause = "12.4"};

inline Call AsCrm() {
  Call call;
  call.actor = Actor{.id = "crm", .roles = {Role::kCrm}};
  call.rule = &kCheckRule;
  call.deadline = absl::Now() + absl::Seconds(20);
  return call;
}

inline v1::CheckContactRequest Phone(const std::string& number, const std::string& token = "") {
  v1::CheckContactRequest request;
  request.set_channel(Channel::PHONE);
  request.set_phone(number);
  request.set_consistency_token(token);
  return request;
}

// Writes as the restriction service does, in SQL: what the index must cope with.
class Register {
 public:
  explicit Register(Pool& pool, const Clock& clock) : connection_(pool.Open()), clock_(clock) {}

  std::string Person(const std::string& phone, bool shared = false, bool confirmed = true) {
    const std::string id = NewUuid();
    pqxx::work sql(*connection_);
    sql.exec_params("insert into person (id, reference, state, document, created_at) values ($1, $2, 'ACTIVE', '{}', $3)", id, id, Now());
    AddHandle(sql, id, "PHONE", phone, shared, confirmed);
    Bump(sql, id);
    sql.commit();
    return id;
  }

  void AddHandle(pqxx::transaction_base& sql, const std::string& person, const std::string& kind, const std::string& value,
                 bool shared = false, bool confirmed = true) {
    sql.exec_params(
        "insert into person_handle (id, person_id, kind, value, written, shared, confirmed, since) values ($1, $2, $3, $4, $4, $5, $6, $7)",
        NewUuid(), person, kind, value, shared, confirmed, Now());
  }

  // In force from now on; the token of the decision.
  std::string Impose(const std::string& person, const std::string& kind = "BLOCK_CHANNEL", int max_contacts = 0,
                     std::string* restriction = nullptr) {
    pqxx::work sql(*connection_);
    const std::string id = Impose(sql, person, kind, max_contacts);
    if (restriction != nullptr) *restriction = id;
    const std::string token = Bump(sql, person);
    sql.commit();
    return token;
  }

  std::string Impose(pqxx::transaction_base& sql, const std::string& person, const std::string& kind, int max_contacts) {
    const std::string id = NewUuid();
    sql.exec_params(
        "insert into restriction (id, reference, person_id, service_area, state, document, proposed_at, in_force_from) "
        "values ($1::uuid, $1::uuid::text, $2, 'Housing', 'IN_FORCE', '{}', $3, $3)",
        id, person, Now());
    sql.exec_params(
        "insert into restriction_measure (id, restriction_id, person_id, service_area, terms_version, kind, channel, max_contacts, period, "
        "in_force, valid_from) "
        "values ($1, $2, $3, 'Housing', 1, $4, 'PHONE', nullif($5, 0), case when $5 > 0 then 'DAY' end, true, $6)",
        NewUuid(), id, person, kind, max_contacts, Now());
    return id;
  }

  std::string Lift(const std::string& person) {
    pqxx::work sql(*connection_);
    sql.exec_params("update restriction_measure set in_force = false, valid_until = $2 where person_id = $1 and in_force", person, Now());
    const std::string token = Bump(sql, person);
    sql.commit();
    return token;
  }

  std::string Bump(pqxx::transaction_base& sql, const std::string& person) {
    const auto row = sql.exec_params1(
        "with bumped as (update revision set n = n + 1 returning life(epoch) as epoch, n), "
        "told as (insert into index_change (revision, person_id, at) select n, $1::uuid, $2 from bumped) "
        "select epoch::text, n, pg_notify('evenhand_index', n::text) from bumped",
        person, Now());
    return FormatToken({row[0].as<std::string>(), row[1].as<std::int64_t>()});
  }

  std::string Now() const { return FormatInstant(clock_.Now()); }
  pqxx::connection& connection() { return *connection_; }

 private:
  std::unique_ptr<pqxx::connection> connection_;
  const Clock& clock_;
};

// One replica of the check.
struct Replica {
  Replica(Pool& pool, const Clock& clock, const std::string& folder, const std::string& memory = "")
      : spool(folder, {}), check(state, spool, clock), follower(pool, clock, state, memory) {
    follower.Start(absl::Seconds(10));
  }

  v1::CheckContactResponse Ask(const std::string& phone, const std::string& token = "") {
    auto answer = check(AsCrm(), Phone(phone, token));
    return answer.ok() ? *answer : v1::CheckContactResponse();
  }

  // How long until the outcome is as expected, or nothing.
  std::optional<std::chrono::milliseconds> Until(const std::string& phone, v1::CheckContactResponse::Outcome::Value outcome,
                                                 std::chrono::milliseconds longest) {
    const auto start = Steady::now();
    while (Steady::now() - start < longest) {
      if (Ask(phone).outcome() == outcome) return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return std::nullopt;
  }

  CheckState state;
  CheckSpool spool;
  CheckContact check;
  Follower follower;
};

class CheckWithPostgres : public ::testing::Test {
 protected:
  CheckWithPostgres()
      : pool_({.connection = testing::Postgres::Shared().Fresh("restriction", Migrations()), .schema = "restriction", .size = 8}),
        unit_of_work_(pool_, clock_),
        folder_(std::filesystem::temp_directory_path() / NewUuid()),
        register_(pool_, clock_) {}
  ~CheckWithPostgres() override { std::filesystem::remove_all(folder_); }

  std::string Folder(const std::string& name) const { return folder_ / name; }

  SystemClock clock_;
  Pool pool_;
  UnitOfWork unit_of_work_;
  std::filesystem::path folder_;
  Register register_;
};

}  // namespace evenhand::restriction::check
