// What is in force about one person, as a check needs it: the measures' words, and the instants between which they hold.
// Neither narrative nor grounds ever come this far (12.4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "services/restriction/check/limits.h"
#include "services/wording/measure_words.h"

namespace evenhand::restriction::check {

struct Measure {
  std::string id;  // the measure's own, for counting
  std::string restriction_id;
  std::string service_area;
  wording::MeasureWords words;
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();  // the first instant at which it no longer holds
  std::optional<Limit> limit;
  std::optional<TimesOfDay> times;  // contact is taken within these only
  wording::NamedWay alternative;    // what the decision names to stay open (5.4)

  // Decided by the clock at the check: what ends at an instant is out of every answer at that instant, without a sweep.
  bool InForce(absl::Time now) const { return from <= now && now < until; }
  // For this service; a check without one sees every service's guidance.
  bool Concerns(std::string_view area) const { return area.empty() || service_area == area; }
  bool Binds(Channel::Value contact) const { return wording::Binds(words, contact); }
  // Does a contact by this channel use up the limit?
  bool Counts(Channel::Value contact) const { return limit && Binds(contact); }
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
  wording::NamedWay open;  // since they have gone
};

struct Guidance {
  std::vector<Measure> measures;
  std::vector<Marker> markers;
  std::optional<Advocate> advocate;
  std::vector<std::string> no_contact;  // staff who asked not to have contact with this person (10.4); why is kept elsewhere

  bool empty() const { return measures.empty() && markers.empty() && no_contact.empty() && !(advocate && advocate->only_contact); }
};

// Where the person may be reached by what holds in this area now.
wording::Ways WaysTo(const Guidance& guidance, std::string_view area, absl::Time now);

// Was contact through the advocate alone by this measure, who has gone? A measure that names somebody else stands.
bool HasGone(const Guidance& guidance, const Measure& measure);

// Where contact goes through an advocate: through whom, or what is open since they have gone.
std::string InstructionFor(const Advocate& advocate, const wording::Ways& ways);

// What is added where contact is taken at certain times only and it is another time now.
inline constexpr char kOutsideItsTimes[] = " It is another time now: please say politely when contact is taken.";

// What is added where the limit is used up and this contact goes beyond it.
inline constexpr char kUsedUp[] = " That is used up: please say politely when contact is taken again.";

}  // namespace evenhand::restriction::check
