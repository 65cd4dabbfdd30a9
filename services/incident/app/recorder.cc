#include "services/incident/app/recorder.h"

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_up_sync.h"
#include "services/incident/app/handles.h"
#include "services/incident/app/rights_of.h"
#include "services/incident/domain/injury_rule.h"
#include "services/platform/base/uuid.h"
#include "services/platform/calendar/holidays.h"

namespace evenhand::incident {
namespace {

using Kind = v1::IncidentVersion::Kind;

// What the source does not say and an amendment must not lose.
void KeepOurOwn(const v1::Incident& before, v1::Incident& after) {
  after.set_id(before.id());
  after.set_reference(before.reference());
  *after.mutable_recorded_at() = before.recorded_at();
  after.set_recorded_by(before.recorded_by());
  *after.mutable_link() = before.link();
  after.set_person_id(before.person_id());
  after.set_duplicate_of(before.duplicate_of());
  const bool put_aside = before.state() == v1::IncidentState::DUPLICATE;
  if (put_aside && after.state() == v1::IncidentState::RECORDED) after.set_state(before.state());
}

void LinkAsReported(v1::Incident& incident, const std::string& by, absl::Time now) {
  v1::PersonLink& link = *incident.mutable_link();
  if (!link.person_id().empty()) {
    link.set_state(v1::PersonLink::State::UNCONFIRMED);  // named while the register was away
  } else if (!incident.person().person_id().empty()) {
    link.set_state(v1::PersonLink::State::CONFIRMED);
    link.set_person_id(incident.person().person_id());
    link.set_by(by);
    SetTime(link.mutable_at(), now);
    incident.set_person_id(link.person_id());
  } else if (!incident.person_unknown()) {
    link.set_state(v1::PersonLink::State::UNCONFIRMED);
  }
}

Kind::Value KindOf(const VersionDecision& decision, bool withdrawn) {
  if (decision.outcome == Becomes::kCreated) return withdrawn ? Kind::WITHDRAWN : Kind::RECORDED;
  if (decision.replaces) return withdrawn ? Kind::WITHDRAWN : Kind::AMENDED;
  return decision.text_differs ? Kind::OTHER_TEXT : Kind::EARLIER_TEXT;
}

}  // namespace

Recorder::Recorder(Session& session, const Closure& closure, const std::string& system, Way way, const std::set<std::string>& refs,
                   DryRun* dry_run)
    : session_(session), closure_(closure), system_(system), way_(way), dry_run_(dry_run) {
  std::set<std::string> keys;
  for (const std::string& ref : refs) keys.insert(RecordKey(ref));
  auto held = LockBySource(session, SourceKey(system), keys);
  std::vector<std::string> ids;
  for (const auto& [key, one] : held) ids.push_back(one.incident.id());
  auto texts = LoadTexts(session, ids);
  auto follow_ups = LoadFollowUps(session, ids);
  const std::vector<std::string> references =
      dry_run == nullptr ? NewReferences(session, keys.size() - held.size()) : std::vector<std::string>(keys.size());
  auto next = references.begin();
  for (const std::string& key : keys) {
    Record& record = records_[key];
    const auto found = held.find(key);
    if (found == held.end()) {
      record.is_new = true;
      record.held.incident.set_id(NewUuid());
      record.held.incident.set_reference(*next++);
      continue;
    }
    record.held = std::move(found->second);
    const std::string& id = record.held.incident.id();
    record.kept = texts[id].count;
    record.versions = {true, record.held.incident.source_version(), std::move(texts[id].texts), record.held.cut_off,
                       record.held.from_source};
    record.follow_ups = std::move(follow_ups[id]);
  }
}

// A file of the portal's is the portal's word, whichever of the two roles brings it in; a row that a manager mended is theirs.
bool Recorder::FromSource() const {
  return SpeaksFor(session_.actor(), system_) || (way_ == Way::kPortalFile && session_.actor().Has(Role::kHealthSafetyAdviser));
}

IncomingVersion Recorder::VersionIn(const v1::Incident& content, bool cut_off) const {
  return {content.source_version(), TextHash(content), content.state() == v1::IncidentState::WITHDRAWN, cut_off, FromSource()};
}

// The same record, however its number is written this time, is the same text.
const Incoming& Recorder::AsHeld(const Record& record, const Incoming& incoming, Incoming& room) {
  const v1::Incident& held = record.held.incident;
  if (held.source_ref().empty() ||
      (held.source_ref() == incoming.content.source_ref() && held.source_system() == incoming.content.source_system()))
    return incoming;
  room = incoming;
  room.content.set_source_ref(held.source_ref());
  room.content.set_source_system(held.source_system());
  return room;
}

Refusals Recorder::RefusalsToTake(const Incoming& arrived) const {
  const Record& record = records_.at(RecordKey(arrived.content.source_ref()));
  Incoming room;
  const Incoming& incoming = AsHeld(record, arrived, room);
  if (record.is_new && !record.changed) return RefusalsToRecordFirst(session_.actor(), system_, way_);
  if (SpeaksFor(session_.actor(), system_)) return {};
  Closeness closeness = ClosenessOf(closure_, session_.actor(), record.held.incident, record.held.director_stands_in);
  const VersionDecision decision = Decide(record.versions, VersionIn(incoming.content, incoming.cut_off));
  // A file sent again is the same file: its repeats change nothing, and who may know of the record may know that it is there.
  if (way_ == Way::kPortalFile && !decision.replaces && !decision.keep_text && ViewOf(closeness) >= View::REFERENCE) return {};
  std::vector<std::string> rights;
  if (decision.replaces) rights = ChangedRights(record.held.incident, incoming.content);
  if (!rights.empty()) AddHarmed(session_, record.held.incident.id(), closeness);
  return RefusalsToRecordAgain(system_, way_, rights, closeness);
}

Taken Recorder::Take(const Incoming& arrived) {
  const std::string key = RecordKey(arrived.content.source_ref());
  Record& record = records_.at(key);
  Incoming room;
  const Incoming& incoming = AsHeld(record, arrived, room);
  const IncomingVersion version = VersionIn(incoming.content, incoming.cut_off);
  if (dry_run_ != nullptr) dry_run_->AddTo(key, version, record.versions);
  VersionDecision decision = Decide(record.versions, version);
  if (dry_run_ != nullptr) dry_run_->Note(key, version, decision);
  if (record.held.incident.state() == v1::IncidentState::NOT_KEPT) decision = {};  // 8.9: a manager decided that no text is kept
  if (decision.replaces) Replace(record, incoming, decision.outcome == Becomes::kCreated);
  if (decision.keep_text) KeepText(record, incoming, KindOf(decision, version.withdrawn), version.hash);
  Tell(record, decision);
  return {decision, record.held.incident.id(), record.held.incident.reference()};
}

void Recorder::Replace(Record& record, const Incoming& incoming, bool created) {
  v1::Incident next = incoming.content;
  const std::string& by = session_.actor().id;
  if (created) {
    next.set_id(record.held.incident.id());
    next.set_reference(record.held.incident.reference());
    SetTime(next.mutable_recorded_at(), session_.now());
    next.set_recorded_by(by);
    LinkAsReported(next, by, session_.now());
  } else {
    const v1::PersonLink named = next.link();
    KeepOurOwn(record.held.incident, next);
    const auto known = next.link().state();
    // A later version may say who it was; what a human confirmed or took back stays as they decided.
    const bool open = known == v1::PersonLink::State::STATE_UNSPECIFIED || known == v1::PersonLink::State::UNCONFIRMED;
    if (open && !next.person().person_id().empty()) {
      *next.mutable_link() = named;
      LinkAsReported(next, by, session_.now());
      if (!next.person_id().empty()) set_.events.push_back(About<events::IncidentPersonLinked>(next));
    }
  }
  FlagHandles(next);
  FlagArea(*session_.call().areas, next);
  PutInjuryClock(next, session_.now());
  SetTime(next.mutable_updated_at(), session_.now());
  record.held.incident = std::move(next);
  record.held.cut_off = incoming.cut_off;
  record.held.from_source = FromSource();
  record.versions.current_from_source = record.held.from_source;
  ++record.held.version;
  record.held.incident.set_etag(EtagOf(record.held.version));
  record.versions.known = true;
  record.versions.current = incoming.content.source_version();
  record.versions.current_cut_off = incoming.cut_off;
  record.changed = true;
}

void Recorder::KeepText(Record& record, const Incoming& incoming, Kind::Value kind, const std::string& hash) {
  v1::Incident text = TextOf(incoming.content);
  text.set_id(record.held.incident.id());
  text.set_reference(record.held.incident.reference());
  record.versions.texts.emplace(incoming.content.source_version(), hash);
  set_.versions.push_back({record.held.incident.id(), ++record.kept, kind, incoming.content.source_version(), session_.actor().id,
                           incoming.reason, hash, text.SerializeAsString()});
}

void Recorder::Tell(const Record& record, const VersionDecision& decision) {
  const v1::Incident& incident = record.held.incident;
  const auto audit = [&](const std::string& action, const std::string& clause) {
    set_.audit.push_back({action, "incident", incident.id(), clause, incident.person_id(), "", record.held.incident.etag()});
  };
  switch (decision.outcome) {
    case Becomes::kCreated:
      audit("incident.recorded", "4.4");
      set_.events.push_back(About<events::IncidentRecorded>(incident));
      if (IsStaffNamed(incident))
        set_.events.push_back(
            events::IncidentStaffNamed{.incident = RefOf(incident), .facts = KnownOf(incident), .director_stands_in = false});
      break;
    case Becomes::kAmended:
      audit("incident.amended", "12.4");
      set_.events.push_back(About<events::IncidentAmended>(incident));
      break;
    case Becomes::kWithdrawn:
      audit("incident.withdrawn", "12.4");
      set_.events.push_back(About<events::IncidentWithdrawn>(incident));
      break;
    case Becomes::kDuplicate:
      if (decision.replaces) {  // the whole of a text that had come cut
        audit("incident.amended", "12.4");
        set_.events.push_back(About<events::IncidentAmended>(incident));
      } else if (decision.keep_text) {  // beside the one that counts
        audit(decision.text_differs ? "incident.other_text_kept" : "incident.earlier_text_kept", "12.4");
      }
      break;
  }
}

WriteSet Recorder::Finish() {
  const WorkingDays calendar = CouncilCalendar(session_);
  for (auto& [ref, record] : records_) {
    if (!record.changed) continue;
    SyncFollowUps(record.held, record.follow_ups, session_, calendar, set_);
    (record.is_new ? set_.inserts : set_.updates).push_back(record.held);
  }
  return std::move(set_);
}

void AddHarmed(Session& session, const std::string& incident_id, Closeness& closeness) {
  const auto harmed = HarmedIn(session, {incident_id});
  if (const auto found = harmed.find(incident_id); found != harmed.end())
    closeness.harmed.insert(closeness.harmed.end(), found->second.begin(), found->second.end());
}

VersionRow VersionOf(const HeldIncident& held, std::int64_t number, Kind::Value kind, const std::string& by, const std::string& reason) {
  return {held.incident.id(),
          number,
          kind,
          held.incident.source_version(),
          by,
          reason,
          TextHash(held.incident),
          TextOf(held.incident).SerializeAsString()};
}

}  // namespace evenhand::incident
