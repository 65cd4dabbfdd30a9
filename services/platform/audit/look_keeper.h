// Every look leaves a trace (12.4): those that were refused as well, with the record that was asked for, and those that a use case shows
// without auditing them itself, in a transaction of their own before the answer leaves. (Tried and replayed ones: pg/unit_of_work.h.)
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <google/protobuf/message.h>

#include "services/platform/base/clock.h"
#include "services/platform/rpc/call.h"

namespace evenhand {

class Pool;
struct AuditEntry;

// What a request looks at: "ImposeRestriction" of {id} is restriction.impose of that id. Of text that is no id nothing is kept.
Look LookOf(std::string_view method, const google::protobuf::Message* request);

// Whose records the call on this thread has audited by itself, while it lives.
class AuditedHere {
 public:
  AuditedHere();
  ~AuditedHere();
  AuditedHere(const AuditedHere&) = delete;
  AuditedHere& operator=(const AuditedHere&) = delete;
  static void Note(const std::string& subject_id);
  bool Has(const std::string& subject_id) const { return ids_.contains(subject_id); }

 private:
  std::set<std::string> ids_;
  AuditedHere* const outer_;
};

// So that nobody without any right can fill the trail: the same refusal of the same person about the same thing is kept once a minute, and
// of one person at most so many a minute; one more entry then says that others followed.
class LookKeeper {
 public:
  static constexpr int kMostAMinute = 300;

  LookKeeper(Pool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

  // Keeps what a person was refused by a right or a state, or told is not there. Where it can't be kept `refusal` becomes a 503: no answer
  // without a trace.
  void KeepRefused(const Call& call, std::optional<Refusal>& refusal);

  // Keeps the ids of the records that a read's reply shows a person, but for those that the use case said itself. A refusal: it can't be
  // kept.
  std::optional<Refusal> KeepShown(const Call& call, std::string_view method, const google::protobuf::Message& reply,
                                   const AuditedHere& audited);

 private:
  // How many entries this one is to be: 0 was kept already, 1 is new, 2 stands for all that follow.
  enum class Kind { kKnown, kNew, kLast };
  Kind Judge(const Call& call, const std::string& clause);
  // False: they can't be written now.
  bool Keep(const Call& call, std::span<const AuditEntry> entries);

  Pool& pool_;
  const Clock& clock_;
  absl::Mutex mutex_;
  std::int64_t minute_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::map<std::string, int>> seen_ ABSL_GUARDED_BY(mutex_);  // actor → what, of this minute
};

}  // namespace evenhand
