// Takes texts of records in, one by hand or five hundred of an import: exactly once, the highest version counts, what must follow
// is opened, closed or left. Gathers a WriteSet; writes nothing itself.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/closure/closure.h"
#include "services/incident/app/dry_run.h"
#include "services/incident/domain/source_rights.h"
#include "services/incident/domain/versions.h"
#include "services/incident/store/incident_store.h"

namespace evenhand::incident {

// A text that arrives: content only, no id or reference.
struct Incoming {
  v1::Incident content;  // source_system, source_ref, source_version and what it says; state RECORDED or WITHDRAWN
  bool cut_off = false;  // the row ended with its file
  std::string reason;    // of an amendment
};

struct Taken {
  VersionDecision decision;
  std::string incident_id;
  std::string reference;
};

class Recorder {
 public:
  // Loads and locks what is held of `refs`. With `dry_run` (AIP-163) nothing is to be applied: new records get no reference.
  Recorder(Session& session, const Closure& closure, const std::string& system, Way way, const std::set<std::string>& refs,
           DryRun* dry_run = nullptr);

  // A record that is there asks its own rights of whoever writes to it. Empty: it may be taken.
  Refusals RefusalsToTake(const Incoming& incoming) const;
  // Only what may be taken.
  Taken Take(const Incoming& incoming);

  // The incident as it will stand.
  const HeldIncident& Of(const std::string& ref) const { return records_.at(RecordKey(ref)).held; }

  // Everything that changed; to be given to Apply().
  WriteSet Finish();

 private:
  struct Record {
    HeldIncident held;
    HeldVersions versions;
    std::int64_t kept = 0;  // versions so far
    std::vector<HeldFollowUp> follow_ups;
    bool is_new = false;
    bool changed = false;
  };

  bool FromSource() const;
  IncomingVersion VersionIn(const v1::Incident& content, bool cut_off) const;
  static const Incoming& AsHeld(const Record& record, const Incoming& incoming, Incoming& room);
  void Replace(Record& record, const Incoming& incoming, bool created);
  void KeepText(Record& record, const Incoming& incoming, v1::IncidentVersion::Kind::Value kind, const std::string& hash);
  void Tell(const Record& record, const VersionDecision& decision);

  Session& session_;
  const Closure& closure_;
  const std::string system_;
  const Way way_;
  DryRun* dry_run_;
  std::map<std::string, Record> records_;
  WriteSet set_;
};

// Puts into the closeness who was harmed in any version: where somebody decides on what gives a right.
void AddHarmed(Session& session, const std::string& incident_id, Closeness& closeness);

// A version row of the incident as it stands, for changes that are no new text of the source.
VersionRow VersionOf(const HeldIncident& held, std::int64_t number, v1::IncidentVersion::Kind::Value kind, const std::string& by,
                     const std::string& reason);

}  // namespace evenhand::incident
