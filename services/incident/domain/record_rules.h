// What the policy asks of a person who records an incident at a screen; an imported record is never refused for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "services/platform/base/refusal.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::incident {

inline constexpr std::size_t kMaxNarrative = 50'000;  // characters; longer text belongs in a file of evidence
inline constexpr std::size_t kMaxText = 5'000;
inline constexpr std::size_t kMaxEntries = 200;  // staff, witnesses, behaviours

struct RecordFacts {
  std::string source_system, source_ref;
  int source_version = 1;
  std::optional<absl::Time> occurred_at;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;
  std::vector<Behaviour::Value> behaviours;
  std::string service_area;
  std::vector<std::string> staff_ids;
  std::vector<std::string> witnesses;
  bool person_given = false;  // any field of person
  bool person_unknown = false;
  std::string person_id;
  bool person_described = false;  // person with fields as reported
  bool threat_target_given = false;
  std::optional<bool> warning_given;
  std::string warning_reason;
  std::optional<bool> contact_ended;
  std::string narrative;
  bool online_action_without_reason = false;
  bool recording_exception_without_explanation = false;
  std::string absent_from, absent_until;  // dates as sent
  std::size_t longest_text = 0;           // of all the other texts
};

// 4.4: each of these is one demand; RefusalsToRecord asks all of them at once.
void AskWhatHappened(const RecordFacts& facts, absl::Time now, Refusals& no);  // 2, 4.4, 7.5
void AskWhoItWas(const RecordFacts& facts, Refusals& no);                      // 12.2
void AskThreatTarget(const RecordFacts& facts, Refusals& no);                  // 7.13
void AskWarning(const RecordFacts& facts, Refusals& no);                       // 7.7
void AskContactEnded(const RecordFacts& facts, Refusals& no);                  // 10.2
void AskRecordingConsent(const RecordFacts& facts, Refusals& no);              // 7.8
void AskOnlineReasons(const RecordFacts& facts, Refusals& no);                 // 7.12
void AskForm(const RecordFacts& facts, Refusals& no);                          // sizes and dates

Refusals RefusalsToRecord(const RecordFacts& facts, absl::Time now);

}  // namespace evenhand::incident
