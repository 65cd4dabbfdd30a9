// The council's service areas as this process knows them: data, kept by restriction-service (PUT /v1/serviceAreas/{id}), told to every
// service by an event and kept in each schema's own table, so that nobody asks over the network what an area is.
//
// What a use case sees needs no looking up: Rpc brings every request field marked SERVICE_AREA, and the areas of every token, to the
// area's own name before the use case runs ("housing " → "Housing", an alias → its area). A name that nobody knows arrives as it was typed,
// and Knows() is false: the use case decides what that means (a check, a proposal, an audience, a delegation refuse with 400 and name the
// Nearest(); an incident is taken and flagged). An unknown area in a token gives no right: it is left out of the actor's areas.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

namespace evenhand {

struct ServiceArea {
  std::string id;                    // in its URL
  std::string name;                  // what records are kept under; it never changes
  std::vector<std::string> aliases;  // other names for it
  int version = 0;

  friend bool operator==(const ServiceArea&, const ServiceArea&) = default;
};

class AreaDirectory {
 public:
  AreaDirectory();
  explicit AreaDirectory(std::vector<ServiceArea> areas);  // for tests
  ~AreaDirectory();

  // One that takes every word for an area's own name: of calls that no RPC brought.
  static const AreaDirectory& Any();

  // The area's own name for any spelling of its name or of an alias. Thread-safe and without a look into the database; an exact name costs
  // one look into a hash map.
  std::optional<std::string> Resolve(std::string_view typed) const;

  // Is this an area's own name or one that resolves to it?
  bool Knows(std::string_view typed) const { return Resolve(typed).has_value(); }

  // The name that was most likely meant, for the sentence of a refusal; "" where no area is known at all.
  std::string Nearest(std::string_view typed) const;

  // "There is no such service area. Did you mean Housing?": the sentence that every refusal of an unknown area says. It repeats nothing of
  // what was typed: that may be anybody's name, in the wrong field.
  std::string SentenceOfUnknown(std::string_view typed) const;

  // All names, in order.
  std::vector<std::string> Names() const;

  // Was the table ever read? Before that nobody can say which areas there are, and nobody is served.
  bool known() const;

  // What the table holds now (area_store.h).
  void Replace(std::vector<ServiceArea> areas);

 private:
  struct Table;
  std::shared_ptr<const Table> Now() const;

  bool any_ = false;
  mutable absl::Mutex mutex_;
  bool known_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const Table> table_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace evenhand
