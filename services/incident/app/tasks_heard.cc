// Who was given something to do that rests on incidents: an appeal to hear, a proposal or a restriction to decide on, authority lent.
#include "services/incident/app/convert.h"
#include "services/incident/app/heard.h"
#include "services/incident/store/task_readers.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

bool HasEnded(common::v1::AppealState::Value state) {
  using State = common::v1::AppealState;
  return state == State::EFFECT_PENDING || state == State::DECIDED || state == State::REFUSED || state == State::WITHDRAWN;
}

}  // namespace

std::optional<Refusal> AppealMoved(Session& session, const events::v1::AppealFacts& appeal) {
  if (HasEnded(appeal.state()) && ProtectionOn(Protection::kHearingEnds)) {
    CloseHearing(session, appeal.appeal_id());
    return std::nullopt;
  }
  Hearing hearing{.appeal_id = appeal.appeal_id(), .staff_id = appeal.assignee(), .incident_ids = {}};
  for (const std::string& id : appeal.incident_ids())
    if (IsUuid(id)) hearing.incident_ids.push_back(id);
  // Some steps are the machine's own and know of no incident: what was told before holds.
  if (hearing.incident_ids.empty()) {
    OpenHearing(session, hearing.appeal_id, hearing.staff_id);
  } else {
    NoteHearing(session, hearing);
  }
  return std::nullopt;
}

std::optional<Refusal> GroundsMoved(Session& session, const events::v1::RestrictionRef& restriction,
                                    const events::v1::RestrictionTerms& terms) {
  const bool stands = terms.state() == common::v1::RestrictionState::PROPOSED || terms.state() == common::v1::RestrictionState::IN_FORCE;
  std::vector<std::string> incidents;
  if (stands) incidents.assign(terms.incident_ids().begin(), terms.incident_ids().end());
  // Whoever decides reads what it rests on: the named other area, where the own one is closed because the person is a colleague.
  NoteGrounds(session, restriction.restriction_id(), terms.deciding_area().empty() ? restriction.service_area() : terms.deciding_area(),
              incidents);
  return std::nullopt;
}

std::optional<Refusal> AuthorityLent(Session& session, const events::v1::DelegationCreated& lent) {
  NoteLent(session, lent.delegation_id(), lent.delegate_id(), lent.service_area(), FormatInstant(TimeOf(lent.starts_at())),
           FormatInstant(TimeOf(lent.ends_at())));
  return std::nullopt;
}

std::optional<Refusal> AuthorityTakenBack(Session& session, const events::v1::DelegationRevoked& revoked) {
  NoteTakenBack(session, revoked.delegation_id());
  return std::nullopt;
}

}  // namespace evenhand::incident
