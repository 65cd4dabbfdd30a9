#include "services/incident/app/evidence.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <absl/strings/escaping.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/domain/evidence_rules.h"
#include "services/incident/store/incident_store.h"
#include "services/incident/store/task_readers.h"
#include "services/incident/vault/file_type.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::incident {
namespace {

using State = EvidenceState;

Refusal Refused(RefusalKind kind, ErrorReason::Value reason, const char* detail) {
  return {.kind = kind,
          .reason = reason,
          .clause = "council rule",
          .detail = detail,
          .violations = {{"council rule", "body", detail}},
          .other_id = {},
          .other_reference = {}};
}

Refusal Broken() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .clause = {},
          .detail = "Evidence can't be stored right now; nothing was kept.",
          .violations = {},
          .other_id = {},
          .other_reference = {}};
}

Refusal CannotBeReadNow() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .clause = {},
          .detail = "This file can't be read right now. It is not given up: whoever runs Evenhand is told. Please try again later.",
          .violations = {},
          .other_id = {},
          .other_reference = {}};
}

// Of these kinds from the start, so that the first one is a rise.
void CountUnreadable(const absl::Status& fault) {
  static constexpr char kName[] = "evenhand_evidence_unreadable_total", kHelp[] = "Openings of evidence that failed, by what was at fault";
  static prometheus::Counter& missing = CounterNamed(kName, kHelp, {{"fault", "missing"}});
  static prometheus::Counter& disk = CounterNamed(kName, kHelp, {{"fault", "disk"}});
  static prometheus::Counter& keys = CounterNamed(kName, kHelp, {{"fault", "keys"}});
  static prometheus::Counter& damage = CounterNamed(kName, kHelp, {{"fault", "damage"}});
  if (fault.ok()) return;
  (absl::IsNotFound(fault) ? missing : absl::IsUnavailable(fault) ? disk : absl::IsDataLoss(fault) ? damage : keys).Increment();
}

// Whether nothing of a write can have been kept. Otherwise its file stays: with its record, or to be set aside.
bool RefusedForGood(const Refusal& refusal) {
  return refusal.kind != RefusalKind::kUnavailable && refusal.kind != RefusalKind::kInternal && refusal.kind != RefusalKind::kDeadline;
}

std::string HexOf(crypto_hash_sha256_state state) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(hash.data()));
  return absl::BytesToHexString(hash);
}

// Whoever may read the incident's text may add to it, a witness too; reading files needs the full view, or to have put it there.
std::optional<Refusal> MayAdd(const Closeness& closeness) {
  if (closeness.subject_unknown || IsSubjectOrTheirManager(closeness)) return NeedToKnow(closeness);
  if (ViewOf(closeness) >= View::OWN || Contains(closeness.witnesses, closeness.actor.id) || closeness.actor.id == closeness.recorded_by)
    return std::nullopt;
  return NeedToKnow(closeness);
}

std::optional<Refusal> MayOpen(const Closeness& closeness, const v1::Evidence& evidence) {
  const View::Value view = ViewOf(closeness);
  if (view == View::FULL || (view == View::OWN && evidence.uploaded_by() == closeness.actor.id)) return std::nullopt;
  return NeedToKnow(closeness);
}

struct Found {
  HeldIncident incident;
  HeldEvidence evidence;
};

Outcome<Found> Find(Session& session, const Closure& closure, const std::string& incident_id, const std::string& evidence_id) {
  const auto incident = LoadIncident(session, incident_id, false);
  if (!incident) return NotFound("incident");
  const auto evidence = FindEvidence(session, incident->incident.id(), evidence_id);
  Closeness closeness = ClosenessOf(closure, session.actor(), incident->incident, incident->director_stands_in);
  const std::string& id = incident->incident.id();
  const TaskReadings tasks = ReadingsOf(session, session.actor(), id);
  closeness.hears_appeal = tasks.heard.contains(id);
  closeness.decides_on_it = tasks.decided.contains(id);
  if (ViewOf(closeness) < View::OWN) return NeedToKnow(closeness);
  if (!evidence) return NotFound("evidence");
  if (auto no = MayOpen(closeness, evidence->evidence)) return *no;
  return Found{*incident, *evidence};
}

}  // namespace

