// "What is mine, what is late" is one call.
#include "services/incident/app/convert.h"
#include "services/incident/app/follow_ups.h"
#include "services/incident/app/position.h"
#include "services/incident/app/views.h"
#include "services/incident/store/follow_up_store.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"

namespace evenhand::incident {
namespace {

// "f" or "t": the open ones go before the others.
bool After(const std::string& position, Query& query) {
  if (position.empty()) return true;
  const std::string closed = position.substr(0, 1);
  const auto at = ReadPosition(position.substr(1));
  if (!at || (closed != "f" && closed != "t")) return false;
  query.And("(f.state <> 'OPEN', f.due_at, f.id) > (" + query.Bind(closed) + "::bool, " + query.Bind(at->time) + "::timestamptz, " +
            query.Bind(at->id) + "::uuid)");
  return true;
}

std::string LateSql(Query& query, absl::Time now) {
  return "f.state = 'OPEN' and f.due_at < " + query.Bind(FormatInstant(now)) + "::timestamptz";
}

void Filter(Session& session, const v1::ListFollowUpsRequest& r, Query& query) {
  if (r.mine()) query.And("f.state = 'OPEN' and " + MineSql(session.actor(), query));
  if (r.late()) query.And(LateSql(query, session.now()));
  if (!r.incident_id().empty()) {
    query.And(IsUuid(r.incident_id()) ? "f.incident_id = " + query.Bind(r.incident_id()) + "::uuid"
                                      : "i.reference = upper(" + query.Bind(r.incident_id()) + ")");
  }
  if (r.kind() != 0) query.And("f.kind = " + query.Bind(FollowUpKind::Value_Name(r.kind())));
  if (r.state() != 0) query.And("f.state = " + query.Bind(v1::FollowUp::State::Value_Name(r.state())));
  if (!r.owner().empty()) query.And("f.owner = " + query.Bind(r.owner()));
  if (!r.service_area().empty()) query.And("f.service_area = " + query.Bind(r.service_area()));
}

void PutCounts(Session& session, const Closure& closure, v1::ListFollowUpsResponse& reply) {
  Query mine, late;
  OnlyVisibleFollowUps(session.actor(), closure, mine);
  mine.And("f.state = 'OPEN' and " + MineSql(session.actor(), mine));
  reply.set_mine_count(CountFollowUps(session, mine));
  OnlyVisibleFollowUps(session.actor(), closure, late);
  late.And(LateSql(late, session.now()));
  reply.set_late_count(CountFollowUps(session, late));
}

}  // namespace

std::optional<Refusal> RefusalWhileUnknown(Session& session, const Closure& closure, Query query) {
  if (!closure.Unknown()) return std::nullopt;
  query.And("i.person_id is not null or i.person_pending <> ''");
  return CountFollowUps(session, query) > 0 ? std::optional<Refusal>(SubjectUnknown()) : std::nullopt;
}

Outcome<v1::ListFollowUpsResponse> ListFollowUps(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                 const v1::ListFollowUpsRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<v1::ListFollowUpsResponse>(call, [&](Session& session) -> Outcome<v1::ListFollowUpsResponse> {
    Query query;
    const Page page = PageOf(request.page());
    OnlyVisibleFollowUps(call.actor, closure, query);
    Filter(session, request, query);
    if (!After(page.after, query)) return NotOfThisList();
    if (auto unknown = RefusalWhileUnknown(session, closure, query)) return *unknown;
    v1::ListFollowUpsResponse reply;
    for (HeldFollowUp& held : FetchFollowUps(session, query, page.one_more())) {
      if (static_cast<std::size_t>(reply.follow_ups_size()) == page.size) {
        const v1::FollowUp& last = *reply.follow_ups().rbegin();
        const bool open = last.state() == v1::FollowUp::State::OPEN;
        reply.set_next_page_token((open ? "f" : "t") + PositionOf(TimeOf(last.due_at()), last.id()));
        break;
      }
      MarkFor(call.actor, session.now(), held.follow_up);
      reply.add_follow_ups()->Swap(&held.follow_up);
    }
    PutCounts(session, closure, reply);
    session.Audit({"follow_up.listed", "follow_up", std::to_string(reply.follow_ups_size()), "12.4", "", "", ""});
    return reply;
  });
}

Outcome<v1::FollowUp> GetFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::GetFollowUpRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<v1::FollowUp>(call, [&](Session& session) -> Outcome<v1::FollowUp> {
    const auto held = LoadFollowUp(session, request.id(), false);
    if (!held) return NotFound("follow-up");
    Query query;
    OnlyVisibleFollowUps(call.actor, closure, query);
    query.And("f.id = " + query.Bind(request.id()) + "::uuid");
    if (auto unknown = RefusalWhileUnknown(session, closure, query)) return *unknown;
    if (FetchFollowUps(session, query, 1).empty()) return NotPermitted("12.4", "Only those who need to know may read this.");
    v1::FollowUp reply = held->follow_up;
    MarkFor(call.actor, session.now(), reply);
    session.Audit({"follow_up.read", "follow_up", reply.id(), "12.4", "", "", ""});
    return reply;
  });
}

}  // namespace evenhand::incident
