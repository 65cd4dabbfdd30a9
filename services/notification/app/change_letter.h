// A change to one letter by hand: load, may you, is it still what you read; then the change and its audit entry.
#pragma once

#include "services/notification/app/letter_calls.h"
#include "services/notification/store/letter_store.h"

namespace evenhand::notification {

// `work`: std::optional<Refusal>(Session&, KeptLetter&); it saves what it changes.
template <typename Work>
Outcome<v1::Letter> ChangeLetter(const Context& context, const Call& call, const std::string& id, const std::string& action,
                                 const std::string& clause, Work work) {
  if (auto no = RefusalToOpenLetter(context, call, id)) return *no;
  return context.unit_of_work.Write<v1::Letter>(call, [&](Session& session) -> Outcome<v1::Letter> {
    auto kept = FindLetter(session, id, /*for_update=*/true);
    if (!kept) return NotFound("letter");
    if (auto no = call.RefusalIn(kept->letter.service_area())) return *no;
    if (auto no = call.StaleAgainst(kept->letter.etag())) return *no;
    const std::string before = kept->letter.etag();
    if (std::optional<Refusal> no = work(session, *kept)) return *no;
    session.Audit({.action = action,
                   .subject_kind = "letter",
                   .subject_id = kept->letter.id(),
                   .clause = clause,
                   .person_id = kept->letter.person_id(),
                   .before = before,
                   .after = kept->letter.etag()});
    return kept->letter;
  });
}

}  // namespace evenhand::notification
