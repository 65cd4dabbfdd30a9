#include "services/incident/app/own_work.h"

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_ups.h"
#include "services/incident/store/follow_up_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/lists/page.h"
#include "services/work/as_call.h"

namespace evenhand::incident {
namespace {

constexpr char kLastId[] = "ffffffff-ffff-ffff-ffff-ffffffffffff";

std::string TitleOf(FollowUpKind::Value kind) {
  switch (kind) {
    case FollowUpKind::LINE_MANAGER_DISCUSSION:
      return "Talk over a contact that was ended";
    case FollowUpKind::DEBRIEF:
      return "Offer a debrief";
    case FollowUpKind::SUPPORT_REMINDER:
      return "Tell a colleague of the support there is";
    case FollowUpKind::POLICE_DECISION:
      return "Decide whether the police are told";
    case FollowUpKind::CORRESPONDENCE_DECISION:
      return "Decide whether correspondence is unacceptable";
    case FollowUpKind::WITNESS_STATEMENT:
      return "Give a statement as a witness";
    case FollowUpKind::OUTSIDE_CONTACT_DECISION:
      return "Decide on a contact outside work";
    case FollowUpKind::REGISTER_DECISION:
      return "Decide whether it belongs on the register";
    case FollowUpKind::STAFF_NAMED_LINE_MANAGER:
    case FollowUpKind::STAFF_NAMED_HR:
    case FollowUpKind::STAFF_NAMED_COMMUNICATIONS:
      return "A colleague was named publicly";
    case FollowUpKind::STAFF_NAMED_EVIDENCE:
      return "Keep the link and a picture of what was published";
    case FollowUpKind::STAFF_NAMED_PERSON_TOLD:
      return "Tell a colleague in private that they were named";
    case FollowUpKind::STAFF_NAMED_SUPPORT:
      return "Offer support to a colleague who was named";
    case FollowUpKind::STAFF_NAMED_REMOVAL:
      return "Ask for its removal, unless that would make it worse";
    case FollowUpKind::STAFF_NAMED_LEADERSHIP:
      return "Tell the senior leadership group";
    case FollowUpKind::STAFF_NAMED_PERSONAL_RECORD:
      return "Decide on a note in the personal record";
    case FollowUpKind::INJURY_REPORT:
      return "Decide whether an injury is reported";
    case FollowUpKind::PROPOSAL_CONSIDERATION:
      return "Consider whether to propose a restriction";
    case FollowUpKind::MISSING_DETAIL:
      return "Add a detail that the record lacks";
    case FollowUpKind::ONLINE_ACTION_DECISION:
      return "Decide what is done online";
    case FollowUpKind::TIME_AWAY:
      return "Answer a wish for time away from customers";
    case FollowUpKind::PERSON_CHECK:
      return "Check whom an incident is about";
    case FollowUpKind::PERSON_INFORMED_DECISION:
      return "Decide whether the person is told of the police";
    case FollowUpKind::KIND_UNSPECIFIED:
      break;
  }
  return "A follow-up";
}

// Of everything that waits, what comes after the page before; nothing where none can.
bool After(const std::string& position, Query& query) {
  if (position.empty()) return true;
  const auto place = ReadPlace(position);
  if (!place || place->due == absl::InfiniteFuture()) return false;
  query.And("(f.due_at, f.id) > (" + query.Bind(FormatInstant(place->due)) + "::timestamptz, " +
            query.Bind(place->kind == WorkKind::FOLLOW_UP ? place->id : kLastId) + "::uuid)");
  return true;
}

}  // namespace

Outcome<work::v1::ListOwnWorkResponse> OwnWork(UnitOfWork& work, const Neighbours& neighbours, const Authority& authority, const Call& call,
                                               const work::v1::ListOwnWorkRequest& request) {
  work::v1::ListOwnWorkResponse none;
  if (!AsCallOf(call, authority, "evenhand.incident.v1.FollowUpService/GetFollowUp")) return none;
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<work::v1::ListOwnWorkResponse>(call, [&](Session& session) -> Outcome<work::v1::ListOwnWorkResponse> {
    Query mine;
    OnlyVisibleFollowUps(call.actor, closure, mine);
    mine.And("f.state = 'OPEN' and " + MineSql(call.actor, mine));
    if (auto unknown = RefusalWhileUnknown(session, closure, mine)) return *unknown;
    Query late = mine;
    late.And("f.due_at < " + late.Bind(FormatInstant(session.now())) + "::timestamptz");
    work::v1::ListOwnWorkResponse part;
    (*part.mutable_counts())[WorkKind::Value_Name(WorkKind::FOLLOW_UP)] = CountFollowUps(session, mine);
    part.set_late_count(CountFollowUps(session, late));
    const Page page = PageOf(request.page());
    Query wanted = request.late() ? late : mine;
    if ((request.kind() != WorkKind::KIND_UNSPECIFIED && request.kind() != WorkKind::FOLLOW_UP) || !After(page.after, wanted)) return part;
    for (const HeldFollowUp& held : FetchFollowUps(session, wanted, page.one_more())) {
      const v1::FollowUp& one = held.follow_up;
      *part.add_items() = ItemOf(WorkKind::FOLLOW_UP, TitleOf(one.kind()), one.incident_reference(), TimeOf(one.due_at()),
                                 "/v1/followUps/" + one.id(), session.now());
    }
    return part;
  });
}

}  // namespace evenhand::incident
