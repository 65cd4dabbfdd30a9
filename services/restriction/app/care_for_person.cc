#include "services/restriction/app/care_for_person.h"

#include <algorithm>

#include "services/platform/base/uuid.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/pg/document.h"
#include "services/platform/rpc/field_mask.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/restrictions.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"
#include "services/wording/measure_words.h"

namespace evenhand::restriction {
namespace {

// A day in the past or today; empty: today.
std::string DayOrToday(const std::string& text, LocalDate today, std::string_view clause, const char* field, Refusals& no) {
  if (text.empty()) return FormatDate(today);
  const auto date = ParseDate(text);
  if (!date) no.push_back({std::string(clause), field, "Write the date as YYYY-MM-DD."});
  if (date && *date > today) no.push_back({std::string(clause), field, "This date is in the future."});
  return text;
}

// Whoever may not look people up knows one by the id that a check gave them; readable references can be guessed, and tell them nothing.
bool Known(const Call& call, const std::string& id) { return call.actor.RanksAtLeast(Role::kTeamLeader) || IsUuid(id); }

// The council may not fall silent because the one it spoke to has gone (scenario 11), nor name a way that is closed.
Refusals FaultsOfTemporaryChannel(Session& session, const v1::Person& person, const std::string& channel) {
  bool only = person.advocate().only_contact();
  wording::Channels closed;
  for (const auto& restriction : Restrictions(session).InForceOf(person.id(), "", "")) {
    for (const auto& m : restriction.measures()) {
      only |= wording::GoesThrough(m.kind(), m.name(), person.advocate().name());
      closed.Add(wording::ClosedBy({.kind = m.kind(), .channel = m.channel()}));
    }
  }
  if (only && !Said(channel))
    return {{"5.4", "temporaryChannel", "The council spoke to the advocate only; name the channel that is open meanwhile."}};
  closed.Remove(Channel::CHANNEL_UNSPECIFIED);
  if (closed.Has(wording::NamedWay(channel).channel))
    return {{"council rule", "temporaryChannel", "This channel is closed to the person; name one that is open meanwhile."}};
  return {};
}

}  // namespace

Outcome<v1::RestorativeStep> CareForPerson::AddRestorativeStep(const Call& call, const v1::AddRestorativeStepRequest& request) {
  const v1::RestorativeStep& given = request.step();
  return work_.Write<v1::RestorativeStep>(call, [&](Session& session) -> Outcome<v1::RestorativeStep> {
    const auto person = Known(call, request.id()) ? People(session).FindForUpdate(request.id()) : std::nullopt;
    if (!person) return NotFound("person");
    if (auto no = RefusalToRead(call, person->doc)) return *no;
    Refusals no;
    if (given.kind() == 0) no.push_back({"12.1", "kind", "Say what was tried."});
    if (given.kind() == v1::RestorativeStep::Kind::OTHER && !Said(given.description()))
      no.push_back({"12.1", "description", "Describe what was tried."});
    const std::string on = DayOrToday(given.taken_on(), DateOf(session.now()), "council rule", "takenOn", no);
    if (!no.empty()) return Invalid(std::move(no));
    v1::RestorativeStep step = AsGiven(given);
    step.set_id(NewUuid());
    step.set_taken_on(on);
    step.set_recorded_by(call.actor.id);
    *step.mutable_recorded_at() = ToProto(session.now());
    session.sql().exec_params("insert into restorative_step (id, person_id, document, recorded_at) values ($1, $2, $3, $4)", step.id(),
                              person->doc.id(), ToDocument(step), FormatInstant(session.now()));
    People(session).Touch(person->doc.id());
    session.Audit({"person.restorative_step", "person", person->doc.id(), "12.1", person->doc.id(), "", step.id()});
    return step;
  });
}

Outcome<v1::Adjustment> CareForPerson::AddAdjustment(const Call& call, const v1::AddAdjustmentRequest& request) {
  return work_.Write<v1::Adjustment>(call, [&](Session& session) -> Outcome<v1::Adjustment> {
    auto record = Known(call, request.id()) ? People(session).FindForUpdate(request.id()) : std::nullopt;
    if (!record) return NotFound("person");
    if (auto no = RefusalToRead(call, record->doc)) return *no;
    if (!Said(request.adjustment().description())) return Invalid({{"5.4", "description", "Say what the person needs."}});
    auto* adjustment = record->doc.add_adjustments();
    adjustment->set_description(request.adjustment().description());
    *adjustment->mutable_usable_channels() = request.adjustment().usable_channels();
    Complete(session, record->doc);
    v1::Adjustment reply = *adjustment;
    Keep<events::PersonAdjusted>(session, *record, "5.4");
    return reply;
  });
}

Outcome<v1::Adjustment> CareForPerson::EndAdjustment(const Call& call, const v1::EndAdjustmentRequest& request) {
  return work_.Write<v1::Adjustment>(call, [&](Session& session) -> Outcome<v1::Adjustment> {
    auto record = People(session).FindForUpdate(request.id());
    if (!record) return NotFound("person");
    if (auto no = RefusalToRead(call, record->doc)) return *no;
    auto& adjustments = *record->doc.mutable_adjustments();
    const auto found = std::ranges::find(adjustments, request.adjustment_id(), [](const auto& a) { return a.id(); });
    if (found == adjustments.end()) return NotFound("adjustment");
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    if (found->has_ended_at()) return Conflict(ErrorReason::WRONG_STATE, "council rule", "This adjustment has ended already.");
    *found->mutable_ended_at() = ToProto(session.now());
    v1::Adjustment reply = *found;
    Keep<events::PersonAdjusted>(session, *record, "5.4");
    return reply;
  });
}

Outcome<v1::NoContactRequest> CareForPerson::AddNoContactRequest(const Call& call, const v1::AddNoContactRequestRequest& request) {
  const v1::NoContactRequest& given = request.request();
  return work_.Write<v1::NoContactRequest>(call, [&](Session& session) -> Outcome<v1::NoContactRequest> {
    const auto person = Known(call, request.id()) ? People(session).FindForUpdate(request.id()) : std::nullopt;
    if (!person) return NotFound("person");
    v1::NoContactRequest made;
    made.set_id(NewUuid());
    made.set_staff_id(given.staff_id().empty() ? call.actor.id : given.staff_id());
    made.set_kind(given.kind() == 0 ? v1::NoContactRequest::Kind::NO_CONTACT : given.kind());
    made.set_manager_id(given.manager_id());
    made.set_etag(EtagOf(1));
    *made.mutable_requested_at() = ToProto(session.now());
    // For themselves anybody asks, whoever the person is; for others, and in whose name letters go, is part of the case.
    const bool own = made.staff_id() == call.actor.id && made.kind() == v1::NoContactRequest::Kind::NO_CONTACT;
    if (!own)
      if (auto no = RefusalToRead(call, person->doc)) return *no;
    if (made.staff_id() != call.actor.id && !call.actor.RanksAtLeast(Role::kTeamLeader))
      return NotPermitted("10.6", "Staff ask for themselves; a team leader may record it for them.");
    if (made.kind() == v1::NoContactRequest::Kind::LETTERS_IN_MANAGERS_NAME) {
      // It changes from whom everybody's letters to the person come.
      if (!call.actor.RanksAtLeast(Role::kTeamLeader))
        return NotPermitted("council rule", "Ask your team leader: they record in whose name letters go.");
      if (!IsStaffNumber(made.manager_id()) || made.manager_id() == made.staff_id())
        return Invalid({{"10.6", "managerId", "Say in which senior manager's name letters are to go, by staff number."}});
    }
    const std::string kind = v1::NoContactRequest::Kind::Value_Name(made.kind());
    const auto done = session.sql().exec_params(
        "insert into no_contact_request (id, person_id, staff_id, kind, manager_id, reason, requested_at) values ($1, $2, $3, $4, $5, $6, "
        "$7) "
        "on conflict do nothing",
        made.id(), person->doc.id(), made.staff_id(), kind, made.manager_id(), given.reason(), FormatInstant(session.now()));
    if (done.affected_rows() == 0) return Conflict(ErrorReason::ALREADY_EXISTS, "council rule", "This request stands already.");
    People(session).Touch(person->doc.id());
    session.Audit({"person.no_contact_requested", "person", person->doc.id(), "10.6", person->doc.id(), "", made.id()});
    session.Emit(events::PersonNoContactRequested{.person = events::PersonRef{.person_id = person->doc.id()}, .kind = made.kind()});
    BumpRevision(session, {person->doc.id()});
    return made;
  });
}

Outcome<v1::NoContactRequest> CareForPerson::WithdrawNoContactRequest(const Call& call,
                                                                      const v1::WithdrawNoContactRequestRequest& request) {
  return work_.Write<v1::NoContactRequest>(call, [&](Session& session) -> Outcome<v1::NoContactRequest> {
    const auto person = People(session).FindForUpdate(request.id());
    if (!person) return NotFound("person");
    v1::Person with_requests;
    with_requests.set_id(person->doc.id());
    People(session).AddRequests(with_requests, false);
    const auto& all = with_requests.no_contact_requests();
    const auto found = std::ranges::find(all, request.request_id(), [](const auto& r) { return r.id(); });
    if (found == all.end()) return NotFound("no-contact request");
    if (found->staff_id() != call.actor.id) {
      if (auto no = RefusalToRead(call, person->doc)) return *no;
      if (!call.actor.RanksAtLeast(Role::kSeniorManager))
        return NotPermitted("council rule", "Who asked for no contact withdraws it; for somebody who has left a senior manager does.");
    }
    if (auto no = call.StaleAgainst(found->etag())) return *no;
    session.sql().exec_params("update no_contact_request set withdrawn_at = $2 where id = $1", found->id(), FormatInstant(session.now()));
    session.Audit({"person.no_contact_withdrawn", "person", person->doc.id(), "10.6", person->doc.id(), found->id(), ""});
    v1::NoContactRequest reply = *found;
    reply.set_etag(EtagOf(2));
    *reply.mutable_withdrawn_at() = ToProto(session.now());
    BumpRevision(session, {person->doc.id()});
    return reply;
  });
}

Outcome<v1::Person> CareForPerson::RecordDeath(const Call& call, const v1::RecordDeathRequest& request) {
  return work_.Write<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    auto record = People(session).FindForUpdate(request.id());
    if (!record) return NotFound("person");
    if (auto no = RefusalToRead(call, record->doc)) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    Refusals no;
    const std::string on = DayOrToday(request.died_on(), DateOf(session.now()), "council rule", "diedOn", no);
    if (!no.empty()) return Invalid(std::move(no));
    if (record->doc.state() == v1::Person::State::DECEASED)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "The death is recorded already.");
    record->doc.set_state(v1::Person::State::DECEASED);
    record->doc.set_died_on(on);
    return Keep<events::PersonDied>(session, *record, "council rule");
  });
}

Outcome<v1::Person> CareForPerson::RecordAdvocateResignation(const Call& call, const v1::RecordAdvocateResignationRequest& request) {
  return work_.Write<v1::Person>(call, [&](Session& session) -> Outcome<v1::Person> {
    auto record = People(session).FindForUpdate(request.id());
    if (!record) return NotFound("person");
    if (auto no = RefusalToRead(call, record->doc)) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    Refusals no;
    const std::string on = DayOrToday(request.resigned_on(), DateOf(session.now()), "council rule", "resignedOn", no);
    for (Violation& fault : FaultsOfTemporaryChannel(session, record->doc, request.temporary_channel())) no.push_back(std::move(fault));
    if (!no.empty()) return Invalid(std::move(no));
    if (!record->doc.has_advocate()) return Conflict(ErrorReason::WRONG_STATE, "council rule", "No advocate is recorded.");
    if (!record->doc.advocate().resigned_on().empty())
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "The resignation is recorded already.");
    record->doc.mutable_advocate()->set_resigned_on(on);
    record->doc.mutable_advocate()->set_temporary_channel(request.temporary_channel());
    return Keep<events::PersonAdvocateResigned>(session, *record, "5.4");
  });
}

}  // namespace evenhand::restriction
