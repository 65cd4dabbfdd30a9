#include "services/incident/app/evidence.h"

#include <unistd.h>

#include <absl/strings/escaping.h>

#include "services/incident/app/convert.h"
#include "services/incident/domain/evidence_rules.h"
#include "services/incident/store/incident_store.h"
#include "services/incident/store/task_readers.h"
#include "services/incident/vault/file_type.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"

namespace evenhand::incident {
namespace {

using State = v1::Evidence::State;

static_assert(static_cast<int>(EvidenceState::kDamaged) == State::DAMAGED &&
              static_cast<int>(EvidenceState::kUnscanned) == State::UNSCANNED);

Refusal Refused(RefusalKind kind, const char* reason, const char* detail) {
  return {.kind = kind,
          .reason = reason,
          .clause = "12.3",
          .detail = detail,
          .violations = {{"12.3", "body", detail}},
          .other_id = {},
          .other_reference = {}};
}

Refusal Broken() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = "UNAVAILABLE",
          .clause = {},
          .detail = "Evidence can't be stored right now; nothing was kept.",
          .violations = {},
          .other_id = {},
          .other_reference = {}};
}

std::string HexOf(crypto_hash_sha256_state state) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(hash.data()));
  return absl::BytesToHexString(hash);
}

// Whoever may read the incident's text may add to it, a witness too; reading files needs the full view, or to have put it there.
std::optional<Refusal> MayAdd(const Closeness& closeness) {
  if (ViewOf(closeness) >= View::kOwn || Contains(closeness.witnesses, closeness.actor.id) || closeness.actor.id == closeness.recorded_by)
    return std::nullopt;
  return NeedToKnow(closeness);
}

std::optional<Refusal> MayOpen(const Closeness& closeness, const v1::Evidence& evidence) {
  const View view = ViewOf(closeness);
  if (view == View::kFull || (view == View::kOwn && evidence.uploaded_by() == closeness.actor.id)) return std::nullopt;
  return NeedToKnow(closeness);
}

struct Found {
  HeldIncident incident;
  HeldEvidence evidence;
};

Outcome<Found> Find(Session& session, const std::string& incident_id, const std::string& evidence_id) {
  const auto incident = LoadIncident(session, incident_id, false);
  if (!incident) return NotFound("incident");
  const auto evidence = FindEvidence(session, incident->incident.id(), evidence_id);
  Closeness closeness = ClosenessOf(session.actor(), incident->incident, incident->director_stands_in);
  const std::string& id = incident->incident.id();
  const TaskReadings tasks = ReadingsOf(session, session.actor(), id);
  closeness.hears_appeal = tasks.heard.contains(id);
  closeness.decides_on_it = tasks.decided.contains(id);
  if (ViewOf(closeness) < View::kOwn) return NeedToKnow(closeness);
  if (!evidence) return NotFound("evidence");
  if (auto no = MayOpen(closeness, evidence->evidence)) return *no;
  return Found{*incident, *evidence};
}

}  // namespace

Outcome<std::unique_ptr<EvidenceDesk::Upload>> EvidenceDesk::Begin(const Call& call, const v1::AddEvidenceRequest& first) {
  const auto allowed = work_.Read<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    const auto incident = LoadIncident(session, first.id(), false);
    if (!incident) return NotFound("incident");
    if (auto no = MayAdd(ClosenessOf(call.actor, incident->incident, incident->director_stands_in))) return *no;
    if (incident->incident.state() == v1::IncidentState::NOT_KEPT)
      return Conflict("WRONG_STATE", "8.9", "A manager decided that this is not recorded.");
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
  return Refused(RefusalKind::kInvalid, "UNSUPPORTED_MEDIA_TYPE",
                 "Pictures, sound, film, text, documents and mail are kept; this is something else, whatever its name says.");
}

