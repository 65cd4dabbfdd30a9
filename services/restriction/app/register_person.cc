#include "services/restriction/app/register_person.h"

#include <algorithm>

#include "services/handles/handles.h"
#include "services/platform/base/postal_address.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/rpc/field_mask.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

// Ids and who recorded it are ours to say.
v1::Person PersonFrom(const v1::Person& given) {
  v1::Person person = AsGiven(given);
  if (person.kind() == v1::Person::Kind::KIND_UNSPECIFIED) person.set_kind(v1::Person::Kind::INDIVIDUAL);
  for (auto& adjustment : *person.mutable_adjustments()) adjustment.clear_id();
  return person;
}

// An adjustment or handle that is given again as it was stays the same one.
void KeepWhatStays(const v1::Person& before, v1::Person& after) {
  for (auto& adjustment : *after.mutable_adjustments()) {
    const auto same = std::ranges::find(before.adjustments(), adjustment.id(), [](const auto& a) { return a.id(); });
    if (same == before.adjustments().end() || adjustment.id().empty()) {
      adjustment.clear_id();
      continue;
    }
    adjustment.set_recorded_by(same->recorded_by());
    *adjustment.mutable_recorded_at() = same->recorded_at();
    if (same->has_ended_at()) *adjustment.mutable_ended_at() = same->ended_at();
  }
  for (auto& handle : *after.mutable_handles()) {
    for (const auto& old : before.handles())
      if (old.kind() == handle.kind() && old.value() == handle.value() && old.has_since()) *handle.mutable_since() = old.since();
  }
}

// What nothing can be posted to isn't kept as confirmed; what was kept before doesn't stand in the way of another change.
void CheckPostal(const v1::PostalAddress& address, Refusals& no) {
  if (!address.confirmed()) return;
  for (Violation& fault : FaultsOfAddress({address.lines().begin(), address.lines().end()}, "postalAddress.lines"))
    no.push_back(std::move(fault));
}

struct Asked {
  std::string kind;
  std::string field;
  std::string value;
};

std::vector<Asked> AskedIn(const v1::ResolvePeopleRequest& request) {
  std::vector<Asked> asked;
  const auto add = [&](const char* kind, const char* field, const std::string& value) {
    if (!value.empty()) asked.push_back({kind, field, value});
  };
  add("PHONE", "phone", request.phone());
  add("EMAIL", "email", request.email());
  add("CRM_REF", "crmRef", request.crm_ref());
  add("UPRN", "uprn", request.uprn());
  add("SOCIAL", "socialHandle", request.social_handle());
  add("REFERENCE", "reference", request.reference());
  return asked;
}

}  // namespace

Outcome<v1::Person> RegisterPerson::Create(const Call& call, const v1::Person& given) {
  return work_.Write<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    v1::Person person = PersonFrom(given);
    Refusals no = FaultsOf(session, person);
    CheckPostal(person.postal_address(), no);
    if (!no.empty()) return Invalid(std::move(no));
    Complete(session, person);
    People(session).Insert(person);
    session.Audit({"person.registered", "person", person.id(), "12.4", person.id(), "", person.etag()});
    session.Emit(events::PersonRegistered{.person = events::PersonRef{.person_id = person.id()}});
    person.set_consistency_token(BumpRevision(session, {person.id()}));
    return person;
  });
}

Outcome<v1::Person> RegisterPerson::Get(const Call& call, const v1::GetPersonRequest& request) {
  return work_.Read<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    const auto record = People(session).Find(request.id());
    if (!record) return NotFound("person");
    if (auto no = RefusalToRead(call, record->doc)) return *no;
    session.Audit({"person.read", "person", record->doc.id(), "12.4", record->doc.id(), "", ""});
    return Whole(session, record->doc);
  });
}

Outcome<v1::Person> RegisterPerson::Update(const Call& call, const v1::UpdatePersonRequest& request) {
  return work_.Write<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    auto record = People(session).FindForUpdate(request.person().id());
    if (!record) return NotFound("person");
    if (auto no = RefusalToRead(call, record->doc)) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    const v1::Person before = record->doc;
    ApplyMask(request.person(), request.update_mask(), &record->doc);
    if (auto no = RefusalToReemploy(call, before, record->doc)) return *no;
    Refusals no = FaultsOf(session, record->doc);
    if (before.postal_address().SerializeAsString() != record->doc.postal_address().SerializeAsString())
      CheckPostal(record->doc.postal_address(), no);
    if (!no.empty()) return Invalid(std::move(no));
    KeepWhatStays(before, record->doc);
    Complete(session, record->doc);
    return Keep<events::PersonChanged>(session, *record, "12.4");
  });
}

Outcome<v1::ResolvePeopleResponse> RegisterPerson::Resolve(const Call& call, const v1::ResolvePeopleRequest& request) {
  const auto asked = AskedIn(request);
  if (asked.size() != 1)
    return Invalid({{"council rule", "", "Name exactly one handle: phone, email, crmRef, uprn, socialHandle or reference."}});
  const Asked& one = asked.front();
  const auto normal = one.kind == "REFERENCE" ? std::optional(one.value) : Normalise(one.kind, one.value);
  if (!normal) return Invalid({{"council rule", one.field, "This can't be read as such a handle."}});
  return work_.Read<v1::ResolvePeopleResponse>(call, [&](Session& session) -> Outcome<v1::ResolvePeopleResponse> {
    People people(session);
    std::vector<FoundPerson> found;
    if (one.kind != "REFERENCE") {
      found = people.WithHandle(one.kind, *normal);
    } else if (const auto record = people.Find(*normal)) {
      found.push_back({record->doc.id(), record->doc.reference(), record->doc.display_name()});
    }
    v1::ResolvePeopleResponse reply;
    for (const FoundPerson& person : found) {
      const auto record = people.Find(person.person_id);
      if (!record) continue;
      if (RefusalToRead(call, record->doc)) {
        session.Audit({"person.resolve_refused", "person", person.person_id, "12.4", person.person_id, "", ""});
        continue;
      }
      auto* match = reply.add_people();
      match->set_match(found.size() > 1 || person.shared || !person.confirmed ? HandleMatch::POSSIBLE : HandleMatch::EXACT);
      match->set_person_id(person.person_id);
      match->set_reference(person.reference);
      match->set_display_name(person.display_name);
      session.Audit({"person.resolved", "person", person.person_id, "12.4", person.person_id, "", ""});
    }
    if (found.empty()) session.Audit({"person.resolved", "person", "", "12.4", "", "", ""});
    return reply;
  });
}

}  // namespace evenhand::restriction
