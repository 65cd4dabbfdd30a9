// Begin, do, keep, commit: the only way to the database. A write keeps change, audit, outbox and the reply for its
// Idempotency-Key in one transaction; serialization failures and deadlocks are tried again within the deadline; a commit in
// doubt is resolved by the request's own id. A refusal, a dry run and an exception all roll back.
#pragma once

#include <functional>

#include <google/protobuf/message.h>

#include "services/platform/pg/session.h"

namespace evenhand {

class Pool;

class UnitOfWork {
 public:
  UnitOfWork(Pool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

  // A change. `work` may run more than once (retries), so it keeps nothing outside the session.
  template <typename Reply>
  Outcome<Reply> Write(const Call& call, const std::function<Outcome<Reply>(Session&)>& work) {
    Reply reply;
    if (auto refusal = RunWrite(call, reply, [&](Session& session) { return Into(work(session), reply); })) return *refusal;
    return reply;
  }

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

  Pool& pool_;
  const Clock& clock_;
};

}  // namespace evenhand
