// Files of evidence on their way in and out: streamed, sealed, scanned, opened on purpose, every opening audited (12.2, 12.3).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "evenhand/incident/v1/evidence_service.pb.h"
#include "services/incident/app/neighbours.h"
#include "services/incident/store/evidence_store.h"
#include "services/incident/vault/key_ring.h"
#include "services/incident/vault/sealed_file.h"
#include "services/incident/vault/virus_scan.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

struct EvidenceOptions {
  std::string folder;
  std::string clamd;  // "": no scanner
  std::int64_t max_bytes = 100LL << 20;
  int aside_days = 30;  // files without a record are kept so long after they were set aside; 0: for ever
  // So long a file is seen to have no record before it is set aside: a database that was put back may be corrected.
  absl::Duration watch_for = absl::Hours(1);
};

// For dev mode: whether a first key may be made. False when it can't be known.
bool NoEvidenceYet(UnitOfWork& work, const std::string& folder);

class EvidenceDesk {
 public:
  EvidenceDesk(UnitOfWork& work, const Neighbours& neighbours, KeyRing& keys, EvidenceOptions options);

  // A file coming in: Begin with the first message, Take each piece, Finish. Dropped before Finish it leaves nothing.
  class Upload;
  Outcome<std::unique_ptr<Upload>> Begin(const Call& call, const v1::AddEvidenceRequest& first);

  Outcome<v1::Evidence> Get(const Call& call, const v1::GetEvidenceRequest& request);

  // Proves the whole file before its first byte leaves, then gives it; `give` gets what it is, then the content.
  std::optional<Refusal> Open(const Call& call, const v1::GetEvidenceContentRequest& request,
                              const std::function<bool(const v1::EvidenceContent&)>& give);

  // Background: what waits is scanned, keys are rotated, uploads that were broken off are removed, files without a record are set aside.
  void ScanWaiting();
  void RotateKeys();
  void CleanUp();

  const EvidenceOptions& options() const { return options_; }

 private:
  friend class Upload;
  std::string PathOf(const std::string& evidence_id) const { return options_.folder + "/" + evidence_id; }
  std::string AsideOf(const std::string& evidence_id) const { return options_.folder + "/aside/" + evidence_id; }
  // The key of a file that proved whole; DATA_LOSS alone says that it is damaged.
  absl::StatusOr<std::string> Prove(const HeldEvidence& held);
  absl::Status ProveContent(const HeldEvidence& held, const std::string& key) const;
  std::optional<Refusal> RefusalOfFault(const HeldEvidence& held, const absl::Status& fault);
  std::optional<Refusal> RefusalOfDamaged(const HeldEvidence& held);
  void MarkDamaged(Session& session, const HeldEvidence& held);
  absl::Status TryKeys();
  bool BringBack(const std::string& evidence_id) const;
  void LookForMissing(Session& session);
  void SetAside(const std::vector<std::string>& ownerless, const std::string& life);
  void ForgetAside(const std::vector<std::string>& ownerless) const;
  void ScanOne(Session& session, const HeldEvidence& held);

  UnitOfWork& work_;
  const Neighbours& neighbours_;
  KeyRing& keys_;
  const EvidenceOptions options_;
  // CleanUp's own: since when a file has been seen without a record, in which life of the database; what has no file.
  std::map<std::string, absl::Time> ownerless_since_;
  std::string life_, missing_cursor_;
  absl::Time life_since_ = absl::InfinitePast();
  std::set<std::string> missing_;
};

class EvidenceDesk::Upload {
 public:
  Upload(EvidenceDesk& desk, Call call, v1::AddEvidenceRequest first, std::string id);
  std::optional<Refusal> Take(std::string_view bytes);
  Outcome<v1::Evidence> Finish();
  bool found() const { return call_.found; }

 private:
  std::optional<Refusal> Sniff();
  Outcome<v1::Evidence> Keep(Session& session, const HeldEvidence& made);
  EvidenceState::Value Verdict(HeldEvidence& made);

  EvidenceDesk& desk_;
  const Call call_;
  const Closure closure_;
  const v1::AddEvidenceRequest first_;
  const std::string id_, key_;
  SealedFileWriter file_;
  std::unique_ptr<VirusScan> scan_;
  crypto_hash_sha256_state hash_;
  std::int64_t size_ = 0;
  std::string start_, type_;
  bool sniffed_ = false;
};

}  // namespace evenhand::incident
