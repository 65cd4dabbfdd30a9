#include "services/platform/pg/unit_of_work.h"

#include <absl/time/clock.h>
#include <algorithm>
#include <memory>

#include <absl/strings/str_cat.h>

#include "evenhand/common/v1/shown_once.pb.h"
#include "services/platform/base/check.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"
#include "services/platform/pg/cancel_watch.h"
#include "services/platform/pg/pool.h"

namespace evenhand {
namespace {

// A write gives up after this many serialization failures or broken connections; each waits a little longer than the last.
constexpr int kAttempts = 6;
constexpr absl::Duration kFirstPause = absl::Milliseconds(10);

Refusal Unavailable() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .detail = "The records can't be reached right now. Nothing was changed; please try again."};
}

Refusal DeadlinePassed() {
  return {.kind = RefusalKind::kDeadline,
          .reason = ErrorReason::DEADLINE_PASSED,
          .detail = "The time for this request ran out. Nothing was changed."};
}

Refusal FromPool(const absl::Status& status) { return absl::IsDeadlineExceeded(status) ? DeadlinePassed() : Unavailable(); }

// 53100, 58030: its disk is full or broken; 25006: it is a standby, or was made read only.
bool TakesNoWrites(const std::string& sqlstate) { return sqlstate == "53100" || sqlstate == "58030" || sqlstate == "25006"; }

// The one place where a SQLSTATE becomes public text. Nothing of the database's own words leaves it: they may quote values.
Refusal FromSql(const pqxx::sql_error& error) {
  const std::string state = error.sqlstate();
  Log(Level::kError, "statement failed", {{"sqlstate", state}});
  if (state == "57014") return DeadlinePassed();                                  // cancelled: statement timeout or a caller who left
  if (state.starts_with("08") || state.starts_with("57P")) return Unavailable();  // connection, shutdown
  if (state.starts_with("53") || TakesNoWrites(state)) return Unavailable();      // resources
  if (state == "23505") return Conflict(ErrorReason::ALREADY_EXISTS, "", "This exists already.");
  return {.kind = RefusalKind::kInternal,
          .reason = ErrorReason::INTERNAL_FAULT,
          .detail = "Something went wrong on our side; nothing was changed."};
}

// 57P0x: the server is going down or coming up; 08xxx: the connection is gone.
bool MayTryAgain(const std::string& sqlstate) { return sqlstate.starts_with("57P") || sqlstate.starts_with("08"); }

// Lists, searches and figures may look at very many rows.
Pool::Use UseOf(const Call& call) {
  const std::string_view name = std::string_view(call.method).substr(call.method.rfind('/') + 1);
  const bool is_long = name.starts_with("List") || name.starts_with("Search") || name.find("Statistics") != std::string_view::npos;
  return is_long ? Pool::Use::kLong : Pool::Use::kShort;
}

