#include "services/restriction/check/contact_check.h"

#include "services/platform/base/uuid.h"

namespace evenhand::restriction::check {
namespace {

// Messages that are filled again and again: they keep their memory.
struct Scratch {
  static Scratch& OfThisThread() {
    thread_local Scratch scratch;
    return scratch;
  }

  v1::CheckContactResponse answer;
  v1::ContactCheckRecord record;
};

}  // namespace

CheckBatchAnswers::CheckBatchAnswers(const CheckState& state, CheckSpool& spool, const Clock& clock)
    : spool_(spool), now_(clock.Now()), now_steady_(Steady::now()), published_(state.Current()) {}

bool CheckBatchAnswers::NewEnoughFor(const ContactQuery& query) const {
  if (!query.at_least) return true;
  return published_ != nullptr && published_->revision.epoch == query.at_least->epoch && published_->revision.n >= query.at_least->n;
}

Holders CheckBatchAnswers::Find(const ContactQuery& query, bool* worth_telling) const {
  *worth_telling = false;
  return published_ == nullptr ? Holders() : published_->index->Find(query.handle, worth_telling);
}

void CheckBatchAnswers::Answer(const ContactQuery& query, const Asker& asker, bool too_old, std::string& bytes) {
  bool worth_telling = false;
  const Holders holders = Find(query, &worth_telling);
  if (!worth_telling && !too_old && Fresh()) {
    ++clear_;
    gave_guidance_ = false;
    bytes = published_->clear;
    return;
  }
  v1::CheckContactResponse& answer = Scratch::OfThisThread().answer;
  answer.Clear();
  Fill(holders, query, too_old, answer);
  answer.SerializeToString(&bytes);
  if (gave_guidance_) Record(query, asker, bytes);
}

void CheckBatchAnswers::AnswerInto(const ContactQuery& query, const Asker& asker, bool too_old, v1::CheckContactResponse& answer) {
  bool worth_telling = false;
  Fill(Find(query, &worth_telling), query, too_old, answer);
  if (gave_guidance_) Record(query, asker, answer.SerializeAsString());
}

void CheckBatchAnswers::Fill(const Holders& holders, const ContactQuery& query, bool too_old, v1::CheckContactResponse& answer) {
  if (published_ != nullptr) {
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
}

void CheckBatchAnswers::Record(const ContactQuery& query, const Asker& asker, std::string_view answer) {
  v1::ContactCheckRecord& record = Scratch::OfThisThread().record;
  record.Clear();
  record.set_id(NewUuid());
  const std::int64_t micros = absl::ToUnixMicros(now_);
  record.mutable_at()->set_seconds(micros / 1'000'000);
  record.mutable_at()->set_nanos(static_cast<int>(micros % 1'000'000 * 1000));
  record.set_actor(asker.actor.id);
  if (asker.actor.through != nullptr) record.set_acting_through(asker.actor.through->id);
  record.set_channel(query.channel);
  record.set_service_area(query.area.data(), query.area.size());
  record.set_staff_id(query.staff.data(), query.staff.size());
  record.set_trace_id(asker.trace_id.data(), asker.trace_id.size());
  FrameRecord(record, answer, records_);
}

absl::Status CheckBatchAnswers::Keep() {
  if (records_.empty()) return absl::OkStatus();
  const absl::Status kept = spool_.Append(records_);
  records_.clear();
  return kept;
}

Refusal SpoolRefusal() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .clause = "council rule",
          .detail = "Guidance can't be given while its reading can't be recorded. Take care, and try again."};
}

Refusal OtherEpochRefusal() {
  return Conflict(ErrorReason::WRONG_STATE, "",
                  "This consistency token is of the records before they were restored. Read again, and use the token of that answer.");
}

}  // namespace evenhand::restriction::check