EvidenceDesk::EvidenceDesk(UnitOfWork& work, const Neighbours& neighbours, KeyRing& keys, EvidenceOptions options)
    : work_(work), neighbours_(neighbours), keys_(keys), options_(std::move(options)) {
  std::error_code ignored;
  std::filesystem::create_directories(options_.folder, ignored);
  ::chmod(options_.folder.c_str(), 0700);
  CountUnreadable(absl::OkStatus());
}

Outcome<std::unique_ptr<EvidenceDesk::Upload>> EvidenceDesk::Begin(const Call& call, const v1::AddEvidenceRequest& first) {
  const Closure closure = neighbours_.ClosureOf(call).Now();
  const auto allowed = work_.Read<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    const auto incident = LoadIncident(session, first.id(), false);
    if (!incident) return NotFound("incident");
    if (auto no = MayAdd(ClosenessOf(closure, call.actor, incident->incident, incident->director_stands_in))) return *no;
    if (incident->incident.state() == v1::IncidentState::NOT_KEPT)
      return Conflict(ErrorReason::WRONG_STATE, "8.9", "A manager decided that this is not recorded.");
    return v1::Evidence();
  });
  if (!allowed.ok()) return allowed.refusal();
  v1::AddEvidenceRequest metadata = first;
  metadata.clear_chunk();
  return std::make_unique<Upload>(*this, call, std::move(metadata), NewUuid());
}

EvidenceDesk::Upload::Upload(EvidenceDesk& desk, Call call, v1::AddEvidenceRequest first, std::string id)
    : desk_(desk),
      call_(std::move(call)),
      closure_(desk.neighbours_.ClosureOf(call_).Now()),
      first_(std::move(first)),
      id_(std::move(id)),
      key_(NewFileKey()),
      file_(desk.PathOf(id_), key_, id_) {
  crypto_hash_sha256_init(&hash_);
  if (!desk.options_.clamd.empty()) scan_ = std::make_unique<VirusScan>(desk.options_.clamd);
}

std::optional<Refusal> EvidenceDesk::Upload::Sniff() {
  sniffed_ = true;
  type_ = SniffType(start_);
  if (IsAllowedType(type_)) return std::nullopt;
  return Refused(RefusalKind::kInvalid, ErrorReason::UNSUPPORTED_MEDIA_TYPE,
                 "Pictures, sound, film, text, documents and mail are kept; this is something else, whatever its name says.");
}

