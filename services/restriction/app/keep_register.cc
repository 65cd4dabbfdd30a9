#include "services/restriction/app/keep_register.h"

#include <algorithm>

#include "services/handles/handles.h"
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

Outcome<v1::Marker> KeepRegister::Propose(const Call& call, const v1::ProposeMarkerRequest& request) {
  const std::set<std::string> incidents(request.incident_ids().begin(), request.incident_ids().end());
  const auto evidence = evidence_.Facts(call, incidents);
  if (!evidence) return evidence.refusal();
  std::string area = request.service_area();
  if (area.empty() && !request.incident_ids().empty() && evidence->contains(request.incident_ids(0)))
    area = evidence->at(request.incident_ids(0)).service_area;
  if (!area.empty())
    if (auto no = call.RefusalIn(area)) return *no;
  return work_.Write<v1::Marker>(call, [&](Session& session) -> Outcome<v1::Marker> {
    People people(session);
    const auto person = people.FindForUpdate(request.id());
    if (!person) return NotFound("person");
    if (auto no = RefusalToRead(call, person->doc)) return *no;
    std::set<std::string> ids;
    for (const std::string& id : people.IdsOf(person->doc.id())) ids.insert(id);
    Refusals no = FaultsOfEvidence(request.incident_ids(), *evidence, ids);
    if (area.empty()) no.push_back({"4.3", "serviceArea", "Say which service area answers for it."});
    if (request.instruction().size() > kLongestInstruction)
      no.push_back({"12.4", "instruction", "Keep the instruction short, without a narrative."});
    if (!request.uprn().empty() && !NormaliseUprn(request.uprn())) no.push_back({"12.4", "uprn", "This can't be read as a UPRN."});
    Add(no, FaultsOfTold(request.told(), request.has_told(), DateOf(session.now())));
    // Entries on infants have been found on such registers: an unknown age matters here.
    Add(no,
        FaultsOfAge({person->doc.date_of_birth(), person->doc.kind() == v1::Person::Kind::ORGANISATION, true, request.age_check().basis()},
                    DateOf(session.now())));
    if (!no.empty()) return Invalid(std::move(no));
    v1::Marker marker = MarkerFrom(request, *evidence, area, session.now());
    marker.set_person_id(person->doc.id());
    marker.set_proposed_by(call.actor.id);
    *marker.mutable_proposed_at() = ToProto(session.now());
    Note(session, marker, "PROPOSED", "");
    Markers(session).Insert(marker);
    Tell(session, marker, "proposed", "");
    marker.set_consistency_token(BumpRevision(session, {person->doc.id()}));
    return marker;
  });
}

Outcome<v1::Marker> KeepRegister::Get(const Call& call, const v1::GetMarkerRequest& request) {
  return work_.Read<v1::Marker>(call, [&](Session& session) -> Outcome<v1::Marker> {
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
