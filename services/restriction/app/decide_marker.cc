// A register entry confirmed, looked at again, taken off: by a senior manager or with their delegated authority, never by the one harmed.
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "services/restriction/app/keep_register.h"
#include "services/restriction/app/people_story.h"
#include "services/restriction/app/register_entry.h"
#include "services/restriction/app/who_decides.h"
#include "services/restriction/domain/policy_numbers.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/revision.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

std::string ReviewOn(const std::string& asked, absl::Time now) {
  return asked.empty() ? FormatDate(AddMonths(DateOf(now), Numbers().marker_review_months)) : asked;
}

Refusals FaultsOfReviewOn(const std::string& asked, absl::Time now) {
  if (asked.empty()) return {};
  const auto date = ParseDate(asked);
  if (!date) return {{"council rule", "reviewOn", "Write the date as YYYY-MM-DD."}};
  if (*date <= DateOf(now) || *date > AddMonths(DateOf(now), Numbers().marker_review_months))
    return {{"council rule", "reviewOn", absl::StrCat("The review must be within the next ", Numbers().marker_review_months, " months.")}};
  return {};
}

}  // namespace

Outcome<marker::v1::Marker> KeepRegister::Decide(const Call& call, const std::string& person_id, const std::string& id, MarkerTeller tell,
                                                 const Story& story) {
  marker::v1::Marker seen;
  const auto read = work_.Read<bool>(call, [&](Session& session) -> Outcome<bool> {
    const auto person = People(session).Find(person_id);
    if (!person) return NotFound("person");
    const auto record = Markers(session).Find(person->doc.id(), id, false);
    if (!record) return NotFound("register entry");
    seen = record->doc;
    return true;
  });
  if (!read) return read.refusal();
  const auto evidence = evidence_.Facts(call, {seen.incident_ids().begin(), seen.incident_ids().end()});
  if (!evidence) return evidence.refusal();
  return work_.Write<marker::v1::Marker>(call, [&](Session& session) -> Outcome<marker::v1::Marker> {
    Markers markers(session);
    const auto person = People(session).FindForUpdate(person_id);
    if (!person) return NotFound("person");
    auto record = markers.Find(person->doc.id(), id, true);
    if (!record) return NotFound("register entry");
    Entry entry{session, record->doc, *evidence, ""};
    const Decidable thing{entry.marker.service_area(), "", entry.marker.proposed_by(), false, "4.3"};
    if (auto no = RefusalToDecide(call, session, thing, person->doc, *evidence, entry.delegation_id)) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    const std::string before = record->doc.etag();
    if (auto no = story(entry)) return *no;
    markers.Save(*record);
    (record->doc.state() == marker::v1::Marker::State::REMOVED ? Tell<events::MarkerRemoved> : tell)(session, record->doc, before);
    marker::v1::Marker reply = Present(record->doc, session.now());
    reply.set_consistency_token(BumpRevision(session, {person->doc.id()}));
    return reply;
  });
}

Refusals KeepRegister::EvidenceFaults(const Entry& entry) {
  const auto ids = People(entry.session).IdsOf(entry.marker.person_id());
  return FaultsOfEvidence(entry.marker.incident_ids(), entry.evidence, {ids.begin(), ids.end()});
}

Outcome<marker::v1::Marker> KeepRegister::Confirm(const Call& call, const marker::v1::ConfirmMarkerRequest& request) {
  return Decide(call, request.id(), request.mid(), Tell<events::MarkerConfirmed>, [&](Entry& entry) -> std::optional<Refusal> {
    Session& session = entry.session;
    marker::v1::Marker& marker = entry.marker;
    Refusals no = FaultsOfTold(request.told(), request.has_told(), DateOf(session.now()));
    Add(no, FaultsOfReviewOn(request.review_on(), session.now()));
    if (marker.state() == marker::v1::Marker::State::PROVISIONAL) Add(no, EvidenceFaults(entry));
    if (!no.empty()) return Invalid(std::move(no));
    if (marker.state() != marker::v1::Marker::State::PROVISIONAL)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "Only a provisional entry can be confirmed.");
    marker.set_state(marker::v1::Marker::State::CONFIRMED);
    marker.set_confirmed_by(session.actor().id);
    *marker.mutable_confirmed_at() = ToProto(session.now());
    marker.set_review_on(ReviewOn(request.review_on(), session.now()));
    if (request.has_told()) *marker.mutable_told() = ToldOn(request.told(), session.now());
    Note(session, marker, marker::v1::MarkerEvent::Action::CONFIRMED, request.reason(), entry.delegation_id);
    return std::nullopt;
  });
}

Outcome<marker::v1::Marker> KeepRegister::Review(const Call& call, const marker::v1::ReviewMarkerRequest& request) {
  return Decide(call, request.id(), request.mid(), Tell<events::MarkerReviewed>, [&](Entry& entry) -> std::optional<Refusal> {
    Session& session = entry.session;
    marker::v1::Marker& marker = entry.marker;
    Refusals no = FaultsOfReviewOn(request.review_on(), session.now());
    if (request.outcome() == 0) no.push_back({"council rule", "outcome", "Say CONTINUE or REMOVE."});
    if (!Said(request.reason())) no.push_back({"council rule", "reason", "Say why."});
    if (!no.empty()) return Invalid(std::move(no));
    if (marker.state() == marker::v1::Marker::State::REMOVED)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "This entry was removed.");
    if (request.outcome() == marker::v1::ReviewMarkerRequest::Outcome::REMOVE) {
      TakeOff(session, marker, request.reason(), entry.delegation_id);
      return std::nullopt;
    }
    if (marker.state() == marker::v1::Marker::State::SUSPENDED)
      if (Refusals faults = EvidenceFaults(entry); !faults.empty()) return Invalid(std::move(faults));
    if (marker.state() != marker::v1::Marker::State::CONFIRMED)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "Confirm the entry first.");
    marker.set_review_on(ReviewOn(request.review_on(), session.now()));
    marker.clear_alerts();
    Note(session, marker, marker::v1::MarkerEvent::Action::CONTINUED, request.reason(), entry.delegation_id);
    return std::nullopt;
  });
}

Outcome<marker::v1::Marker> KeepRegister::Remove(const Call& call, const marker::v1::RemoveMarkerRequest& request) {
  return Decide(call, request.id(), request.mid(), Tell<events::MarkerRemoved>, [&](Entry& entry) -> std::optional<Refusal> {
    Session& session = entry.session;
    marker::v1::Marker& marker = entry.marker;
    if (!Said(request.reason())) return Invalid({{"council rule", "reason", "Say why it is taken off."}});
    if (marker.state() == marker::v1::Marker::State::REMOVED)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "This entry was removed already.");
    TakeOff(session, marker, request.reason(), entry.delegation_id);
    return std::nullopt;
  });
}

}  // namespace evenhand::restriction
