// What becomes of files without anybody asking: scanned when the scanner is back, wrapped under a new key, set aside when they belong to
// nobody.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include <absl/strings/match.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/evidence.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::incident {
namespace {

using State = EvidenceState;
constexpr int kAtOnce = 20, kLookedFor = 1'000;
constexpr absl::Duration kOrphanAge = absl::Hours(1);  // an upload of 100 MiB takes minutes at worst

// Those of the folder that no upload is writing any more. One that was broken off by a crash was never said to be kept, and its key is
// gone.
std::vector<std::string> OldFiles(const std::string& folder) {
  std::vector<std::string> old;
  const auto before = std::filesystem::file_time_type::clock::now() - absl::ToChronoSeconds(kOrphanAge);
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    std::error_code gone;
    const std::string name = entry.path().filename();
    const bool settled = entry.last_write_time(gone) <= before && !gone;
    if (absl::EndsWith(name, ".part") && settled) std::filesystem::remove(entry.path(), gone);
    if (IsUuid(name) && (settled || folder.ends_with("/aside"))) old.push_back(name);
  }
  return old;
}

}  // namespace

bool NoEvidenceYet(UnitOfWork& work, const std::string& folder) {
  if (!ProtectionOn(Protection::kEvidenceKeyGuard)) return true;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (IsUuid(std::string(entry.path().filename()))) return false;
  bool any = true;
  const auto read = work.Read<v1::Evidence>(OwnCall("first evidence key"), [&](Session& session) -> Outcome<v1::Evidence> {
    any = AnyEvidence(session);
    return v1::Evidence();
  });
  return read.ok() && !any;
}

void EvidenceDesk::MarkDamaged(Session& session, const HeldEvidence& held) {
  MarkEvidenceDamaged(session, held.evidence.id());
  const auto incident = LoadIncident(session, held.evidence.incident_id(), false);
  session.Audit({"evidence.damaged", "evidence", held.evidence.id(), "12.3", incident->incident.person_id(),
                 State::Value_Name(held.evidence.state()), "DAMAGED"});
  session.Emit(events::IncidentEvidenceDamaged{
      .incident = RefOf(incident->incident), .facts = KnownOf(incident->incident), .evidence_id = held.evidence.id()});
}

void EvidenceDesk::ScanOne(Session& session, const HeldEvidence& held) {
  const auto key = keys_.Unwrap(held.key_id, held.wrapped_key);
  if (!key.ok()) return;
  VirusScan scan(options_.clamd);
  const auto read = ReadSealedFile(PathOf(held.evidence.id()), *key, held.evidence.id(), [&](std::string_view chunk) {
    scan.Feed(chunk);
    return true;
  });
  const ScanResult result = read.ok() ? scan.Finish() : ScanResult{};
  if (absl::IsDataLoss(read)) return MarkDamaged(session, held);
  if (!read.ok()) {  // it waits on: what is not there, or can't be read now, may come back
    Log(Level::kError, "evidence unreadable", {{"evidence", held.evidence.id()}, {"reason", std::string(read.message())}});
    return;
  }
  if (result.verdict == ScanResult::Verdict::kUnknown) return;
  const bool infected = result.verdict == ScanResult::Verdict::kInfected;
  SetEvidenceState(session, held.evidence.id(), infected ? State::INFECTED : State::CLEAN, result.name);
  const auto incident = LoadIncident(session, held.evidence.incident_id(), false);
  session.Audit({"evidence.scanned", "evidence", held.evidence.id(), "12.3", "", "QUARANTINED", infected ? "INFECTED" : "CLEAN"});
  if (infected)
    session.Emit(events::IncidentEvidenceInfected{
        .incident = RefOf(incident->incident), .facts = KnownOf(incident->incident), .evidence_id = held.evidence.id()});
}

void EvidenceDesk::ScanWaiting() {
  if (options_.clamd.empty()) return;
  const Call call = OwnCall("scan waiting evidence");
  const auto done = work_.Write<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    for (const HeldEvidence& held : WaitingEvidence(session, kAtOnce)) ScanOne(session, held);
    return v1::Evidence();
  });
  if (!done.ok()) Log(Level::kWarning, "scan put off", {{"reason", ErrorReason::Value_Name(done.refusal().reason)}});
}

// The key file is there, and opens what was kept last: another one put in its place is noticed before somebody needs a file.
absl::Status EvidenceDesk::TryKeys() {
  if (const auto current = keys_.CurrentId(); !current.ok()) return current.status();
  std::optional<HeldEvidence> newest;
  const auto read = work_.Read<v1::Evidence>(OwnCall("try evidence keys"), [&](Session& session) -> Outcome<v1::Evidence> {
    newest = NewestEvidence(session);
    return v1::Evidence();
  });
  if (!read.ok() || !newest) return absl::OkStatus();
  return keys_.Unwrap(newest->key_id, newest->wrapped_key).status();
}

void EvidenceDesk::RotateKeys() {
  static prometheus::Gauge& usable =
      GaugeNamed("evenhand_evidence_keys_usable", "1: the evidence key file opens what is kept; 0: it does not");
  const absl::Status tried = TryKeys();
  usable.Set(tried.ok() ? 1 : 0);
  const auto current = keys_.CurrentId();
  if (!tried.ok() || !current.ok()) {
    Log(Level::kError, "evidence keys unusable", {{"reason", std::string((tried.ok() ? current.status() : tried).message())}});
    return;
  }
  const Call call = OwnCall("rotate evidence keys");
  for (std::size_t done = kAtOnce; done == kAtOnce;) {
    const auto outcome = work_.Write<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
      done = 0;
      for (const HeldEvidence& held : EvidenceUnderOtherKeys(session, *current, kAtOnce)) {
        const auto key = keys_.Unwrap(held.key_id, held.wrapped_key);
        if (!key.ok()) continue;
        const auto wrapped = keys_.Wrap(*key);
        if (!wrapped.ok()) continue;
        Rewrap(session, held.evidence.id(), wrapped->key_id, wrapped->bytes);
        session.Audit({"evidence.rewrapped", "evidence", held.evidence.id(), "12.3", "", held.key_id, wrapped->key_id});
        ++done;
      }
      return v1::Evidence();
    });
    if (!outcome.ok()) return;
  }
}

