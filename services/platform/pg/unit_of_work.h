// Begin, do, keep, commit: the only way to the database. A write keeps change, audit, outbox and the reply for its
// Idempotency-Key in one transaction; serialization failures and deadlocks are tried again within the deadline; a commit in
// doubt is resolved by the mark that each write leaves. A refusal, a dry run and an exception all roll back; what a dry run showed is then
// audited as "….tried" in a transaction of its own, and the reply that a key gets again as "….replayed" (12.4).
#pragma once

#include <atomic>
#include <functional>
#include <span>

#include <google/protobuf/message.h>

#include "services/platform/base/clock.h"
#include "services/platform/pg/session.h"

namespace evenhand {

class Pool;

class UnitOfWork {
 public:
  UnitOfWork(Pool& pool, const Clock& clock, std::string calendar = {}) : pool_(pool), clock_(clock), calendar_(std::move(calendar)) {}

  // A change. `work` may run more than once (retries), so it keeps nothing outside the session.
  template <typename Reply>
  Outcome<Reply> Write(const Call& call, const std::function<Outcome<Reply>(Session&)>& work) {
    Reply reply;
    if (auto refusal = RunWrite(call, reply, [&](Session& session) { return Into(work(session), reply); })) return *refusal;
    return reply;
  }

  // Does the database take writes? Asked of it only after it took none (disk full, read only), until it takes one again.
  bool CanWrite(pqxx::connection& connection);

  // A look: READ COMMITTED, no idempotency; what it audits is kept.
  template <typename Reply>
  Outcome<Reply> Read(const Call& call, const std::function<Outcome<Reply>(Session&)>& work) {
    Reply reply;
    if (auto refusal = RunRead(call, [&](Session& session) { return Into(work(session), reply); })) return *refusal;
    return reply;
  }

 private:
  using Work = std::function<std::optional<Refusal>(Session&)>;

  template <typename Reply>
  static std::optional<Refusal> Into(Outcome<Reply> outcome, Reply& reply) {
    if (!outcome.ok()) return outcome.refusal();
    reply = std::move(outcome).value();
    return std::nullopt;
  }

  std::optional<Refusal> RunWrite(const Call& call, google::protobuf::Message& reply, const Work& work);
  std::optional<Refusal> RunRead(const Call& call, const Work& work);

  enum class End { kDone, kAgain };
  struct Attempt {
    End end = End::kDone;
    std::optional<Refusal> refusal;
  };
  Attempt TryWrite(const Call& call, const std::string& mark, google::protobuf::Message& reply, const Work& work);

  Pool& pool_;
  const Clock& clock_;
  const std::string calendar_;
  std::atomic<bool> troubled_ = false;  // the last write that failed was one that the database could not take
};

}  // namespace evenhand
