// What is in force about one person, as a check needs it: instructions ready to read, and the instants between which they hold.
// Neither narrative nor grounds ever come this far (12.4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "services/restriction/check/limits.h"

namespace evenhand::restriction::check {

// Numbered as in Instruction.Code of the contract.
enum class MeasureKind {
  kUnspecified = 0,
  kBlockChannel = 1,
  kLimitVolume = 2,
  kLimitTime = 3,
  kNamedContact = 4,
  kWithholdStaffDetails = 5,
  kThirdPartyOnly = 6,
  kBlockOnlineAccount = 7,
  kLimitComplaints = 8,
  kOther = 9,
};
std::optional<MeasureKind> MeasureKindNamed(std::string_view name);

// Numbered as in ContactChannel of the contract.
enum class Channel {
  kAny = 0,
  kPhone = 1,
  kInPerson = 2,
  kEmail = 3,
  kLetter = 4,
  kOnlineForm = 5,
  kSocialMedia = 6,
  kCouncilEvent = 7,
  kOutsideWork = 8
};
std::optional<Channel> ChannelNamed(std::string_view name);

struct Measure {
  std::string id;  // the measure's own, for counting
  std::string restriction_id;
  std::string service_area;
  MeasureKind kind = MeasureKind::kUnspecified;
  Channel channel = Channel::kAny;
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();  // the first instant at which it no longer holds
  std::optional<Limit> limit;
  std::optional<TimesOfDay> times;  // contact is taken within these only
  std::string text;

  // Decided by the clock at the check: what ends at an instant is out of every answer at that instant, without a sweep.
  bool InForce(absl::Time now) const { return from <= now && now < until; }
  // For this service; a check without one sees every service's guidance.
  bool Concerns(std::string_view area) const { return area.empty() || service_area == area; }
  // A contact or a measure without a channel matches all.
  bool IsAbout(Channel contact) const { return channel == Channel::kAny || contact == Channel::kAny || channel == contact; }
  // Does a contact by this channel use up the limit?
  bool Counts(Channel contact) const { return limit && IsAbout(contact); }
};

// An entry in the Potentially Violent Persons register. It is for every service.
struct Marker {
  std::string id;
  bool confirmed = false;   // provisional until a senior manager confirms
  std::string instruction;  // what staff should do, in the decider's words
};

// An advocate who is the only way to the person, or has resigned (5.4).
struct Advocate {
  std::string name;
  bool only_contact = false;
  bool resigned = false;
  std::string channel;  // what is open since they have gone: a channel's name, or in words
};

struct Guidance {
  std::vector<Measure> measures;
  std::vector<Marker> markers;
  std::optional<Advocate> advocate;
  std::vector<std::string> no_contact;  // staff who asked not to have contact with this person (10.4); why is kept elsewhere

  bool empty() const { return measures.empty() && markers.empty() && no_contact.empty() && !(advocate && advocate->only_contact); }
};

// What the wording needs to know of a measure.
struct MeasureWords {
  MeasureKind kind = MeasureKind::kUnspecified;
  Channel channel = Channel::kAny;
  int max_contacts = 0;
  std::optional<Period> period;
  std::string from, to;     // "10:00"
  std::string name;         // of the named contact or the third party
  std::string description;  // of OTHER, in the decider's own words
};

// One calm sentence or two that say what to do.
std::string InstructionFor(const MeasureWords& words);

// Where contact goes through an advocate: through whom, or what is open since they have gone.
std::string InstructionFor(const Advocate& advocate);

// What is added where contact is taken at certain times only and it is another time now.
inline constexpr char kOutsideItsTimes[] = " It is another time now: please say politely when contact is taken.";

// What is added where the limit is used up and this contact goes beyond it.
inline constexpr char kUsedUp[] = " That is used up: please say politely when contact is taken again.";

// "by phone"
std::string_view WordsFor(Channel channel);

}  // namespace evenhand::restriction::check