// Bounds every statement of the transaction by what is left of the caller's time.
std::string TimeoutStatement(absl::Time deadline) {
  const std::int64_t left = std::clamp<std::int64_t>(absl::ToInt64Milliseconds(deadline - absl::Now()), 1, 60'000);
  return absl::StrCat("set local statement_timeout = ", left, "; ");
}

// What proves that a write took effect: its Idempotency-Key, or a name of its own where the caller gave none.
std::string MarkOf(const Call& call) { return call.idempotency_key.empty() ? "~" + NewUuid() : call.idempotency_key; }

// Held by a transaction until its end, whichever: who holds it is the only one at work under this mark.
std::string LockOf(const pqxx::transaction_base& sql, const Call& call, const std::string& mark) {
  return absl::StrCat("(hashtextextended(", sql.quote(call.actor.id + "\n" + mark), ", 0))");
}

// The refusal or the kept reply for an Idempotency-Key that was used before (draft-ietf-httpapi-idempotency-key-header).
struct Known {
  bool found = false;
  std::optional<Refusal> refusal;
};

// Where a change audits nothing the request itself says what was shown.
std::string OrLook(std::string audited, const Call& call) {
  if (audited != "[]") return audited;
  const AuditEntry entry{
      .action = call.look.action, .subject_kind = call.look.kind, .subject_id = call.look.subject_id, .person_id = call.look.person_id};
  return AuditToJson({&entry, 1});
}

Known LookUp(pqxx::work& sql, const Call& call, google::protobuf::Message& reply, absl::Time now) {
  const auto rows = sql.exec_params("select payload_hash, reply, audited, found from idempotency where actor = $1 and key = $2",
                                    call.actor.id, call.idempotency_key);
  if (rows.empty() || !ProtectionOn(Protection::kIdempotencyMark)) return {};
  if (rows[0][0].as<std::string>() != call.payload_hash) {
    return {true, Refusal{.kind = RefusalKind::kIdempotencyKeyReused,
                          .reason = ErrorReason::IDEMPOTENCY_KEY_REUSED,
                          .detail = "This Idempotency-Key was used with another request; nothing was stored."}};
  }
  EVENHAND_CHECK(reply.ParseFromString(pqxx::binarystring(rows[0][1]).str()), "a kept reply must parse");
  call.replayed = true;
  call.found = rows[0][3].as<bool>();
  if (ProtectionOn(Protection::kAuditOfLooks)) KeepAudit(sql, call, now, OrLook(rows[0][2].as<std::string>(), call), ".replayed");
  return {true, std::nullopt};
}

// What a reply shows once is not kept for its repetition.
std::string BytesToKeep(const google::protobuf::Message& reply) {
  if (!ProtectionOn(Protection::kSecretShownOnce)) return reply.SerializeAsString();
  const google::protobuf::Descriptor& type = *reply.GetDescriptor();
  std::unique_ptr<google::protobuf::Message> less;
  for (int i = 0; i < type.field_count(); ++i) {
    if (!type.field(i)->options().GetExtension(common::v1::shown_once)) continue;
    if (less == nullptr) {
      less.reset(reply.New());
      less->CopyFrom(reply);
    }
    less->GetReflection()->ClearField(less.get(), type.field(i));
  }
  return (less == nullptr ? reply : *less).SerializeAsString();
}

void Keep(pqxx::work& sql, const Call& call, const std::string& mark, const google::protobuf::Message& reply, const Session& session) {
  // Nobody can ask again for the reply of a request without a key: its row is a mark only.
  const std::string bytes = call.idempotency_key.empty() ? std::string() : BytesToKeep(reply);
  const std::string audited = call.idempotency_key.empty() ? "[]" : AuditToJson(session.audited());
  sql.exec_params(
      std::string(
          "insert into idempotency (actor, key, payload_hash, reply, answered_at, audited, found) values ($1, $2, $3, $4, $5, $6, $7)") +
          (ProtectionOn(Protection::kIdempotencyMark) ? "" : " on conflict do nothing"),
      call.actor.id, mark, call.payload_hash, pqxx::binarystring(bytes), FormatInstant(session.now()), audited, call.found);
}

// A dry run shows what the write would: it leaves the trace that the write would have left.
void KeepTried(pqxx::connection& connection, const Call& call, const Session& session) {
  if (!ProtectionOn(Protection::kAuditOfLooks)) return;
  pqxx::work sql(connection);
  KeepAudit(sql, call, session.now(), OrLook(AuditToJson(session.audited()), call), ".tried");
  sql.commit();
}

// Did a transaction whose commit was cut off take effect? Waits until it has ended, whichever way, and looks for its mark. (Its xid
// proves nothing: after a crash of the server the same number may be another's.)
bool WasCommitted(Pool& pool, const Call& call, const std::string& mark) {
  while (absl::Now() < call.deadline) {
    try {
      const auto connection = pool.Open();
      pqxx::work sql(*connection);
      sql.exec(absl::StrCat(TimeoutStatement(call.deadline), "select pg_advisory_xact_lock", LockOf(sql, call, mark)));
      return !sql.exec_params("select from idempotency where actor = $1 and key = $2", call.actor.id, mark).empty();
    } catch (const std::exception&) {
      Log(Level::kWarning, "waiting to learn of a commit in doubt");
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
  throw pqxx::in_doubt_error("commit still in doubt at the deadline");
}

}  // namespace

std::optional<Refusal> UnitOfWork::RunWrite(const Call& call, google::protobuf::Message& reply, const Work& work) {
  const std::string mark = MarkOf(call);
  absl::Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    reply.Clear();
    Attempt tried = TryWrite(call, mark, reply, work);
    if (tried.end == End::kDone) return tried.refusal;
    if (attempt == kAttempts || absl::Now() + pause > call.deadline || call.cancelled()) return Unavailable();
    absl::SleepFor(pause);
    pause *= 2;
  }
}

UnitOfWork::Attempt UnitOfWork::TryWrite(const Call& call, const std::string& mark, google::protobuf::Message& reply, const Work& work) {
  absl::StatusOr<Pool::Lease> lease = pool_.Acquire(call.deadline);
  if (!lease.ok()) return {absl::IsUnavailable(lease.status()) ? End::kAgain : End::kDone, FromPool(lease.status())};
  try {
    const CancelWatch::Scope watched(call, **lease);
    pqxx::work sql(**lease);
    const auto start =
        sql.exec1(absl::StrCat(TimeoutStatement(call.deadline), "select pg_try_advisory_xact_lock", LockOf(sql, call, mark)));
    if (!start[0].as<bool>()) {
      return {End::kDone, Refusal{.kind = RefusalKind::kIdempotencyInFlight,
                                  .reason = ErrorReason::IDEMPOTENCY_IN_FLIGHT,
                                  .detail = "The first request with this Idempotency-Key is still running; please try again."}};
    }
    if (!call.idempotency_key.empty() && !call.validate_only) {
      if (Known known = LookUp(sql, call, reply, clock_.Now()); known.found) {
        sql.commit();  // the trace of the replay, before its reply leaves
        return {End::kDone, known.refusal};
      }
    }
    call.found = false;
    Session session(sql, call, clock_.Now(), calendar_);
    if (auto refusal = work(session)) return {End::kDone, refusal};
    if (call.validate_only) {
      sql.abort();
      KeepTried(**lease, call, session);
      return {};
    }
    Keep(sql, call, mark, reply, session);
    sql.commit();
    return {};
  } catch (const pqxx::in_doubt_error&) {
    pool_.Forget();
    try {
      return WasCommitted(pool_, call, mark) ? Attempt{} : Attempt{End::kAgain, {}};
    } catch (const pqxx::in_doubt_error&) {
      return {End::kDone, DeadlinePassed()};
    }
  } catch (const pqxx::broken_connection&) {
    pool_.Forget();
    return {End::kAgain, {}};
  } catch (const pqxx::transaction_rollback&) {  // serialization failure or deadlock: no sql_error in libpqxx 6.4
    return {End::kAgain, {}};
  } catch (const pqxx::sql_error& error) {
    if (error.sqlstate().starts_with("57P")) pool_.Forget();
    if (TakesNoWrites(error.sqlstate())) troubled_ = true;
    if (MayTryAgain(error.sqlstate())) return {End::kAgain, {}};
    return {End::kDone, FromSql(error)};
  }
}

bool UnitOfWork::CanWrite(pqxx::connection& connection) {
  if (!troubled_) return true;
  try {
    pqxx::work sql(connection);
    const std::string mark = "~" + NewUuid();
    sql.exec_params("insert into idempotency (actor, key, payload_hash, reply, answered_at) values ('readiness', $1, '', '', $2)", mark,
                    FormatInstant(clock_.Now()));
    sql.exec_params("delete from idempotency where actor = 'readiness' and key = $1", mark);
    sql.commit();
    troubled_ = false;
  } catch (const pqxx::sql_error&) {
  }
  return !troubled_;
}

std::optional<Refusal> UnitOfWork::RunRead(const Call& call, const Work& work) {
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<Pool::Lease> lease = pool_.Acquire(call.deadline, UseOf(call));
    if (!lease.ok()) return FromPool(lease.status());
    try {
      const CancelWatch::Scope watched(call, **lease);
      pqxx::work sql(**lease);
      sql.exec(TimeoutStatement(call.deadline) + "select 1");
      Session session(sql, call, clock_.Now(), calendar_);
      if (auto refusal = work(session)) return refusal;
      sql.commit();
      return std::nullopt;
    } catch (const pqxx::broken_connection&) {
      pool_.Forget();
      if (attempt == kAttempts) return Unavailable();
    } catch (const pqxx::transaction_rollback&) {
      if (attempt == kAttempts) return Unavailable();
    } catch (const pqxx::sql_error& error) {
      if (error.sqlstate().starts_with("57P")) pool_.Forget();
      if (attempt == kAttempts || !MayTryAgain(error.sqlstate())) return FromSql(error);
    }
    if (absl::Now() > call.deadline) return DeadlinePassed();
  }
}

}  // namespace evenhand
