// How a follow-up may end, who may end it so, and what must be kept with it (7.9-7.14, 8.9, 10.4, 12.6-12.10).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/platform/auth/actor.h"
#include "services/platform/base/refusal.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::incident {

// Who may end a follow-up with an outcome.
enum class EndedBy {
  kAnyStaff,  // 7.14: anyone may report
  kManager,   // team leader or above
  kOwnerOrManager,
  kStaffOrManager,   // the one it is for, or a manager
  kCircle,           // 12.6: line manager, HR, communications, the director standing in
  kHrOrPersonNamed,  // 12.10
  kSafetyOrManager,  // health and safety adviser or a manager
};

struct OutcomeRule {
  FollowUpKind::Value kind;
  FollowUpOutcome::Value outcome;
  EndedBy by;
  std::string_view clause;
  std::string_view refusal;  // the sentence that others read
};

std::span<const OutcomeRule> OutcomeRules();
const OutcomeRule* FindOutcomeRule(FollowUpKind::Value kind, FollowUpOutcome::Value outcome);

// Where the caller stands towards the follow-up.
struct Standing {
  const Actor& actor;
  std::string service_area;
  std::string owner;            // staff number of the owner
  std::string staff_id;         // whom it is for
  std::string line_manager_id;  // of the incident
  std::vector<std::string> affected;
  bool staff_named = false;
  bool director_stands_in = false;
  bool closed = false;              // the person is a colleague whom the caller works with: they decide nothing (12.4)
  bool subject_or_manager = false;  // the closest of those
  bool area_known = true;           // else health and safety looks after it (4.3)
};

// What is said with the outcome.
struct OutcomeFacts {
  FollowUpKind::Value kind;
  FollowUpOutcome::Value outcome;
  std::string note, police_ref, reason, staff_view, effect_on_others;
  bool informed_said = false;  // personInformed.informed is there
  std::string informed_reason;
  std::vector<std::string> agreed_actions;
  std::string sender_told_by, sender_not_told_reason;
  std::string wishes, escalation_risk, told_by, absence, web_link;
  bool evidence_named = false;
  bool person_agrees = false;
  bool aimed_at_individual = false;  // of the incident (7.9)
  bool told_by_target = false;       // whoever tells the sender is whom it was aimed at (7.9)
  bool by_line_manager = false;      // the caller is the incident's line manager (12.8)
};

// 403: this caller may not end it so.
Refusals RefusalsToEnd(FollowUpKind::Value kind, FollowUpOutcome::Value outcome, const Standing& standing);

// 400: what the outcome lacks, all at once.
Refusals RefusalsOfOutcome(const OutcomeFacts& facts);

}  // namespace evenhand::incident
