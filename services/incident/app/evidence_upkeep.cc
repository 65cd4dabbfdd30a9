// What becomes of files without anybody asking: scanned when the scanner is back, wrapped under a new key, removed when they belong to
// nobody.
#include <filesystem>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

#include <absl/strings/match.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/evidence.h"
#include "services/incident/app/sweeps.h"
#include "services/incident/store/array_literal.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"

namespace evenhand::incident {
namespace {

using State = v1::Evidence::State;
constexpr int kAtOnce = 20;
constexpr absl::Duration kOrphanAge = absl::Hours(1);  // an upload of 100 MiB takes minutes at worst

OutgoingEvent About(const std::string& type, const v1::Incident& incident, const std::string& evidence_id) {
  OutgoingEvent event = EventOf(type, incident);
  event.attributes["evidenceId"] = evidence_id;
  return event;
}

}  // namespace

EvidenceDesk::EvidenceDesk(UnitOfWork& work, const Neighbours& neighbours, KeyRing& keys, EvidenceOptions options)
    : work_(work), neighbours_(neighbours), keys_(keys), options_(std::move(options)) {
  std::error_code ignored;
  std::filesystem::create_directories(options_.folder, ignored);
  ::chmod(options_.folder.c_str(), 0700);
}

void EvidenceDesk::MarkDamaged(const HeldEvidence& held) {
  const Call call = OwnCall("mark damaged evidence");
  const auto done = work_.Write<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    SetEvidenceState(session, held.evidence.id(), State::DAMAGED, "damaged");
    const auto incident = LoadIncident(session, held.evidence.incident_id(), false);
    session.Audit({"evidence.damaged", "evidence", held.evidence.id(), "12.3", incident->incident.person_id(),
                   State::Value_Name(held.evidence.state()), "DAMAGED"});
    session.Emit(About("incident.evidence_damaged", incident->incident, held.evidence.id()));
    return v1::Evidence();
  });
  if (!done.ok()) Log(Level::kWarning, "evidence not marked damaged", {{"evidence", held.evidence.id()}});
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
  if (!read.ok()) {
    SetEvidenceState(session, held.evidence.id(), State::DAMAGED, "damaged");
    return;
  }
  if (result.verdict == ScanResult::Verdict::kUnknown) return;
  const bool infected = result.verdict == ScanResult::Verdict::kInfected;
  SetEvidenceState(session, held.evidence.id(), infected ? State::INFECTED : State::CLEAN, result.name);
  const auto incident = LoadIncident(session, held.evidence.incident_id(), false);
  session.Audit({"evidence.scanned", "evidence", held.evidence.id(), "12.3", "", "QUARANTINED", infected ? "INFECTED" : "CLEAN"});
  if (infected) session.Emit(About("incident.evidence_infected", incident->incident, held.evidence.id()));
}

void EvidenceDesk::ScanWaiting() {
  if (options_.clamd.empty()) return;
  const Call call = OwnCall("scan waiting evidence");
  const auto done = work_.Write<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    for (const HeldEvidence& held : WaitingEvidence(session, kAtOnce)) ScanOne(session, held);
    return v1::Evidence();
  });
  if (!done.ok()) Log(Level::kWarning, "scan put off", {{"reason", done.refusal().reason}});
}

void EvidenceDesk::RotateKeys() {
  const auto current = keys_.CurrentId();
  if (!current.ok()) {
    Log(Level::kError, "evidence keys unreadable", {{"reason", std::string(current.status().message())}});
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

void EvidenceDesk::CleanUp() {
  std::vector<std::string> old;
  const auto before = std::filesystem::file_time_type::clock::now() - absl::ToChronoSeconds(kOrphanAge);
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder, failed)) {
    std::error_code gone;
    if (entry.last_write_time(gone) > before || gone) continue;
    const std::string name = entry.path().filename();
    if (absl::EndsWith(name, ".part"))
      std::filesystem::remove(entry.path(), gone);
    else if (IsUuid(name))
      old.push_back(name);
  }
  if (old.empty()) return;
  const Call call = OwnCall("clean up evidence");
  std::set<std::string> known;
  const auto outcome = work_.Read<v1::Evidence>(call, [&](Session& session) -> Outcome<v1::Evidence> {
    for (const auto& row : session.sql().exec_params("select id from evidence where id = any($1::uuid[])", TextArray(old)))
      known.insert(row[0].as<std::string>());
    return v1::Evidence();
  });
  if (!outcome.ok()) return;
  for (const std::string& name : old) {
    if (!known.contains(name)) ::unlink(PathOf(name).c_str());
  }
}

}  // namespace evenhand::incident
