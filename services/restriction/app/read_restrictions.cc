#include "services/restriction/app/read_restrictions.h"

#include <map>

#include "services/platform/lists/page.h"
#include "services/restriction/app/closed_circle.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/who_decides.h"
#include "services/restriction/store/people.h"

namespace evenhand::restriction {
Outcome<v1::Restriction> ReadRestrictions::Get(const Call& call, const v1::GetRestrictionRequest& request) {
  return work_.Read<v1::Restriction>(call, [&](Session& session) -> Outcome<v1::Restriction> {
    const auto record = Restrictions(session).Find(request.id());
    if (!record) return NotFound("restriction");
    if (auto no = RefusalInEither(call, record->doc.service_area(), record->doc.deciding_area())) return *no;
    const auto person = People(session).Find(record->doc.person_id());
    if (person)
      if (auto no = RefusalsToRead(call.actor, SubjectOf(person->doc)); !no.empty()) return NotPermitted(std::move(no));
    session.Audit({"restriction.read", "restriction", record->doc.id(), "12.4", record->doc.person_id(), "", ""});
    return AsReadBy(call.actor, Present(record->doc, session.now(), person ? &person->doc : nullptr));
  });
}

Outcome<v1::ListRestrictionsResponse> ReadRestrictions::List(const Call& call, const v1::ListRestrictionsRequest& request) {
  const Page page = PageOf(request.page());
  if (auto no = RefusalOfPosition(page)) return *no;
  return work_.Read<v1::ListRestrictionsResponse>(call, [&](Session& session) -> Outcome<v1::ListRestrictionsResponse> {
    v1::ListRestrictionsResponse reply;
    RestrictionFilter filter{
        .service_area = request.service_area(), .review_overdue = request.late(), .limit = page.one_more(), .after = page.after};
    if (request.state() != 0) filter.state = RestrictionState::Value_Name(request.state());
    if (!InEveryArea(*call.rule, call.actor)) filter.areas = call.actor.areas;
    People people(session);
    if (!request.person_id().empty()) {
      const auto person = people.Find(request.person_id());
      if (!person) return reply;
      filter.person_id = person->doc.id();
    }
    auto found = Restrictions(session).List(filter);
    reply.set_next_page_token(CutToPage(found, page, [](const v1::Restriction& last) { return last.id(); }));
    std::map<std::string, std::optional<PersonRecord>> known;
    for (auto& restriction : found) {
      auto [at, fresh] = known.try_emplace(restriction.person_id());
      if (fresh) at->second = people.Find(restriction.person_id());
      const auto& person = at->second;
      if (person && !RefusalsToRead(call.actor, SubjectOf(person->doc)).empty()) continue;
      if (fresh) session.Audit({"restriction.listed", "person", restriction.person_id(), "12.4", restriction.person_id(), "", ""});
      *reply.add_restrictions() = AsReadBy(call.actor, Present(std::move(restriction), session.now(), person ? &person->doc : nullptr));
    }
    return reply;
  });
}

}  // namespace evenhand::restriction
