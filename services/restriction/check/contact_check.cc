#include "services/restriction/check/contact_check.h"

#include "services/platform/base/uuid.h"

namespace evenhand::restriction::check {

CheckBatchAnswers::CheckBatchAnswers(const CheckState& state, CheckSpool& spool, const Clock& clock)
    : spool_(spool), now_(clock.Now()), now_steady_(Steady::now()), published_(state.Current()) {}

bool CheckBatchAnswers::NewEnoughFor(const ContactQuery& query) const {
  if (!query.at_least) return true;
  return published_ != nullptr && published_->revision.epoch == query.at_least->epoch && published_->revision.n >= query.at_least->n;
}

std::string CheckBatchAnswers::Answer(const ContactQuery& query, const Asker& asker, bool too_old) {
  if (!too_old && Fresh()) {
    bool worth_telling = false;
    const Holders holders = published_->index->Find(query.handle, &worth_telling);
    if (!worth_telling) {
      ++clear_;
      gave_guidance_ = false;
      return published_->clear;
    }
  }
  v1::CheckContactResponse answer;
  AnswerInto(query, asker, too_old, answer);
  return answer.SerializeAsString();
}

void CheckBatchAnswers::AnswerInto(const ContactQuery& query, const Asker& asker, bool too_old, v1::CheckContactResponse& answer) {
  if (published_ != nullptr) {
    bool worth_telling = false;
    const Holders holders = published_->index->Find(query.handle, &worth_telling);
    AnswerFrom(holders, query, now_, answer);
    published_->Stamp(answer);
  }
  gave_guidance_ = answer.matches_size() > 0;
  if (too_old || !Fresh()) {
    MakeUnknown(answer);
    ++unknown_;
  } else {
    ++(gave_guidance_ ? guidance_ : clear_);
  }
  if (gave_guidance_) Record(query, asker, answer);
}

void CheckBatchAnswers::Record(const ContactQuery& query, const Asker& asker, const v1::CheckContactResponse& answer) {
  v1::ContactCheckRecord record;
  record.set_id(NewUuid());
  const std::int64_t micros = absl::ToUnixMicros(now_);
  record.mutable_at()->set_seconds(micros / 1'000'000);
  record.mutable_at()->set_nanos(static_cast<int>(micros % 1'000'000 * 1000));
  record.set_actor(asker.actor.id);
  if (asker.actor.through != nullptr) record.set_acting_through(asker.actor.through->id);
  record.set_channel(static_cast<v1::ContactChannel::Value>(query.channel));
  record.set_service_area(std::string(query.area));
  record.set_staff_id(std::string(query.staff));
  *record.mutable_answer() = answer;
  record.set_trace_id(std::string(asker.trace_id));
  FrameRecord(record, records_);
}

absl::Status CheckBatchAnswers::Keep() {
  if (records_.empty()) return absl::OkStatus();
  const absl::Status kept = spool_.Append(records_);
  records_.clear();
  return kept;
}

Refusal SpoolRefusal() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = "UNAVAILABLE",
          .clause = "12.4",
          .detail = "Guidance can't be given while its reading can't be recorded. Take care, and try again."};
}

Refusal OtherEpochRefusal() {
  return Conflict("WRONG_STATE", "",
                  "This consistency token is of the records before they were restored. Read again, and use the token of that answer.");
}

}  // namespace evenhand::restriction::check
