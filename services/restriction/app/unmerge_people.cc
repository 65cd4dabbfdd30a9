// The way back from a merge: what is certain returns, and a human says whose the rest is (scenario 5).
#include <set>

#include "evenhand/events/v1/restriction_events.h"
#include "services/platform/base/uuid.h"
#include "services/platform/pg/document.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/app/follow_incidents.h"
#include "services/restriction/app/merge_people.h"
#include "services/restriction/app/move_records.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/union_of.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

using Row = pqxx::row;

struct OpenMerge {
  std::string id;
  v1::Person before_survivor;
  v1::Person before_merged;
  std::set<std::string> restrictions, markers, steps, requests;
  absl::Time merged_at;
};

std::set<std::string> Strings(Session& session, const std::string& merge_id, const std::string& key) {
  std::set<std::string> ids;
  for (const Row& row :
       session.sql().exec_params("select jsonb_array_elements_text(moved->$2) from person_merge where id = $1", merge_id, key))
    ids.insert(row[0].as<std::string>());
  return ids;
}

// The merge to undo: the one named, or the only one.
std::vector<std::string> OpenMergesOf(Session& session, const std::string& survivor, const std::string& merged) {
  std::vector<std::string> ids;
  const auto rows = session.sql().exec_params(
      "select m.id::text from person_merge m join person p on p.id = m.merged_id where m.survivor_id = $1 and m.unmerged_at is null "
      "and ($2 = '' or p.id::text = $2 or p.reference = $2) order by m.merged_at desc",
      survivor, merged);
  for (const Row& row : rows) ids.push_back(row[0].as<std::string>());
  return ids;
}

OpenMerge Load(Session& session, const std::string& id) {
  const auto row = session.sql().exec_params1(
      "select before_survivor::text, before_merged::text, to_char(merged_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from "
      "person_merge where id = $1 for update",
      id);
  return {id,
          FromDocument<v1::Person>(row[0].as<std::string>()),
          FromDocument<v1::Person>(row[1].as<std::string>()),
          Strings(session, id, "restriction"),
          Strings(session, id, "marker"),
          Strings(session, id, "step"),
          Strings(session, id, "request"),
          ParseInstant(row[2].as<std::string>()).value_or(session.now())};
}

void Ask(Session& session, const std::string& merge_id, const std::string& kind, const std::string& thing) {
  session.sql().exec_params("insert into merge_question (id, merge_id, thing_kind, thing_id) values ($1, $2, $3, $4)", NewUuid(), merge_id,
                            kind, thing);
}

// What came after the merge belongs to one of the two; nobody but a human knows to which.
void AskAboutNewer(Session& session, const OpenMerge& merge, const v1::Person& person) {
  const std::string& survivor = person.id();
  const auto ask = [&](const char* kind, const char* table, const char* since) {
    for (const Row& row :
         session.sql().exec_params(std::string("select id::text from ") + table + " where person_id = $1 and " + since + " > $2", survivor,
                                   FormatInstant(merge.merged_at)))
      Ask(session, merge.id, kind, row[0].as<std::string>());
  };
  ask("restriction", "restriction", "proposed_at");
  ask("marker", "marker", "proposed_at");
  ask("step", "restorative_step", "recorded_at");
  ask("no_contact_request", "no_contact_request", "requested_at");
  const Newer newer = NewerThan(merge.merged_at, person, merge.before_survivor, merge.before_merged);
  for (const std::string& id : newer.adjustments) Ask(session, merge.id, "adjustment", id);
  if (newer.handles) Ask(session, merge.id, "handles", survivor);
  if (newer.advocate) Ask(session, merge.id, "advocate", survivor);
  if (newer.death) Ask(session, merge.id, "death", survivor);
}

void ReturnRestrictions(Session& session, const OpenMerge& merge, const std::string& from, const std::string& to) {
  Restrictions restrictions(session);
  UniteCounts(session, from, merge.restrictions, false);
  for (const std::string& id : merge.restrictions) {
    auto record = restrictions.FindForUpdate(id);
    if (!record) continue;
    MoveRestriction(session, *record, to);
    // It ended because the other record's held the same. It may be needed again, which is a manager's decision (case L).
    if (record->doc.state() == RestrictionState::SUPERSEDED && FromProto(record->doc.ended_at()) >= merge.merged_at)
      Ask(session, merge.id, "superseded_restriction", id);
  }
  restrictions.FillGaps(to);
  restrictions.FillGaps(from);
}

