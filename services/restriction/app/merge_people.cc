#include "services/restriction/app/merge_people.h"

#include <algorithm>

#include "evenhand/events/v1/restriction_events.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/pg/document.h"
#include "services/restriction/app/move_records.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/union_of.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

// Each of its measures stands in the other as well, word for word, for the same area and for as long: nobody decided that it ends sooner.
// Where the terms differ both hold on, the longer after the shorter, and a human is asked which is meant. What binds nobody for now (case
// A) covers nothing and is covered by nothing: a manager has yet to decide on it.
bool Covers(const v1::Restriction& all, const v1::Restriction& part) {
  if (all.service_area() != part.service_area() || all.has_suspended_at() || part.has_suspended_at()) return false;
  const auto end = ParseDate(all.ends_on()), own = ParseDate(part.ends_on());
  if (end && (!own || *end < *own)) return false;
  return std::ranges::all_of(part.measures(), [&](const v1::Measure& m) {
    return std::ranges::any_of(all.measures(),
                               [&](const v1::Measure& other) { return other.SerializeAsString() == m.SerializeAsString(); });
  });
}

void Supersede(Session& session, RestrictionRecord& record, const v1::Restriction& by) {
  const std::string before = record.doc.etag();
  EndWith(session, record.doc, State::SUPERSEDED, session.now());
  record.doc.set_superseded_by(by.id());
  Note(session, record.doc, v1::HistoryAction::SUPERSEDED, "council rule",
       "The records of one person were merged; " + by.reference() + " holds the same.");
  Restrictions(session).Save(record, v1::HistoryAction::SUPERSEDED);
  Tell<events::RestrictionSuperseded>(session, record.doc, "7.3", before);
}

// Both records' restrictions under one person: what is the same closes as superseded, the rest holds on.
void UniteRestrictions(Session& session, const std::string& survivor, const std::set<std::string>& of_duplicate) {
  Restrictions restrictions(session);
  const auto standing = restrictions.InForceOf(survivor, "", "");
  UniteCounts(session, survivor, of_duplicate, true);
  for (const std::string& id : of_duplicate) {
    auto record = restrictions.FindForUpdate(id);
    if (!record) continue;
    if (StateOf(record->doc, session.now()) == State::IN_FORCE) {
      const auto same = std::ranges::find_if(standing, [&](const v1::Restriction& r) { return Covers(r, record->doc); });
      if (same != standing.end()) Supersede(session, *record, *same);
    }
    MoveRestriction(session, *record, survivor);
  }
  restrictions.FillGaps(survivor);
}

// Everything of the duplicate under the survivor, with what is needed to undo it.
void Fold(Session& session, PersonRecord& survivor, PersonRecord& duplicate, const std::string& reason) {
  const std::string to = survivor.doc.id(), from = duplicate.doc.id();
  const auto restrictions = IdsIn(session, "restriction", from), markers = IdsIn(session, "marker", from),
             steps = IdsIn(session, "restorative_step", from), requests = IdsIn(session, "no_contact_request", from);
  session.sql().exec_params(
      "insert into person_merge (id, survivor_id, merged_id, reason, merged_by, merged_at, before_survivor, before_merged, moved) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      NewUuid(), to, from, reason, session.actor().id, FormatInstant(session.now()), ToDocument(survivor.doc), ToDocument(duplicate.doc),
      "{\"restriction\":" + JsonList(restrictions) + ",\"marker\":" + JsonList(markers) + ",\"step\":" + JsonList(steps) +
          ",\"request\":" + JsonList(requests) + "}");
  TakeUnion(survivor.doc, duplicate.doc);
  duplicate.doc.set_state(v1::Person::State::MERGED);
  duplicate.merged_into = to;
  const std::string before = duplicate.doc.etag();
  People(session).Save(duplicate);
  session.Audit({"person.folded", "person", from, "council rule", from, before, duplicate.doc.etag()});
  UniteRestrictions(session, to, restrictions);
  MoveMarkers(session, from, markers, to);
  MoveRows(session, "restorative_step", steps, to);
  MoveRequests(session, requests, to);
}

}  // namespace

Outcome<v1::Person> PeopleMerger::Merge(const Call& call, const v1::MergePeopleRequest& request) {
  return work_.Write<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    People people(session);
    Refusals no;
    if (request.survivor_id().empty()) no.push_back({"council rule", "survivorId", "Name the record that stands."});
    if (request.duplicate_id().empty()) no.push_back({"council rule", "duplicateId", "Name the record that folds into it."});
    if (!no.empty()) return Invalid(std::move(no));
    const auto a = people.Find(request.survivor_id());
    const auto b = people.Find(request.duplicate_id());
    if (!a || !b) return NotFound("person");
    if (a->doc.id() == b->doc.id()) return Conflict(ErrorReason::WRONG_STATE, "council rule", "The two are one record already.");
    auto [survivor, duplicate] = people.FindBothForUpdate(a->doc.id(), b->doc.id());
    if (!survivor || !duplicate) return NotFound("person");
    for (const auto* record : {&*survivor, &*duplicate})
      if (auto refusal = RefusalToRead(call, record->doc)) return *refusal;
    if (!call.if_match.empty())
      if (auto stale = call.StaleAgainst(survivor->doc.etag())) return *stale;
    const std::string to = survivor->doc.id(), from = duplicate->doc.id();
    v1::Person both = survivor->doc;
    TakeUnion(both, duplicate->doc);
    for (const auto* record : {&*survivor, &*duplicate})
      if (auto refusal = RefusalToReemploy(call, record->doc, both)) return *refusal;
    const bool alive = survivor->doc.state() == v1::Person::State::ACTIVE;
    Fold(session, *survivor, *duplicate, request.reason());
    const std::string before = survivor->doc.etag();
    people.Save(*survivor);
    session.Audit({"person.merged", "person", to, "council rule", to, before, from});
    session.Emit(events::PersonMerged{.person = events::PersonRef{.person_id = to}, .merged_person_id = from});
    if (alive && survivor->doc.state() == v1::Person::State::DECEASED)
      session.Emit(events::PersonDied{.person = events::PersonRef{.person_id = to}});
    v1::Person reply = Whole(session, survivor->doc);
    reply.set_consistency_token(BumpRevision(session, {to, from}));
    return reply;
  });
}

}  // namespace evenhand::restriction
