#include "services/restriction/app/own_work.h"

#include <map>

#include "services/restriction/app/facts.h"
#include "services/restriction/app/who_decides.h"
#include "services/restriction/store/delegations.h"
#include "services/restriction/store/markers.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/restrictions.h"
#include "services/restriction/store/time.h"
#include "services/work/as_call.h"

namespace evenhand::restriction {
namespace {

using work::v1::ListOwnWorkRequest;
using work::v1::ListOwnWorkResponse;

constexpr int kReviewsAhead = 14;     // days: time to ask those concerned before the review's day
constexpr std::size_t kAtOnce = 100;  // incidents that are asked about in one call

// What may wait for the caller, as one thing to decide on.
struct Candidate {
  std::string person_id;
  std::set<std::string> incident_ids;
  std::string area, deciding_area, proposed_by;
  bool limits_complaints = false;
  bool marker = false, own = false;  // a register entry; one's own proposal that came back
  WorkItem item;
};

std::optional<absl::Time> EndOfDay(const std::string& day) {
  const auto date = ParseDate(day);
  return date ? std::optional(EndOf(*date)) : std::nullopt;
}

Candidate CandidateOf(const v1::Restriction& r, const Actor& actor, absl::Time now) {
  Candidate one{.person_id = r.person_id(),
                .incident_ids = IncidentIdsOf(r.grounds()),
                .area = r.service_area(),
                .deciding_area = r.deciding_area(),
                .proposed_by = r.proposed_by(),
                .limits_complaints = IsAboutComplaints(r.measures(), r.grounds()),
                .item = {}};
  const std::string href = "/v1/restrictions/" + r.id();
  one.own = r.state() == RestrictionState::PROPOSED && r.has_returned() && r.proposed_by() == actor.id;
  if (r.state() == RestrictionState::PROPOSED) {
    one.item = ItemOf(WorkKind::PROPOSAL, one.own ? "Correct a proposal that came back" : "Decide on a proposed restriction", r.reference(),
                      std::nullopt, href, now);
  } else {
    const auto due = r.has_open_review() && r.open_review().has_due_at() ? std::optional(FromProto(r.open_review().due_at()))
                                                                         : EndOfDay(r.review_due_on());
    one.item =
        ItemOf(WorkKind::REVIEW, r.has_open_review() && r.open_review().urgent() ? "Review a restriction urgently" : "Review a restriction",
               r.reference(), due, href, now);
  }
  return one;
}

Candidate CandidateOf(const marker::v1::Marker& m, absl::Time now) {
  Candidate one{.person_id = m.person_id(),
                .incident_ids = {m.incident_ids().begin(), m.incident_ids().end()},
                .area = m.service_area(),
                .deciding_area = "",
                .proposed_by = m.proposed_by(),
                .marker = true,
                .item = {}};
  const std::string href = "/v1/people/" + m.person_id() + "/markers/" + m.id();
  one.item = m.state() == marker::v1::Marker::State::PROVISIONAL
                 ? ItemOf(WorkKind::PROPOSAL, "Decide on an entry of the register", m.reference(), std::nullopt, href, now)
                 : ItemOf(WorkKind::REVIEW, "Review an entry of the register", m.reference(), EndOfDay(m.review_on()), href, now);
  return one;
}

std::vector<Candidate> CandidatesFor(Session& session, const Actor& actor) {
  std::vector<std::string> areas = actor.areas;
  for (const std::string& area : Delegations(session).AreasHeldNow(actor.id)) areas.push_back(area);
  const LocalDate ahead = DateOf(session.now()) + kReviewsAhead;
  std::vector<Candidate> found;
  for (const v1::Restriction& r : Restrictions(session).Undecided(areas, ahead)) {
    // A returned one waits for who proposed it.
    if (!r.has_returned() || r.proposed_by() == actor.id) found.push_back(CandidateOf(r, actor, session.now()));
  }
  for (const marker::v1::Marker& m : Markers(session).Undecided(areas, ahead)) found.push_back(CandidateOf(m, session.now()));
  return found;
}

Outcome<Evidence> EvidenceOf(EvidenceSource& source, const Call& call, const std::vector<Candidate>& candidates) {
  std::set<std::string> ids, some;
  for (const Candidate& one : candidates) ids.insert(one.incident_ids.begin(), one.incident_ids.end());
  Evidence all;
  for (const std::string& id : ids) {
    some.insert(id);
    if (some.size() < kAtOnce && id != *ids.rbegin()) continue;
    auto facts = source.Facts(call, some);
    if (!facts.ok()) return facts.refusal();
    all.merge(*facts);
    some.clear();
  }
  return all;
}

// The same questions as of the decision itself: may this person decide, and may they read it?
bool WaitsFor(Session& session, const Candidate& one, const v1::Person& person, const Evidence& all, const Call& reads,
              const Call& decides) {
  if (RefusalInEither(reads, one.area, one.deciding_area)) return false;
  if (!RefusalsToRead(reads.actor, SubjectOf(person)).empty()) return false;
  if (one.own) return true;
  Evidence evidence;
  for (const std::string& id : one.incident_ids)
    if (const auto fact = all.find(id); fact != all.end()) evidence.insert(*fact);
  std::string delegation;
  const Decidable thing{one.area, one.deciding_area, one.proposed_by, one.limits_complaints, one.marker ? "4.3" : "7.3"};
  return !RefusalToDecide(decides, session, thing, person, evidence, delegation);
}

}  // namespace

Outcome<ListOwnWorkResponse> OwnWork(UnitOfWork& work, EvidenceSource& source, const Authority& authority, const Call& call,
                                     const ListOwnWorkRequest& request) {
  const auto reads = AsCallOf(call, authority, "evenhand.restriction.v1.RestrictionService/GetRestriction");
  const auto decides = AsCallOf(call, authority, "evenhand.restriction.v1.RestrictionService/ImposeRestriction");
  const auto reads_markers = AsCallOf(call, authority, "evenhand.marker.v1.MarkerService/GetMarker");
  const auto confirms = AsCallOf(call, authority, "evenhand.marker.v1.MarkerService/ConfirmMarker");
  if (!reads || !decides || !reads_markers || !confirms) return ListOwnWorkResponse();
  std::vector<Candidate> candidates;
  const auto found = work.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    candidates = CandidatesFor(session, call.actor);
    return true;
  });
  if (!found.ok()) return found.refusal();
  const auto evidence = EvidenceOf(source, call, candidates);
  if (!evidence.ok()) return evidence.refusal();
  return work.Read<ListOwnWorkResponse>(call, [&](Session& session) -> Outcome<ListOwnWorkResponse> {
    People people(session);
    std::map<std::string, std::optional<PersonRecord>> known;
    std::vector<WorkItem> items;
    for (Candidate& one : candidates) {
      auto [at, fresh] = known.try_emplace(one.person_id);
      if (fresh) at->second = people.Find(one.person_id);
      if (!at->second) continue;
      if (WaitsFor(session, one, at->second->doc, *evidence, one.marker ? *reads_markers : *reads, one.marker ? *confirms : *decides))
        items.push_back(std::move(one.item));
    }
    return PartOf(std::move(items), request);
  });
}

}  // namespace evenhand::restriction
