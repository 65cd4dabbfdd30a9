// One look at the index for one contact or for many: reads memory, never blocks, never answers CLEAR without knowing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/platform/auth/actor.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/refusal.h"
#include "services/restriction/check/answer.h"
#include "services/restriction/check/check_spool.h"
#include "services/restriction/check/check_state.h"

namespace evenhand::restriction::check {

// A check waits this long for a decision that its consistency token names; then the answer is UNKNOWN.
inline constexpr std::chrono::milliseconds kLongestWait{500};

// Who asks, for the audit.
struct Asker {
  const Actor& actor;
  std::string_view trace_id;
};

// The answers of one batch, and the record of those that gave guidance: kept on disk before any of them leaves.
class CheckBatchAnswers {
 public:
  CheckBatchAnswers(const CheckState& state, CheckSpool& spool, const Clock& clock);

  // May this be answered now, or must it wait for a newer index?
  bool NewEnoughFor(const ContactQuery& query) const;

  // `bytes` becomes the serialised CheckContactResponse.
  void Answer(const ContactQuery& query, const Asker& asker, bool too_old, std::string& bytes);
  // The message, for callers that need one.
  void AnswerInto(const ContactQuery& query, const Asker& asker, bool too_old, v1::CheckContactResponse& answer);

  // Before the answers leave. UNAVAILABLE: those that gave guidance since the last Keep must not.
  absl::Status Keep();
  bool gave_guidance() const { return gave_guidance_; }  // the last Answer

  int clear() const { return clear_; }
  int guidance() const { return guidance_; }
  int unknown() const { return unknown_; }

 private:
  Holders Find(const ContactQuery& query, bool* worth_telling) const;
  void Fill(const Holders& holders, const ContactQuery& query, bool too_old, v1::CheckContactResponse& answer);
  void Record(const ContactQuery& query, const Asker& asker, std::string_view answer);
  bool Fresh() const { return published_ != nullptr && published_->Fresh(now_steady_); }

  CheckSpool& spool_;
  const absl::Time now_;
  const Steady::time_point now_steady_;
  const std::shared_ptr<const Published> published_;
  std::string records_;
  bool gave_guidance_ = false;
  int clear_ = 0, guidance_ = 0, unknown_ = 0;
};

Refusal SpoolRefusal();
Refusal OtherEpochRefusal();

}  // namespace evenhand::restriction::check
