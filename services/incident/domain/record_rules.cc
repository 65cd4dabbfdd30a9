#include "services/incident/domain/record_rules.h"

#include <algorithm>

#include "services/incident/domain/source_rights.h"
#include "services/platform/base/characters.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

bool Has(const RecordFacts& facts, Behaviour::Value behaviour) {
  return std::find(facts.behaviours.begin(), facts.behaviours.end(), behaviour) != facts.behaviours.end();
}

// A conversation, in which a warning can be spoken (7.7).
bool Spoken(Channel::Value channel) { return channel == Channel::PHONE || channel == Channel::IN_PERSON; }

}  // namespace

void AskWhatHappened(const RecordFacts& facts, absl::Time now, Refusals& no) {
  if (!facts.occurred_at) no.push_back({"4.4", "occurredAt", "Say when it happened."});
  if (facts.occurred_at && *facts.occurred_at > now) no.push_back({"council rule", "occurredAt", "It can't have happened in the future."});
  if (facts.channel == Channel::CHANNEL_UNSPECIFIED) no.push_back({"2", "channel", "Say how the contact was made."});
  if (facts.behaviours.empty()) no.push_back({"4.4", "behaviours", "Say what kind of behaviour it was, at least one."});
  if (facts.service_area.empty()) no.push_back({"council rule", "serviceArea", "Say which service area it belongs to."});
  if (facts.narrative.empty()) no.push_back({"12.4", "narrative", "Say what happened, factually."});
  if (facts.source_system.empty() != facts.source_ref.empty()) {
    no.push_back({"council rule", facts.source_system.empty() ? "sourceSystem" : "sourceRef",
                  "A source's record needs both the system and its reference."});
  }
  if (facts.source_version < 1) no.push_back({"council rule", "sourceVersion", "Versions count from 1."});
  if (facts.source_version > kMaxSourceVersion) no.push_back({"council rule", "sourceVersion", "No record has so many versions."});
}

void AskWhoItWas(const RecordFacts& facts, Refusals& no) {
  if (!facts.person_given && !facts.person_unknown)
    no.push_back({"4.4", "person", "Say whom it was about, or that nobody knows (personUnknown)."});
  if (facts.person_given && facts.person_unknown)
    no.push_back({"council rule", "personUnknown", "Either a person, or nobody knows: not both."});
  if (!facts.person_id.empty() && !IsUuid(facts.person_id))
    no.push_back({"council rule", "person.personId", "This is not the id of a registered person."});
}

void AskThreatTarget(const RecordFacts& facts, Refusals& no) {
  if (Has(facts, Behaviour::PHYSICAL_THREAT) && !facts.threat_target_given) {
    no.push_back({"7.13", "threat.target", "Say whether the threat was to staff or to a third party."});
  }
}

void AskWarning(const RecordFacts& facts, Refusals& no) {
  const bool ended_in_conversation = Spoken(facts.channel) && facts.contact_ended.value_or(false);
  if (!facts.warning_given && ended_in_conversation && facts.warning_reason.empty()) {
    no.push_back({"7.7", "warning", "Say whether a warning was given before contact was ended, or why not."});
  }
  if (facts.warning_given == false && facts.warning_reason.empty()) {
    no.push_back({"7.7", "warning.reasonNotGiven", "Say why no warning was given; that it was unsafe is reason enough."});
  }
}

void AskContactEnded(const RecordFacts& facts, Refusals& no) {
  if (!facts.contact_ended) no.push_back({"10.2", "contactEnded", "Say whether contact was ended. Ending it is always all right."});
}

void AskRecordingConsent(const RecordFacts& facts, Refusals& no) {
  if (facts.recording_exception_without_explanation) {
    no.push_back({"7.8", "recording.explanation", "Say which business need made the recording all right."});
  }
}

void AskOnlineReasons(const RecordFacts& facts, Refusals& no) {
  if (facts.online_action_without_reason)
    no.push_back({"7.12", "onlineActions", "Each action online is recorded with what was done and why."});
}

void AskForm(const RecordFacts& facts, Refusals& no) {
  if (std::find(facts.staff_ids.begin(), facts.staff_ids.end(), "") != facts.staff_ids.end()) {
    no.push_back({"council rule", "staff.staffId", "Each member of staff is named by their staff number."});
  }
  if (std::find(facts.witnesses.begin(), facts.witnesses.end(), "") != facts.witnesses.end()) {
    no.push_back({"council rule", "witnesses", "Each witness is named by their staff number."});
  }
  if (facts.staff_ids.size() > kMaxEntries || facts.witnesses.size() > kMaxEntries || facts.behaviours.size() > kMaxEntries) {
    no.push_back({"council rule", "staff", "Too many entries for one incident."});
  }
  if (CharactersIn(facts.narrative) > kMaxNarrative)
    no.push_back({"12.4", "narrative", "Keep it factual and short; longer text belongs in a file of evidence."});
  if (facts.longest_text > kMaxText) no.push_back({"council rule", "immediateAction", "One of the texts is longer than 5,000 characters."});
  if (!facts.absent_from.empty() && !ParseDate(facts.absent_from))
    no.push_back({"council rule", "injury.absentFrom", "This is not a date (YYYY-MM-DD)."});
  if (!facts.absent_until.empty() && !ParseDate(facts.absent_until))
    no.push_back({"council rule", "injury.absentUntil", "This is not a date (YYYY-MM-DD)."});
}

Refusals RefusalsToRecord(const RecordFacts& facts, absl::Time now) {
  Refusals no;
  AskWhatHappened(facts, now, no);
  AskWhoItWas(facts, no);
  AskThreatTarget(facts, no);
  AskWarning(facts, no);
  AskContactEnded(facts, no);
  AskRecordingConsent(facts, no);
  AskOnlineReasons(facts, no);
  AskForm(facts, no);
  return no;
}

}  // namespace evenhand::incident