std::optional<Refusal> EvidenceDesk::Upload::Take(std::string_view bytes) {
  size_ += static_cast<std::int64_t>(bytes.size());
  if (size_ > desk_.options_.max_bytes)
    return Refused(RefusalKind::kInvalid, ErrorReason::TOO_LARGE, "The file is larger than evidence may be.");
  crypto_hash_sha256_update(&hash_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  if (scan_) scan_->Feed(bytes);
  if (!sniffed_) {
    start_.append(bytes.substr(0, kSniffBytes));
    if (start_.size() >= kSniffBytes) {
      if (auto no = Sniff()) return no;
    }
  }
  return file_.Write(bytes).ok() ? std::nullopt : std::optional<Refusal>(Broken());
}

EvidenceState::Value EvidenceDesk::Upload::Verdict(HeldEvidence& made) {
  if (!scan_) return State::UNSCANNED;
  const ScanResult result = scan_->Finish();
  made.evidence.set_scan_result(result.name);
  switch (result.verdict) {
    case ScanResult::Verdict::kClean:
      return State::CLEAN;
    case ScanResult::Verdict::kInfected:
      return State::INFECTED;
    case ScanResult::Verdict::kUnknown:
      return State::QUARANTINED;  // looked at again in the background
  }
  return State::QUARANTINED;
}

Outcome<v1::Evidence> EvidenceDesk::Upload::Keep(Session& session, const HeldEvidence& made) {
  const auto incident = LoadIncident(session, first_.id(), true);
  if (!incident) return NotFound("incident");
  // Rights may have changed while it came in.
  const Closeness closeness = ClosenessOf(closure_, call_.actor, incident->incident, incident->director_stands_in);
  if (auto no = MayAdd(closeness)) return *no;
  // The same file sent again is the same evidence: its SHA-256 makes it exactly once. Somebody else's is theirs: who may not open it is
  // not told of it either.
  for (const v1::Evidence& same : FindEvidenceByHash(session, incident->incident.id(), made.evidence.sha256())) {
    if (same.uploaded_by() == call_.actor.id || !MayOpen(closeness, same)) return call_.found = true, same;
  }
  HeldEvidence held = made;
  held.evidence.set_incident_id(incident->incident.id());
  InsertEvidence(session, held);
  session.Audit({"evidence.added", "evidence", id_, "12.3", incident->incident.person_id(), "", State::Value_Name(held.evidence.state())});
  if (held.evidence.state() == State::INFECTED)
    session.Emit(
        events::IncidentEvidenceInfected{.incident = RefOf(incident->incident), .facts = KnownOf(incident->incident), .evidence_id = id_});
  return FindEvidence(session, incident->incident.id(), id_)->evidence;
}

Outcome<v1::Evidence> EvidenceDesk::Upload::Finish() {
  if (size_ == 0) return Refused(RefusalKind::kInvalid, ErrorReason::INVALID_CONTENT, "The file is empty.");
  if (!sniffed_) {
    if (auto no = Sniff()) return *no;
  }
  HeldEvidence made;
  v1::Evidence& e = made.evidence;
  e.set_id(id_);
  e.set_name(EvidenceName(first_.name(), first_.distressing()));
  e.set_content_type(type_);
  e.set_size(static_cast<std::int32_t>(size_));
  e.set_sha256(HexOf(hash_));
  e.set_distressing(first_.distressing());
  e.set_uploaded_by(call_.actor.id);
  e.set_state(Verdict(made));
  const auto wrapped = desk_.keys_.Wrap(key_);
  if (!wrapped.ok() || !file_.Finish().ok()) {
    Log(Level::kError, "evidence not stored", {{"reason", std::string(wrapped.ok() ? "file" : wrapped.status().message())}});
    return Broken();
  }
  made.key_id = wrapped->key_id;
  made.wrapped_key = wrapped->bytes;
  auto kept = desk_.work_.Write<v1::Evidence>(call_, [&](Session& session) { return Keep(session, made); });
  // Refused, tried only, or there already: this copy belongs to nobody.
  if (kept.ok() ? call_.validate_only || kept->id() != id_ : RefusedForGood(kept.refusal())) ::unlink(desk_.PathOf(id_).c_str());
  return kept;
}

Outcome<v1::Evidence> EvidenceDesk::Get(const Call& call, const v1::GetEvidenceRequest& request) {
  const Closure closure = neighbours_.ClosureOf(call).Now();
  return work_.Read<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    auto found = Find(session, closure, request.id(), request.evidence_id());
    if (!found.ok()) return found.refusal();
    session.Audit({"evidence.read", "evidence", found->evidence.evidence.id(), "12.3", found->incident.incident.person_id(), "", ""});
    return found->evidence.evidence;
  });
}

absl::Status EvidenceDesk::ProveContent(const HeldEvidence& held, const std::string& key) const {
  crypto_hash_sha256_state hash;
  crypto_hash_sha256_init(&hash);
  const auto status = ReadSealedFile(PathOf(held.evidence.id()), key, held.evidence.id(), [&](std::string_view chunk) {
    crypto_hash_sha256_update(&hash, reinterpret_cast<const unsigned char*>(chunk.data()), chunk.size());
    return true;
  });
  if (!status.ok()) return status;
  return HexOf(hash) == held.evidence.sha256() ? absl::OkStatus() : absl::DataLossError("the content's SHA-256 is another");
}