bool EvidenceDesk::BringBack(const std::string& evidence_id) const {
  if (::rename(AsideOf(evidence_id).c_str(), PathOf(evidence_id).c_str()) != 0) return false;
  Log(Level::kWarning, "evidence that had been set aside has its record again and is back", {{"evidence", evidence_id}});
  return true;
}

// A bounded look each time, all around in turn, and again at those that were missing.
void EvidenceDesk::LookForMissing(Session& session) {
  static prometheus::Gauge& gauge = GaugeNamed("evenhand_evidence_missing_files", "Records of evidence whose file is not in the folder");
  std::vector<std::string> ids = EvidenceIdsAfter(session, missing_cursor_, kLookedFor);
  missing_cursor_ = std::ssize(ids) < kLookedFor ? "" : ids.back();
  ids.insert(ids.end(), missing_.begin(), missing_.end());
  const std::set<std::string> known = KnownEvidence(session, ids);
  std::erase_if(missing_, [&](const std::string& id) { return !known.contains(id); });
  for (const std::string& id : known) {
    if (::access(PathOf(id).c_str(), F_OK) == 0 || BringBack(id))
      missing_.erase(id);
    else if (missing_.insert(id).second)
      Log(Level::kError, "evidence has no file", {{"evidence", id}});
  }
  gauge.Set(static_cast<double>(missing_.size()));
}

// A file without a record is somebody's evidence under the wrong database, or under one that was put back: it is watched first, by one
// process in one life of the database, then moved, and moved back when its record returns.
void EvidenceDesk::SetAside(const std::vector<std::string>& ownerless, const std::string& life) {
  if (life != std::exchange(life_, life)) ownerless_since_.clear();
  const absl::Time now = absl::Now();
  std::map<std::string, absl::Time> since;
  for (const std::string& id : ownerless) {
    const auto before = ownerless_since_.find(id);
    since[id] = before == ownerless_since_.end() ? now : before->second;
    if (before == ownerless_since_.end()) {
      Log(Level::kWarning, "a file of evidence has no record", {{"evidence", id}});
    } else if (now - before->second >= options_.watch_for) {
      std::error_code failed;
      std::filesystem::create_directories(options_.folder + "/aside", failed);
      if (::utimensat(AT_FDCWD, PathOf(id).c_str(), nullptr, 0) != 0 || ::rename(PathOf(id).c_str(), AsideOf(id).c_str()) != 0) continue;
      Log(Level::kError, "a file of evidence without a record was set aside", {{"evidence", id}});
      since.erase(id);
    }
  }
  ownerless_since_ = std::move(since);
}

void EvidenceDesk::ForgetAside(const std::vector<std::string>& ownerless) const {
  if (options_.aside_days == 0) return;
  const auto before = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24) * options_.aside_days;
  for (const std::string& id : ownerless) {
    std::error_code failed;
    if (std::filesystem::last_write_time(AsideOf(id), failed) > before || failed) continue;
    if (std::filesystem::remove(AsideOf(id), failed))
      Log(Level::kWarning, "a file of evidence without a record was removed after evidence-aside-days", {{"evidence", id}});
  }
}

void EvidenceDesk::CleanUp() {
  static prometheus::Gauge& gauge =
      GaugeNamed("evenhand_evidence_ownerless_files", "Files of evidence without a record, set aside or about to be");
  const std::vector<std::string> files = OldFiles(options_.folder), aside = OldFiles(options_.folder + "/aside");
  std::set<std::string> known, erased;
  std::string life;
  const auto without_record = [&](const std::vector<std::string>& ids) {
    std::vector<std::string> ownerless;
    for (const std::string& id : ids)
      if (!known.contains(id) && !erased.contains(id)) ownerless.push_back(id);
    return ownerless;
  };
  const auto outcome = work_.Read<v1::Evidence>(OwnCall("clean up evidence"), [&](Session& session) -> Outcome<v1::Evidence> {
    life = LifeOfDatabase(session);
    known = KnownEvidence(session, files);
    known.merge(KnownEvidence(session, aside));
    std::vector<std::string> ownerless = without_record(files);
    std::ranges::copy(without_record(aside), std::back_inserter(ownerless));
    if (!ownerless.empty()) erased = ErasedEvidence(session, ownerless);
    LookForMissing(session);
    return v1::Evidence();
  });
  if (!outcome.ok()) return;
  for (const std::string& id : erased) {
    ::unlink(PathOf(id).c_str());
    ::unlink(AsideOf(id).c_str());
  }
  for (const std::string& id : aside)
    if (known.contains(id)) BringBack(id);
  // What goes for good goes only after this process has seen it without a record for as long as what is set aside.
  if (life == life_ && absl::Now() - life_since_ >= options_.watch_for) ForgetAside(without_record(aside));
  if (life != life_) life_since_ = absl::Now();
  SetAside(without_record(files), life);
  gauge.Set(static_cast<double>(ownerless_since_.size() + OldFiles(options_.folder + "/aside").size()));
}

}  // namespace evenhand::incident
