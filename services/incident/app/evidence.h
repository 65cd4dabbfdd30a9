// Files of evidence on their way in and out: streamed, sealed, scanned, opened on purpose, every opening audited (12.2, 12.3).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "evenhand/incident/v1/evidence_service.pb.h"
#include "services/incident/app/neighbours.h"
#include "services/incident/store/evidence_store.h"
#include "services/incident/vault/key_ring.h"
#include "services/incident/vault/sealed_file.h"
#include "services/incident/vault/virus_scan.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

struct EvidenceOptions {
  std::string folder;
  std::string clamd;  // "": no scanner
  std::int64_t max_bytes = 100LL << 20;
};

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

  // Background: what waits is scanned, keys are rotated, what was broken off or belongs to nobody is removed.
  void ScanWaiting();
  void RotateKeys();
  void CleanUp();

  const EvidenceOptions& options() const { return options_; }

 private:
  friend class Upload;
  std::string PathOf(const std::string& evidence_id) const { return options_.folder + "/" + evidence_id; }
  absl::Status Prove(const HeldEvidence& held, const std::string& key) const;
  void MarkDamaged(const HeldEvidence& held);
  void ScanOne(Session& session, const HeldEvidence& held);

  UnitOfWork& work_;
  const Neighbours& neighbours_;
  KeyRing& keys_;
  const EvidenceOptions options_;
};

class EvidenceDesk::Upload {
 public:
  Upload(EvidenceDesk& desk, Call call, v1::AddEvidenceRequest first, std::string id);
  std::optional<Refusal> Take(std::string_view bytes);
  Outcome<v1::Evidence> Finish();

 private:
  std::optional<Refusal> Sniff();
  Outcome<v1::Evidence> Keep(Session& session, const HeldEvidence& made);
  v1::Evidence::State::Value Verdict(HeldEvidence& made);

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