absl::StatusOr<std::string> EvidenceDesk::Prove(const HeldEvidence& held) {
  auto key = keys_.Unwrap(held.key_id, held.wrapped_key);
  if (!key.ok()) return key;
  absl::Status proof = ProveContent(held, *key);
  if (absl::IsNotFound(proof) && BringBack(held.evidence.id())) proof = ProveContent(held, *key);
  if (!proof.ok()) return proof;
  return key;
}

// Only what was proved with the right key is said to be damaged. That a file is not there, a disk or a key is at fault passes.
std::optional<Refusal> EvidenceDesk::RefusalOfFault(const HeldEvidence& held, const absl::Status& fault) {
  CountUnreadable(fault);
  Log(Level::kError, "evidence unreadable", {{"evidence", held.evidence.id()}, {"reason", std::string(fault.message())}});
  if (!absl::IsDataLoss(fault)) return CannotBeReadNow();
  if (held.evidence.state() != State::DAMAGED) {
    const auto done = work_.Write<v1::Evidence>(OwnCall("mark damaged evidence"), [&](Session& session) -> Outcome<v1::Evidence> {
      MarkDamaged(session, held);
      return v1::Evidence();
    });
    if (!done.ok()) Log(Level::kWarning, "evidence not marked damaged", {{"evidence", held.evidence.id()}});
  }
  return RefusalToOpen(EvidenceState::DAMAGED, false, false);
}

// A piece that was found damaged and opens now is well again, as what it was before.
std::optional<Refusal> EvidenceDesk::RefusalOfDamaged(const HeldEvidence& held) {
  State::Value before = options_.clamd.empty() ? State::UNSCANNED : State::QUARANTINED;
  State::Value_Parse(held.damaged_from, &before);
  const auto done = work_.Write<v1::Evidence>(OwnCall("damaged evidence is whole"), [&](Session& session) -> Outcome<v1::Evidence> {
    MarkEvidenceWhole(session, held.evidence.id(), before);
    session.Audit({"evidence.whole", "evidence", held.evidence.id(), "12.3", "", "DAMAGED", State::Value_Name(before)});
    return v1::Evidence();
  });
  if (!done.ok()) return done.refusal();
  return RefusalToOpen(before, false, false);
}

std::optional<Refusal> EvidenceDesk::Open(const Call& call, const v1::GetEvidenceContentRequest& request,
                                          const std::function<bool(const v1::EvidenceContent&)>& give) {
  HeldEvidence held;
  const Closure closure = neighbours_.ClosureOf(call).Now();
  const auto opened = work_.Read<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    auto found = Find(session, closure, request.id(), request.evidence_id());
    if (!found.ok()) return found.refusal();
    const v1::Evidence& e = found->evidence.evidence;
    // What was found damaged once is tried again: it may have been put back from a copy.
    const auto state = e.state() == State::DAMAGED ? EvidenceState::UNSCANNED : e.state();
    if (auto no = RefusalToOpen(state, e.distressing(), request.acknowledged_distressing())) return *no;
    // Audited before a byte leaves.
    session.Audit(
        {"evidence.opened", "evidence", e.id(), "12.3", found->incident.incident.person_id(), "", e.distressing() ? "acknowledged" : ""});
    NoteReaders(session, {&found->incident.incident});
    held = found->evidence;
    return e;
  });
  if (!opened.ok()) return opened.refusal();
  const auto key = Prove(held);
  if (!key.ok()) return RefusalOfFault(held, key.status());
  if (held.evidence.state() == State::DAMAGED) {
    if (auto no = RefusalOfDamaged(held)) return no;
  }
  v1::EvidenceContent what;
  what.set_content_type(held.evidence.content_type());
  what.set_name(held.evidence.name());
  what.set_size(held.evidence.size());
  what.set_sha256(held.evidence.sha256());
  if (!give(what)) return std::nullopt;
  v1::EvidenceContent piece;
  const auto status = ReadSealedFile(PathOf(held.evidence.id()), *key, held.evidence.id(), [&](std::string_view chunk) {
    piece.set_chunk(chunk.data(), chunk.size());
    return give(piece);
  });
  return status.ok() ? std::nullopt : RefusalOfFault(held, status);
}

}  // namespace evenhand::incident