// It was the other who had died.
void TellAlive(Session& session, const std::string& person_id) {
  session.Emit(events::PersonDeathUndone{.person = events::PersonRef{.person_id = person_id}});
}

struct Asked {
  std::string kind, thing;
  absl::Time merged_at;
};

// It is the restored record's. Whose the evidence of a decision is shows only now (case A).
void Give(Session& session, const Asked& asked, const Evidence& evidence, PersonRecord& survivor, PersonRecord& owner) {
  const std::string from = survivor.doc.id(), to = owner.doc.id();
  if (asked.kind == "restriction") {
    Restrictions restrictions(session);
    if (auto record = restrictions.FindForUpdate(asked.thing)) {
      MoveRestriction(session, *record, to);
      FollowMoved(session, *record, evidence);
    }
    restrictions.FillGaps(to);
    restrictions.FillGaps(from);
  } else if (asked.kind == "marker") {
    MoveMarkers(session, from, {asked.thing}, to);
    if (auto record = Markers(session).Find(to, asked.thing, true)) FollowMoved(session, *record, evidence);
  } else if (asked.kind == "step") {
    MoveRows(session, "restorative_step", {asked.thing}, to);
  } else if (asked.kind == "no_contact_request") {
    MoveRequests(session, {asked.thing}, to);
  } else {
    HandOver(asked.kind, asked.thing, asked.merged_at, survivor.doc, owner.doc);
    People(session).Save(survivor);
    People(session).Save(owner);
    session.Audit({"person.changed", "person", to, "council rule", to, "", owner.doc.etag()});
    if (asked.kind == "death") {
      session.Emit(events::PersonDied{.person = events::PersonRef{.person_id = to}});
      TellAlive(session, from);
    }
  }
}

}  // namespace

// Asked before the transaction, so that nobody waits for incident-service with the two people locked.
Outcome<Evidence> PeopleMerger::EvidenceAskedAbout(const Call& call, const std::string& question_id) {
  const auto incidents = work_.Read<std::set<std::string>>(call, [&](Session& session) -> Outcome<std::set<std::string>> {
    std::set<std::string> ids;
    if (!IsUuid(question_id)) return ids;
    for (const Row& row :
         session.sql().exec_params("select q.thing_kind, q.thing_id::text, m.survivor_id::text from merge_question q join person_merge m "
                                   "on m.id = q.merge_id where q.id = $1",
                                   question_id)) {
      const std::string kind = row[0].as<std::string>(), thing = row[1].as<std::string>();
      if (kind == "restriction")
        if (const auto record = Restrictions(session).Find(thing)) ids = IncidentIdsOf(record->doc.grounds());
      if (kind == "marker")
        if (const auto record = Markers(session).Find(row[2].as<std::string>(), thing, false))
          ids = {record->doc.incident_ids().begin(), record->doc.incident_ids().end()};
    }
    return ids;
  });
  if (!incidents) return incidents.refusal();
  return incidents->empty() ? Evidence() : evidence_.Facts(call, *incidents);
}

