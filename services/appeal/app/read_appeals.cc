#include "services/appeal/app/read_appeals.h"

#include "services/appeal/app/deadline_view.h"
#include "services/appeal/app/open_appeal.h"
#include "services/appeal/store/appeal_store.h"
#include "services/appeal/store/calendar_store.h"
#include "services/platform/lists/page.h"

namespace evenhand::appeal {
namespace {

void NoteRead(Session& session, const v1::Appeal& appeal) {
  session.Audit(
      {.action = "appeal.read", .subject_kind = "appeal", .subject_id = appeal.id(), .clause = "12.4", .person_id = appeal.person_id()});
}

// Deadlines move on while the clock stands still, so they are worked out at every look.
void ShowAsOfNow(const Context& context, Session& session, v1::Appeal& appeal, const WorkingDays& calendar) {
  WorkOutDeadlines(appeal, calendar, context.periods, session.now());
}

}  // namespace

Outcome<v1::Appeal> GetAppeal(const Context& context, const Call& call, const v1::GetAppealRequest& request) {
  if (auto no = RefusalToOpen(context, call, request.id())) return *no;
  return context.unit_of_work.Read<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    auto appeal = AppealStore(session).Find(request.id());
    if (!appeal) return NotFound("appeal");
    if (auto no = call.RefusalIn(appeal->service_area())) return *no;
    ShowAsOfNow(context, session, *appeal, CouncilCalendar(session));
    NoteRead(session, *appeal);
    return *appeal;
  });
}

Outcome<v1::ListAppealsResponse> ListAppeals(const Context& context, const Call& call, const v1::ListAppealsRequest& request) {
  if (auto no = RefusalOfPosition(PageOf(request.page()))) return *no;
  AppealFilter filter{.request = request, .areas = std::nullopt};
  if (!InEveryArea(*call.rule, call.actor)) filter.areas = call.actor.areas;
  auto listed = context.unit_of_work.Read<AppealPage>(
      call, [&](Session& session) -> Outcome<AppealPage> { return AppealStore(session).List(filter); });
  if (!listed.ok()) return listed.refusal();
  AppealPage page = *std::move(listed);
  Closure closure = ClosureFor(context, call);
  std::vector<v1::Appeal> open;
  for (v1::Appeal& appeal : page.appeals) {
    const auto hidden = closure.Hides(appeal.person_id());
    if (!hidden.ok()) return hidden.refusal();
    if (!*hidden) open.push_back(std::move(appeal));
  }
  page.appeals = std::move(open);
  return context.unit_of_work.Read<v1::ListAppealsResponse>(call, [&](Session& session) -> Outcome<v1::ListAppealsResponse> {
    const WorkingDays calendar = CouncilCalendar(session);
    v1::ListAppealsResponse reply;
    for (v1::Appeal& appeal : page.appeals) {
      ShowAsOfNow(context, session, appeal, calendar);
      NoteRead(session, appeal);
      *reply.add_appeals() = std::move(appeal);
    }
    reply.set_next_page_token(page.next);
    return reply;
  });
}

Outcome<v1::GetOpenAppealsResponse> GetOpenAppeals(const Context& context, const Call& call, const v1::GetOpenAppealsRequest& request) {
  return context.unit_of_work.Read<v1::GetOpenAppealsResponse>(call, [&](Session& session) -> Outcome<v1::GetOpenAppealsResponse> {
    v1::GetOpenAppealsResponse reply;
    for (const std::string& id :
         AppealStore(session).OpenRestrictions({request.restriction_ids().begin(), request.restriction_ids().end()})) {
      reply.add_restriction_ids(id);
    }
    return reply;
  });
}

Outcome<v1::GetAppealsOfResponse> GetAppealsOf(const Context& context, const Call& call, const v1::GetAppealsOfRequest& request) {
  return context.unit_of_work.Read<v1::GetAppealsOfResponse>(call, [&](Session& session) -> Outcome<v1::GetAppealsOfResponse> {
    v1::GetAppealsOfResponse reply;
    const WorkingDays calendar = CouncilCalendar(session);
    for (v1::Appeal& appeal :
         AppealStore(session).Of({request.restriction_ids().begin(), request.restriction_ids().end()}, request.person_id())) {
      ShowAsOfNow(context, session, appeal, calendar);
      *reply.add_appeals() = std::move(appeal);
    }
    return reply;
  });
}

Outcome<v1::Appeal> GetAppealLetterFacts(const Context& context, const Call& call, const v1::GetAppealLetterFactsRequest& request) {
  return context.unit_of_work.Read<v1::Appeal>(call, [&](Session& session) -> Outcome<v1::Appeal> {
    auto appeal = AppealStore(session).Find(request.appeal_id());
    if (!appeal) return NotFound("appeal");
    ShowAsOfNow(context, session, *appeal, CouncilCalendar(session));
    return *appeal;
  });
}

Outcome<v1::CountAppealsResponse> CountAppeals(const Context& context, const Call& call, const v1::CountAppealsRequest& request) {
  return context.unit_of_work.Read<v1::CountAppealsResponse>(call, [&](Session& session) -> Outcome<v1::CountAppealsResponse> {
    const WorkingDays calendar = CouncilCalendar(session);
    std::map<std::tuple<std::string, int, int>, v1::CountAppealsResponse::Line> lines;
    v1::ListAppealsRequest all;
    all.mutable_page()->set_page_size(kLargestPage);
    for (bool more = true; more;) {
      AppealPage page = AppealStore(session).List({.request = all, .areas = std::nullopt});
      for (v1::Appeal& appeal : page.appeals) {
        if (appeal.received_on() < request.from() || (!request.to().empty() && appeal.received_on() > request.to())) continue;
        ShowAsOfNow(context, session, appeal, calendar);
        auto& line = lines[{appeal.service_area(), appeal.state(), appeal.decision().outcome()}];
        line.set_service_area(appeal.service_area());
        line.set_state(appeal.state());
        line.set_outcome(appeal.decision().outcome());
        line.set_count(line.count() + 1);
        if (appeal.deadlines().acknowledgement_overdue() || appeal.deadlines().decision_overdue()) line.set_overdue(line.overdue() + 1);
        if (appeal.has_decision()) {
          line.set_decision_days(line.decision_days() + calendar.Between(DateOf(FromTimestamp(appeal.received_at())),
                                                                         DateOf(FromTimestamp(appeal.decision().decided_at()))));
        }
      }
      all.mutable_page()->set_page_token(page.next);
      more = !page.next.empty();
    }
    v1::CountAppealsResponse reply;
    for (auto& [key, line] : lines) *reply.add_lines() = std::move(line);
    return reply;
  });
}

}  // namespace evenhand::appeal
