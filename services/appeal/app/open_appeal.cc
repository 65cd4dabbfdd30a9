#include "services/appeal/app/open_appeal.h"

#include "evenhand/appeal/v1/appeal.pb.h"
#include "services/appeal/store/appeal_store.h"

namespace evenhand::appeal {

Closure ClosureFor(const Context& context, const Call& call) {
  return Closure(call.actor, [&context, &call](const auto& request) { return context.restrictions.Colleagues(call, request); });
}

std::optional<Refusal> RefusalToOpen(const Context& context, const Call& call, const std::string& appeal_id) {
  auto appeal = context.unit_of_work.Read<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    auto found = AppealStore(session).Find(appeal_id);
    if (!found) return NotFound("appeal");
    if (auto no = call.RefusalIn(found->service_area())) return *no;
    return *found;
  });
  if (!appeal.ok()) return appeal.refusal();
  return ClosureFor(context, call).RefusalOf(appeal->person_id());
}

}  // namespace evenhand::appeal
