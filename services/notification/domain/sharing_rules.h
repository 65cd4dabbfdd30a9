// Who is told of a restriction, and who is not: 12.5 to 12.7 as one table. Each line names one audience with its reason; no line
// means everybody (Clift v Slough: share only with those who need it, with a reason for each).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/platform/base/vocabulary.h"

namespace evenhand::notification {

// The audiences that the policy itself names.
inline constexpr std::string_view kPublicNumbers = "public-numbers";          // who responds to publicly available numbers
inline constexpr std::string_view kWebContact = "web-contact";                // who monitors online and other web contact
inline constexpr std::string_view kSeniorLeadership = "senior-leadership";    // SLG: a count and a reference (12.10)
inline constexpr std::string_view kLineManager = "line-manager";              // of the member of staff named (12.6)
inline constexpr std::string_view kHrPartner = "hr-business-partner";         // 12.6
inline constexpr std::string_view kCommunications = "communications";         // the communications team leader (12.6)
inline constexpr std::string_view kStrategicDirector = "strategic-director";  // in their absence (12.6)

// "Housing" is "service-housing".
std::string AudienceOfService(std::string_view service_area);

// One measure, as far as sharing looks at it; CHANNEL_UNSPECIFIED: every channel.
struct SharedMeasure {
  MeasureKind::Value kind = MeasureKind::MEASURE_KIND_UNSPECIFIED;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;
};

struct SharingFacts {
  std::string service_area;  // where the restriction holds
  std::vector<SharedMeasure> measures;
  std::vector<Behaviour::Value> behaviours;        // of its grounds
  bool physical_threat = false;                    // 7.13
  std::vector<std::string> services_with_contact;  // actual or likely contact
};

struct ShareLine {
  std::string audience;
  std::string reason;
  std::string clause;
  friend bool operator==(const ShareLine&, const ShareLine&) = default;
};

struct NotToldLine {
  std::string audience;
  std::string why;
  std::string clause;
};

struct SharingPlan {
  std::vector<ShareLine> told;
  std::vector<NotToldLine> not_told;
};

SharingPlan PlanSharing(const SharingFacts& facts);

// Of a register entry: who is met by the person; for violence and physical threats every service with actual or likely contact.
struct RegisterFacts {
  std::string service_area;
  Behaviour::Value category = Behaviour::BEHAVIOUR_UNSPECIFIED;
  std::vector<std::string> services_with_contact;
};
SharingPlan PlanRegisterEntry(const RegisterFacts& facts);

// Of an incident in which a member of staff was named publicly: a closed circle (12.6, 12.7).
SharingPlan PlanStaffNamed();

// May this audience be told by a manager's own decision? Not where the circle is closed, and never everybody.
bool NamesEverybody(std::string_view audience);

}  // namespace evenhand::notification
