#include "services/incident/domain/vocabulary.h"

namespace evenhand::incident {
namespace {

constexpr std::string_view kBehaviours[] = {"",
                                            "VIOLENCE",
                                            "PHYSICAL_THREAT",
                                            "ABUSE",
                                            "UNFOUNDED_ALLEGATION",
                                            "HARASSMENT",
                                            "NAMED_PUBLICLY",
                                            "RECORDING_WITHOUT_CONSENT",
                                            "CONTACT_OUTSIDE_OFFICE",
                                            "EXCESSIVE_DEMAND",
                                            "EXCESSIVE_VOLUME",
                                            "REFUSAL_TO_COOPERATE",
                                            "COMPLAINT_PROCESS",
                                            "OTHER"};
constexpr std::string_view kKinds[] = {"",
                                       "LINE_MANAGER_DISCUSSION",
                                       "DEBRIEF",
                                       "SUPPORT_REMINDER",
                                       "POLICE_DECISION",
                                       "CORRESPONDENCE_DECISION",
                                       "WITNESS_STATEMENT",
                                       "OUTSIDE_CONTACT_DECISION",
                                       "REGISTER_DECISION",
                                       "STAFF_NAMED_LINE_MANAGER",
                                       "STAFF_NAMED_HR",
                                       "STAFF_NAMED_COMMUNICATIONS",
                                       "STAFF_NAMED_EVIDENCE",
                                       "STAFF_NAMED_PERSON_TOLD",
                                       "STAFF_NAMED_SUPPORT",
                                       "STAFF_NAMED_REMOVAL",
                                       "STAFF_NAMED_LEADERSHIP",
                                       "STAFF_NAMED_PERSONAL_RECORD",
                                       "INJURY_REPORT",
                                       "PROPOSAL_CONSIDERATION",
                                       "MISSING_DETAIL",
                                       "ONLINE_ACTION_DECISION",
                                       "TIME_AWAY",
                                       "PERSON_CHECK",
                                       "PERSON_INFORMED_DECISION"};
constexpr std::string_view kOutcomes[] = {
    "",           "REPORTED",      "NOT_REPORTED",  "HELD",        "DECLINED",        "GIVEN",           "UNACCEPTABLE",
    "ACCEPTABLE", "RECORD",        "DO_NOT_RECORD", "TO_REGISTER", "NOT_TO_REGISTER", "STATEMENT_GIVEN", "TOLD",
    "KEPT",       "REQUESTED",     "NOT_REQUESTED", "NOTED",       "NOT_NOTED",       "PROPOSE",         "DO_NOT_PROPOSE",
    "STATED",     "NOT_AVAILABLE", "ACTION_TAKEN",  "NO_ACTION",   "NOT_TOLD"};

}  // namespace

std::string_view NameOf(Behaviour behaviour) { return kBehaviours[static_cast<int>(behaviour)]; }
std::string_view NameOf(FollowUpKind kind) { return kKinds[static_cast<int>(kind)]; }
std::string_view NameOf(FollowUpOutcome outcome) { return kOutcomes[static_cast<int>(outcome)]; }

}  // namespace evenhand::incident