std::optional<Refusal> EvidenceDesk::Upload::Take(std::string_view bytes) {
  size_ += static_cast<std::int64_t>(bytes.size());
  if (size_ > desk_.options_.max_bytes) return Refused(RefusalKind::kInvalid, "TOO_LARGE", "The file is larger than evidence may be.");
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

v1::Evidence::State::Value EvidenceDesk::Upload::Verdict(HeldEvidence& made) {
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
  // The same file sent again is the same evidence: its SHA-256 makes it exactly once.
  if (const auto same = FindEvidenceByHash(session, incident->incident.id(), made.evidence.sha256())) return same->evidence;
  HeldEvidence held = made;
  held.evidence.set_incident_id(incident->incident.id());
  InsertEvidence(session, held);
  session.Audit({"evidence.added", "evidence", id_, "12.3", incident->incident.person_id(), "", State::Value_Name(held.evidence.state())});
  if (held.evidence.state() == State::INFECTED) {
    OutgoingEvent event = EventOf("incident.evidence_infected", incident->incident);
    event.attributes["evidenceId"] = id_;
    session.Emit(event);
  }
  return FindEvidence(session, incident->incident.id(), id_)->evidence;
}

Outcome<v1::Evidence> EvidenceDesk::Upload::Finish() {
  if (size_ == 0) return Refused(RefusalKind::kInvalid, "INVALID_CONTENT", "The file is empty.");
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
  if (!kept.ok() || call_.validate_only || kept->id() != id_) ::unlink(desk_.PathOf(id_).c_str());
  return kept;
}

Outcome<v1::Evidence> EvidenceDesk::Get(const Call& call, const v1::GetEvidenceRequest& request) {
  return work_.Read<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    auto found = Find(session, request.id(), request.evidence_id());
    if (!found.ok()) return found.refusal();
    session.Audit({"evidence.read", "evidence", found->evidence.evidence.id(), "12.3", found->incident.incident.person_id(), "", ""});
    return found->evidence.evidence;
  });
}

absl::Status EvidenceDesk::Prove(const HeldEvidence& held, const std::string& key) const {
  crypto_hash_sha256_state hash;
  crypto_hash_sha256_init(&hash);
  const auto status = ReadSealedFile(PathOf(held.evidence.id()), key, held.evidence.id(), [&](std::string_view chunk) {
    crypto_hash_sha256_update(&hash, reinterpret_cast<const unsigned char*>(chunk.data()), chunk.size());
    return true;
  });
  if (!status.ok()) return status;
  return HexOf(hash) == held.evidence.sha256() ? absl::OkStatus() : absl::DataLossError("the content's SHA-256 is another");
}

std::optional<Refusal> EvidenceDesk::Open(const Call& call, const v1::GetEvidenceContentRequest& request,
                                          const std::function<bool(const v1::EvidenceContent&)>& give) {
  HeldEvidence held;
  const auto opened = work_.Read<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    auto found = Find(session, request.id(), request.evidence_id());
    if (!found.ok()) return found.refusal();
    const v1::Evidence& e = found->evidence.evidence;
    if (auto no = RefusalToOpen(static_cast<EvidenceState>(e.state()), e.distressing(), request.acknowledged_distressing())) return *no;
    // Audited before a byte leaves.
    session.Audit(
        {"evidence.opened", "evidence", e.id(), "12.3", found->incident.incident.person_id(), "", e.distressing() ? "acknowledged" : ""});
    NoteReaders(session, {&found->incident.incident});
    held = found->evidence;
    return e;
  });
  if (!opened.ok()) return opened.refusal();
  const auto key = keys_.Unwrap(held.key_id, held.wrapped_key);
  const absl::Status proof = key.ok() ? Prove(held, *key) : key.status();
  if (!proof.ok()) {
    Log(Level::kError, "evidence unreadable", {{"evidence", held.evidence.id()}, {"reason", std::string(proof.message())}});
    if (absl::IsDataLoss(proof) || absl::IsNotFound(proof)) MarkDamaged(held);
    return RefusalToOpen(EvidenceState::kDamaged, false, false);
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
  if (!status.ok()) return RefusalToOpen(EvidenceState::kDamaged, false, false);
  return std::nullopt;
}

}  // namespace evenhand::incident
