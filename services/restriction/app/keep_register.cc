#include "services/restriction/app/keep_register.h"

#include <algorithm>

#include "services/handles/handles.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/register_entry.h"
#include "services/restriction/domain/age.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr std::size_t kLongestInstruction = 200;  // the least that keeps staff safe; no room for a narrative (12.4)

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

}  // namespace

Outcome<marker::v1::Marker> KeepRegister::Propose(const Call& call, const marker::v1::ProposeMarkerRequest& request) {
  const marker::v1::Marker& given = request.marker();
  const std::set<std::string> incidents(given.incident_ids().begin(), given.incident_ids().end());
  const auto all = evidence_.Facts(call, incidents);
  if (!all) return all.refusal();
  std::string area = given.service_area();
  if (area.empty() && !given.incident_ids().empty()) {
    const auto first = all->find(given.incident_ids(0));
    if (first != all->end() && !first->second.staff_named) area = first->second.service_area;
  }
  if (!area.empty())
    if (auto no = call.RefusalIn(area)) return *no;
  return work_.Write<marker::v1::Marker>(call, [&](Session& session) -> Outcome<marker::v1::Marker> {
    People people(session);
    const auto person = people.FindForUpdate(request.id());
    if (!person) return NotFound("person");
    if (auto no = RefusalToRead(call, person->doc)) return *no;
    std::set<std::string> ids;
    for (const std::string& id : people.IdsOf(person->doc.id())) ids.insert(id);
    const Evidence evidence = KnownTo(call.actor, *all, ids);
    Refusals no = FaultsOfEvidence(given.incident_ids(), evidence, ids);
    if (area.empty()) no.push_back({"council rule", "serviceArea", "Say which service area answers for it."});
    if (given.instruction().size() > kLongestInstruction)
      no.push_back({"12.4", "instruction", "Keep the instruction short, without a narrative."});
    if (!given.uprn().empty() && !NormaliseUprn(given.uprn())) no.push_back({"council rule", "uprn", "This can't be read as a UPRN."});
    Add(no, FaultsOfTold(given.told(), given.has_told(), DateOf(session.now())));
    // Entries on infants have been found on such registers: an unknown age matters here.
    Add(no,
        FaultsOfAge({person->doc.date_of_birth(), person->doc.kind() == v1::Person::Kind::ORGANISATION, true, given.age_check().basis()},
                    DateOf(session.now())));
    if (!no.empty()) return Invalid(std::move(no));
    marker::v1::Marker marker = MarkerFrom(given, evidence, area, session.now());
    marker.set_person_id(person->doc.id());
    marker.set_proposed_by(call.actor.id);
    *marker.mutable_proposed_at() = ToProto(session.now());
    Note(session, marker, marker::v1::MarkerEvent::Action::PROPOSED, "");
    Markers(session).Insert(marker);
    Tell<events::MarkerProposed>(session, marker, "");
    marker.set_consistency_token(BumpRevision(session, {person->doc.id()}));
    return marker;
  });
}

Outcome<marker::v1::Marker> KeepRegister::Get(const Call& call, const marker::v1::GetMarkerRequest& request) {
  return work_.Read<marker::v1::Marker>(call, [&](Session& session) -> Outcome<marker::v1::Marker> {
    const auto person = People(session).Find(request.id());
    if (!person) return NotFound("person");
    const auto record = Markers(session).Find(person->doc.id(), request.mid(), false);
    if (!record) return NotFound("register entry");
    if (auto no = call.RefusalIn(record->doc.service_area())) return *no;
    if (auto no = RefusalToRead(call, person->doc)) return *no;
    session.Audit({"marker.read", "marker", record->doc.id(), "12.4", person->doc.id(), "", ""});
    return Present(record->doc, session.now());
  });
}

}  // namespace evenhand::restriction
