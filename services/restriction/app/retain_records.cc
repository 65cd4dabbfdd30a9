#include "services/restriction/app/retain_records.h"

#include <algorithm>
#include <map>

#include <google/protobuf/empty.pb.h>

#include "services/restriction/app/facts.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/system_call.h"
#include "services/restriction/domain/policy_numbers.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/retention_records.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

using Nothing = google::protobuf::Empty;
using Kind = v1::RetentionRecord::Kind;

constexpr int kPageSize = 50;
constexpr int kLargestPage = 200;
constexpr int kAtOnce = 200;  // of one query of the sweep
constexpr char kClause[] = "12.1";

int PersonMonths() { return 12 * Numbers().retain_years; }

// "restriction.erased"
std::string EventOf(Kind::Value kind) { return kind == Kind::RESTRICTION ? "restriction" : kind == Kind::MARKER ? "marker" : "person"; }

std::vector<std::string> IdsOf(UnitOfWork& work, const Call& call, const std::string& person_id) {
  std::vector<std::string> ids;
  (void)work.Read<Nothing>(call, [&](Session& session) -> Outcome<Nothing> {
    ids = People(session).IdsOf(person_id);
    return Nothing();
  });
  return ids;
}

Refusals FaultsOf(const v1::ListRetentionRecordsRequest& request) {
  Refusals no;
  if (!request.due_by().empty() && !ParseDate(request.due_by())) no.push_back({kClause, "dueBy", "Write the date as YYYY-MM-DD."});
  if (request.page_size() < 0) no.push_back({"", "pageSize", "The page size can't be negative."});
  return no;
}

}  // namespace

// An incident about a person has a term of its own, though no decision rests on it.
void RetainRecords::AddIncidentHolds(const Call& call, v1::RetentionRecord& record, LocalDate today) {
  const auto hold = [&](const std::string& thing, const std::string& reason) {
    auto* added = record.add_holds();
    added->set_kind("INCIDENT");
    added->set_thing_id(thing);
    added->set_reason(reason);
    record.set_due(false);
  };
  const auto incidents = evidence_.OfPeople(call, IdsOf(work_, call, record.id()));
  if (!incidents) return hold("", "The incidents can't be looked at right now.");
  for (const EvidenceFact& fact : *incidents) {
    const LocalDate until = RetainUntil(fact.behaviours, DateOf(fact.occurred_at));
    if (fact.stands && until > today) hold(fact.id, "An incident about the person is kept until " + FormatDate(until) + ".");
  }
}

Outcome<v1::ListRetentionRecordsResponse> RetainRecords::List(const Call& call, const v1::ListRetentionRecordsRequest& request) {
  if (Refusals no = FaultsOf(request); !no.empty()) return Invalid(std::move(no));
  const int size = request.page_size() == 0 ? kPageSize : std::min(request.page_size(), kLargestPage);
  LocalDate today;
  auto listed = work_.Read<v1::ListRetentionRecordsResponse>(call, [&](Session& session) -> Outcome<v1::ListRetentionRecordsResponse> {
    today = DateOf(session.now());
    RetentionFilter filter{.due_by = ParseDate(request.due_by()).value_or(today),
                           .person_months = PersonMonths(),
                           .held = request.held(),
                           .limit = size + 1,
                           .after = request.page_token()};
    if (!InEveryArea(*call.rule, call.actor)) filter.areas = call.actor.areas;
    auto found = RetentionRecords(session).List(filter);
    v1::ListRetentionRecordsResponse reply;
    if (static_cast<int>(found.size()) > size) {
      found.pop_back();
      reply.set_next_page_token(found.back().token);
    }
    for (auto& one : found) {
      // A colleague's own team and manager learn of no record, not even when it ends.
      const auto person = People(session).Find(one.person_id);
      if (person && RefusalToRead(call, person->doc)) continue;
      session.Audit({"retention.listed", EventOf(one.record.kind()), one.record.id(), kClause, one.person_id, "", ""});
      *reply.add_retention_records() = std::move(one.record);
    }
    return reply;
  });
  if (!listed) return listed;
  for (auto& record : *listed->mutable_retention_records())
    if (record.kind() == Kind::PERSON) AddIncidentHolds(call, record, today);
  return listed;
}

bool RetainRecords::Erase(const v1::RetentionRecord& record, const std::string& person_id) {
  bool erased = false;
  const auto done = work_.Write<Nothing>(SystemCall("sweep/retention"), [&](Session& session) -> Outcome<Nothing> {
    RetentionRecords records(session);
    People people(session);
    // The person first, always. A merge since the listing is no matter: the functions look again.
    if (!people.FindForUpdate(person_id)) return Nothing();
    if (record.kind() == Kind::RESTRICTION) erased = records.EraseRestriction(record.id());
    if (record.kind() == Kind::MARKER) erased = records.EraseMarker(record.id());
    if (record.kind() == Kind::PERSON) erased = records.ErasePerson(record.id(), PersonMonths());
    if (!erased) return Nothing();
    const std::string kind = EventOf(record.kind());
    session.Audit({kind + ".erased", kind, record.id(), kClause, person_id, record.retain_until(), ""});
    std::map<std::string, std::string> attributes{{"personId", person_id}, {"serviceArea", record.service_area()}};
    attributes[kind + "Id"] = record.id();
    session.Emit({kind + ".erased", record.id(), std::move(attributes)});
    BumpRevision(session, {person_id});
    return Nothing();
  });
  return done && erased;
}

void RetainRecords::DateProposals() {
  (void)work_.Write<Nothing>(SystemCall("sweep/retention"), [](Session& session) -> Outcome<Nothing> {
    RetentionRecords(session).DateProposals(
        [](const v1::Restriction& proposal) { return RetainUntil(BehavioursOf(proposal), DateOf(FromProto(proposal.proposed_at()))); });
    return Nothing();
  });
}

// Once a person's last restriction is erased, nothing may rest on them any more: another round, until a round finds nothing.
void RetainRecords::EraseDue() {
  DateProposals();
  while (ErasesSomething()) {
  }
}

bool RetainRecords::ErasesSomething() {
  bool something = false;
  const Call call = SystemCall("sweep/retention");
  std::string after;
  for (bool more = true; more;) {
    std::vector<RetentionRecords::Found> found;
    LocalDate today;
    (void)work_.Read<Nothing>(call, [&](Session& session) -> Outcome<Nothing> {
      today = DateOf(session.now());
      found = RetentionRecords(session).List({.due_by = today, .person_months = PersonMonths(), .limit = kAtOnce, .after = after});
      return Nothing();
    });
    for (auto& one : found) {
      if (one.record.due() && one.record.kind() == Kind::PERSON) AddIncidentHolds(call, one.record, today);
      if (one.record.due()) something |= Erase(one.record, one.person_id);
    }
    more = static_cast<int>(found.size()) == kAtOnce;
    if (more) after = found.back().token;
  }
  return something;
}

}  // namespace evenhand::restriction
