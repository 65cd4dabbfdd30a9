// "What is mine, what is late" is one call.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_ups.h"
#include "services/incident/app/views.h"
#include "services/incident/store/follow_up_store.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

constexpr int kMaxPage = 100;
constexpr int kDefaultPage = 50;

void After(const std::string& token, Query& query, Refusals& no) {
  if (token.empty()) return;
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  std::int64_t micros = 0;
  if (parts.size() != 3 || (parts[0] != "f" && parts[0] != "t") || !absl::SimpleAtoi(parts[1], &micros) || !IsUuid(parts[2])) {
    no.push_back({"10.4", "pageToken", "This is not a page token of this list."});
    return;
  }
  query.And("(f.state <> 'OPEN', f.due_at, f.id) > (" + query.Bind(parts[0]) + "::bool, " +
            query.Bind(FormatInstant(absl::FromUnixMicros(micros))) + "::timestamptz, " + query.Bind(parts[2]) + "::uuid)");
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
  if (r.kind() != 0) query.And("f.kind = " + query.Bind(v1::FollowUp::Kind::Value_Name(r.kind())));
  if (r.state() != 0) query.And("f.state = " + query.Bind(v1::FollowUp::State::Value_Name(r.state())));
  if (!r.owner().empty()) query.And("f.owner = " + query.Bind(r.owner()));
  if (!r.service_area().empty()) query.And("f.service_area = " + query.Bind(r.service_area()));
}

// While the register can't be asked, what is due about somebody of the register is not shown, nor passed over.
std::optional<Refusal> RefusalWhileUnknown(Session& session, const Closure& closure, Query query) {
  if (!closure.Unknown()) return std::nullopt;
  query.And("i.person_id is not null or i.person_pending <> ''");
  return CountFollowUps(session, query) > 0 ? std::optional<Refusal>(SubjectUnknown()) : std::nullopt;
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

Outcome<v1::ListFollowUpsResponse> ListFollowUps(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                 const v1::ListFollowUpsRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  return work.Read<v1::ListFollowUpsResponse>(call, [&](Session& session) -> Outcome<v1::ListFollowUpsResponse> {
    Query query;
    Refusals no;
    if (request.page_size() < 0) no.push_back({"10.4", "pageSize", "A page has from 1 to 100 entries."});
    const int size = request.page_size() > 0 ? std::min(request.page_size(), kMaxPage) : kDefaultPage;
    OnlyVisibleFollowUps(call.actor, closure, query);
    Filter(session, request, query);
    After(request.page_token(), query, no);
    if (!no.empty()) return Invalid(std::move(no));
    if (auto unknown = RefusalWhileUnknown(session, closure, query)) return *unknown;
    v1::ListFollowUpsResponse reply;
    for (HeldFollowUp& held : FetchFollowUps(session, query, size + 1)) {
      if (reply.follow_ups_size() == size) {
        const v1::FollowUp& last = reply.follow_ups(size - 1);
        const bool open = last.state() == v1::FollowUp::State::OPEN;
        reply.set_next_page_token(absl::StrCat(open ? "f" : "t", ".", absl::ToUnixMicros(TimeOf(last.due_at())), ".", last.id()));
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