Outcome<v1::Person> PeopleMerger::Unmerge(const Call& call, const v1::UnmergePersonRequest& request) {
  return work_.Write<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    People people(session);
    auto survivor = people.FindForUpdate(request.id());
    if (!survivor) return NotFound("person");
    if (auto no = RefusalToRead(call, survivor->doc)) return *no;
    if (auto no = call.StaleAgainst(survivor->doc.etag())) return *no;
    // Asked by the folded record's own id, that is the one to restore.
    std::string merged = request.merged_person_id();
    if (merged.empty() && request.id() != survivor->doc.id() && request.id() != survivor->doc.reference()) merged = request.id();
    const auto open = OpenMergesOf(session, survivor->doc.id(), merged);
    if (open.size() > 1)
      return Invalid({{"council rule", "mergedPersonId", "Several records were folded into this one; name the one to restore."}});
    if (open.empty()) return Conflict(ErrorReason::WRONG_STATE, "council rule", "There is no merge to undo.");
    const OpenMerge merge = Load(session, open.front());
    auto restored = people.FindItself(merge.before_merged.id());
    if (!restored) return NotFound("person");
    const std::string from = survivor->doc.id(), to = restored->doc.id();
    const v1::Person one = survivor->doc;
    restored->doc = TakeBack(one, merge.before_survivor, merge.before_merged);
    GiveBack(survivor->doc, merge.before_survivor, merge.before_merged);
    for (const auto* record : {&*survivor, &*restored})
      if (auto no = RefusalToReemploy(call, one, record->doc)) return *no;
    people.Save(*survivor);
    restored->merged_into.clear();
    people.Save(*restored);
    session.Audit({"person.restored", "person", to, "council rule", to, "", restored->doc.etag()});
    ReturnRestrictions(session, merge, from, to);
    MoveMarkers(session, from, merge.markers, to);
    MoveRows(session, "restorative_step", merge.steps, to);
    MoveRequests(session, merge.requests, to);
    AskAboutNewer(session, merge, survivor->doc);
    session.sql().exec_params("update person_merge set unmerged_at = $2 where id = $1", merge.id, FormatInstant(session.now()));
    session.Audit({"person.unmerged", "person", from, "council rule", from, to, survivor->doc.etag()});
    session.Emit(events::PersonUnmerged{.person = events::PersonRef{.person_id = from}, .merged_person_id = to});
    if (one.state() == v1::Person::State::DECEASED && survivor->doc.state() == v1::Person::State::ACTIVE) TellAlive(session, from);
    v1::Person reply = Whole(session, survivor->doc);
    reply.set_consistency_token(BumpRevision(session, {from, to}));
    return reply;
  });
}

Outcome<v1::Person> PeopleMerger::Answer(const Call& call, const v1::AnswerMergeQuestionRequest& request) {
  const auto evidence = EvidenceAskedAbout(call, request.question_id());
  if (!evidence) return evidence.refusal();
  return work_.Write<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    People people(session);
    auto [survivor, owner] = people.FindBothForUpdate(request.id(), request.person_id());
    if (!survivor) survivor = people.FindForUpdate(request.id());  // whose the thing is was not said, or is nobody
    if (!survivor || !IsUuid(request.question_id())) return NotFound("person");
    const auto rows = session.sql().exec_params(
        "select q.thing_kind, q.thing_id::text, m.merged_id::text, q.person_id is not null, (extract(epoch from m.merged_at) * "
        "1000000)::bigint from merge_question q join person_merge m on m.id = q.merge_id where q.id = $1 and m.survivor_id = $2 for update "
        "of q",
        request.question_id(), survivor->doc.id());
    if (rows.empty()) return NotFound("question");
    if (auto no = RefusalToRead(call, survivor->doc)) return *no;
    if (auto no = call.StaleAgainst(survivor->doc.etag())) return *no;
    const std::string kind = rows[0][0].as<std::string>(), thing = rows[0][1].as<std::string>(), merged = rows[0][2].as<std::string>();
    if (!owner || (owner->doc.id() != survivor->doc.id() && owner->doc.id() != merged))
      return Invalid({{"council rule", "personId", "Say whose it is: one of the two."}});
    if (rows[0][3].as<bool>()) return Conflict(ErrorReason::WRONG_STATE, "council rule", "This question is answered already.");
    const std::string from = survivor->doc.id(), to = owner->doc.id();
    if (to != from) Give(session, {kind, thing, absl::FromUnixMicros(rows[0][4].as<std::int64_t>())}, *evidence, *survivor, *owner);
    session.sql().exec_params("update merge_question set person_id = $2, answered_by = $3 where id = $1", request.question_id(), to,
                              call.actor.id);
    session.Audit({"person.merge_question_answered", "person", from, "council rule", from, thing, to});
    v1::Person reply = Whole(session, survivor->doc);
    reply.set_consistency_token(BumpRevision(session, {from, to}));
    return reply;
  });
}

}  // namespace evenhand::restriction
