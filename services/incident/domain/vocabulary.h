// The policy's words as this service's rules use them; the numbers are the contract's (asserted in app/convert.cc).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evenhand::incident {

// 7.5, 8.1-9.8.
enum class Behaviour {
  kViolence = 1,
  kPhysicalThreat,
  kAbuse,
  kUnfoundedAllegation,
  kHarassment,
  kNamedPublicly,
  kRecordingWithoutConsent,
  kContactOutsideOffice,
  kExcessiveDemand,
  kExcessiveVolume,
  kRefusalToCooperate,
  kComplaintProcess,
  kOther,
};
inline constexpr int kBehaviourCount = static_cast<int>(Behaviour::kOther);

// 2, 8.6.
enum class Channel { kUnknown = 0, kPhone, kInPerson, kEmail, kLetter, kOnlineForm, kSocialMedia, kCouncilEvent, kOutsideWork };

enum class FollowUpKind {
  kLineManagerDiscussion = 1,
  kDebrief,
  kSupportReminder,
  kPoliceDecision,
  kCorrespondenceDecision,
  kWitnessStatement,
  kOutsideContactDecision,
  kRegisterDecision,
  kStaffNamedLineManager,
  kStaffNamedHr,
  kStaffNamedCommunications,
  kStaffNamedEvidence,
  kStaffNamedPersonTold,
  kStaffNamedSupport,
  kStaffNamedRemoval,
  kStaffNamedLeadership,
  kStaffNamedPersonalRecord,
  kInjuryReport,
  kProposalConsideration,
  kMissingDetail,
  kOnlineActionDecision,
  kTimeAway,
  kPersonCheck,
  kPersonInformedDecision,
};
inline constexpr int kFollowUpKindCount = static_cast<int>(FollowUpKind::kPersonInformedDecision);

enum class FollowUpOutcome {
  kNone = 0,
  kReported,
  kNotReported,
  kHeld,
  kDeclined,
  kGiven,
  kUnacceptable,
  kAcceptable,
  kRecord,
  kDoNotRecord,
  kToRegister,
  kNotToRegister,
  kStatementGiven,
  kTold,
  kKept,
  kRequested,
  kNotRequested,
  kNoted,
  kNotNoted,
  kPropose,
  kDoNotPropose,
  kStated,
  kNotAvailable,
  kActionTaken,
  kNoAction,
  kNotTold,
};
inline constexpr int kFollowUpOutcomeCount = static_cast<int>(FollowUpOutcome::kNotTold);

// "PHYSICAL_THREAT", as the contract prints it.
std::string_view NameOf(Behaviour behaviour);
std::string_view NameOf(FollowUpKind kind);
std::string_view NameOf(FollowUpOutcome outcome);

}  // namespace evenhand::incident
