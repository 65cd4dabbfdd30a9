#include "services/restriction/app/retain_records.h"

#include <algorithm>
#include <map>

#include <google/protobuf/empty.pb.h>

#include "evenhand/events/v1/restriction_events.h"
#include "services/platform/lists/page.h"
#include "services/platform/obs/log.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/system_call.h"
#include "services/restriction/domain/retention.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/retention_records.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

using Nothing = google::protobuf::Empty;
using Kind = retention::v1::RetentionRecord::Kind;

constexpr int kAtOnce = 200;                        // of one query of the sweep
constexpr char kSource[] = "UK GDPR art. 5(1)(e)";  // kept no longer than it is needed

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

Keeps WhatKeepsNow(RetentionRecords& records, const retention::v1::RetentionRecord& record, LocalDate today) {
  if (record.kind() == Kind::RESTRICTION) return WhatKeeps(records.RestrictionFacts(record.id()), today);
  if (record.kind() == Kind::MARKER) return WhatKeeps(records.MarkerFacts(record.id()), today);
  PersonKept person = records.PersonFacts(record.id());
  person.held = !record.holds().empty();  // incidents, as the listing found them
  return WhatKeeps(person, today);
}

bool EraseOne(RetentionRecords& records, const retention::v1::RetentionRecord& record) {
  if (record.kind() == Kind::RESTRICTION) return records.EraseRestriction(record.id());
  if (record.kind() == Kind::MARKER) return records.EraseMarker(record.id());
  return records.ErasePerson(record.id());
}

Refusals FaultsOf(const retention::v1::ListRetentionRecordsRequest& request) {
  Refusals no;
  if (!request.due_on().empty() && !ParseDate(request.due_on())) no.push_back({"council rule", "dueOn", "Write the date as YYYY-MM-DD."});
  return no;
}

}  // namespace

// An incident about a person has a term of its own, though no decision rests on it.
void RetainRecords::AddIncidentHolds(const Call& call, retention::v1::RetentionRecord& record, LocalDate today) {
  const auto hold = [&](const std::string& thing, const std::string& reason) {
    auto* added = record.add_holds();
    added->set_kind(v1::Hold::Kind::INCIDENT);
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

Outcome<retention::v1::ListRetentionRecordsResponse> RetainRecords::List(const Call& call,
                                                                         const retention::v1::ListRetentionRecordsRequest& request) {
  if (Refusals no = FaultsOf(request); !no.empty()) return Invalid(std::move(no));
  const Page page = PageOf(request.page());
  LocalDate today;
  auto listed = work_.Read<retention::v1::ListRetentionRecordsResponse>(
      call, [&](Session& session) -> Outcome<retention::v1::ListRetentionRecordsResponse> {
        today = DateOf(session.now());
        RetentionFilter filter{
            .due_by = ParseDate(request.due_on()).value_or(today), .held = request.held(), .limit = page.one_more(), .after = page.after};
        if (!InEveryArea(*call.rule, call.actor)) filter.areas = call.actor.areas;
        auto found = RetentionRecords(session).List(filter);
        retention::v1::ListRetentionRecordsResponse reply;
        reply.set_next_page_token(CutToPage(found, page, [](const RetentionRecords::Found& last) { return last.token; }));
        for (auto& one : found) {
          // A colleague's own team and manager learn of no record, not even when it ends.
          const auto person = People(session).Find(one.person_id);
          if (person && RefusalToRead(call, person->doc)) continue;
          session.Audit({"retention.listed", EventOf(one.record.kind()), one.record.id(), kSource, one.person_id, "", ""});
          *reply.add_retention_records() = std::move(one.record);
        }
        return reply;
      });
  if (!listed) return listed;
  for (auto& record : *listed->mutable_retention_records())
    if (record.kind() == Kind::PERSON) AddIncidentHolds(call, record, today);
  return listed;
}

bool RetainRecords::Erase(const retention::v1::RetentionRecord& record, const std::string& person_id) {
  bool erased = false;
  const auto done = work_.Write<Nothing>(SystemCall("sweep/retention"), [&](Session& session) -> Outcome<Nothing> {
    RetentionRecords records(session);
    People people(session);
    // The person first, always. A merge since the listing is no matter: the rule looks again.
    if (!people.FindForUpdate(person_id)) return Nothing();
    const Keeps keeps = WhatKeepsNow(records, record, DateOf(session.now()));
    if (keeps != Keeps::kNothing) return Nothing();
    const std::string kind = EventOf(record.kind());
    erased = EraseOne(records, record);
    if (!erased) {
      Log(Level::kError, "the database keeps a record that the rule lets go", {{"kind", kind}, {"id", record.id()}});
      return Nothing();
    }
    session.Audit({kind + ".erased", kind, record.id(), kSource, person_id, record.retention_ends_on(), ""});
    if (record.kind() == Kind::RESTRICTION)
      session.Emit(
          events::RestrictionErased{.restriction = events::RestrictionRef{
                                        .restriction_id = record.id(), .person_id = person_id, .service_area = record.service_area()}});
    if (record.kind() == Kind::MARKER)
      session.Emit(events::MarkerErased{
          .marker = events::MarkerRef{.marker_id = record.id(), .person_id = person_id, .service_area = record.service_area()}});
    if (record.kind() == Kind::PERSON) session.Emit(events::PersonErased{.person = events::PersonRef{.person_id = record.id()}});
    BumpRevision(session, {person_id});
    return Nothing();
  });
  return done && erased;
}

// Once a person's last restriction is erased, nothing may rest on them any more: another round, until a round finds nothing.
void RetainRecords::EraseDue() {
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
      found = RetentionRecords(session).List({.due_by = today, .limit = kAtOnce, .after = after});
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
