#include "services/appeal/domain/conflicts.h"

#include <algorithm>

#include "services/platform/base/check.h"

namespace evenhand::appeal {
namespace {

const std::vector<std::string>& HoldersOf(Part part, const Parts& parts) {
  switch (part) {
    case Part::kDecided:
      return parts.decided;
    case Part::kDecidedBefore:
      return parts.decided_before;
    case Part::kProposed:
      return parts.proposed;
    case Part::kLent:
      return parts.lent;
    case Part::kHarmed:
      break;
  }
  return parts.harmed;
}

Bar BarOf(Action action, Part part) {
  const auto row = std::ranges::find(kConflicts, action, &ConflictRow::action);
  EVENHAND_CHECK(row != kConflicts.end(), "every act of an appeal has its row");
  return row->bars[static_cast<std::size_t>(part)];
}

// The policy says who hears an appeal, and that it is not who decided; the rest is the council's own.
Violation Reason(Part part, Bar bar, const std::string& field) {
  switch (part) {
    case Part::kDecided:
      if (bar == Bar::kOwnWords)
        return {"council rule", "document",
                "Who made the decision takes an appeal against it in only in the person's own words: name their document, or let somebody "
                "else take it."};
      return {"7.3", field,
              "Who made the decision, or decided its last review, does nothing to the appeal against it; somebody else has to."};
    case Part::kDecidedBefore:
      return {"7.3", field, "Who reviewed or varied it before does not hear the appeal; another strategic director has to."};
    case Part::kProposed:
      return {"council rule", field, "Who proposed it has no part in hearing the appeal; somebody else has to."};
    case Part::kLent:
      return {"council rule", field, "Who lent the authority to decide has no part in hearing the appeal; somebody else has to."};
    case Part::kHarmed:
      break;
  }
  return {"council rule", field, "A person harmed in what led to the restriction has no part in hearing the appeal; ask somebody else."};
}

}  // namespace

Refusals RefusalsOfConflict(Action action, std::string_view who, const Parts& parts, std::string_view field, bool own_words) {
  Refusals no;
  for (int i = 0; i < kPartCount; ++i) {
    const Part part = static_cast<Part>(i);
    if (std::ranges::find(HoldersOf(part, parts), who) == HoldersOf(part, parts).end()) continue;
    const Bar bar = BarOf(action, part);
    if (bar == Bar::kFree || (bar == Bar::kOwnWords && own_words)) continue;
    no.push_back(Reason(part, bar, std::string(field)));
    if (part == Part::kDecided && bar == Bar::kBarred && parts.limits_complaints)
      no.push_back({"9.8", std::string(field), "The appeal about use of the complaints process goes to a different strategic director."});
  }
  return no;
}

}  // namespace evenhand::appeal
