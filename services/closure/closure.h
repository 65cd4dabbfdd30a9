// "Is this person a colleague, and who may not see or decide?" (12.4, scenario 7): asked here, by every service, of the register as it
// is now. While it can't be asked nobody knows, and the answer is no (503), whoever asks: anybody may be the colleague's manager.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "evenhand/restriction/v1/restriction_internal_service.pb.h"
#include "services/closure/closed_subject.h"
#include "services/platform/rpc/call.h"

namespace evenhand {

Subject SubjectOf(const restriction::v1::PersonFacts& facts);

// The people of the register who are colleagues of one caller. Asked at most once, when first needed: a use case that holds a
// transaction asks before it.
class Closure {
 public:
  using Ask = std::function<Outcome<restriction::v1::ListCloseColleaguesResponse>(const restriction::v1::ListCloseColleaguesRequest&)>;

  Closure(const Actor& actor, Ask ask) : actor_(actor), ask_(std::move(ask)) {}

  // Asks now, while nothing is held open.
  const Closure& Now() const;

  // Of the caller's looking at this person's case: 403, or 503 when nobody knows; nobody's case is closed to nobody.
  std::optional<Refusal> RefusalOf(const std::string& person_id) const;

  // For lists: true hides one entry; a refusal is the whole list's, which would otherwise pass over what nobody could ask about.
  Outcome<bool> Hides(const std::string& person_id) const;

  // True where the register can't be asked.
  bool Unknown() const;
  // The colleague that the person is; empty: none that the caller works with.
  Subject Of(const std::string& person_id) const;
  const std::map<std::string, Subject>& All() const;

 private:
  const Actor& actor_;
  const Ask ask_;
  mutable bool asked_ = false, away_ = false;
  mutable std::map<std::string, Subject> known_;
};

}  // namespace evenhand
