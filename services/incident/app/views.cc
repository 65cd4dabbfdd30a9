#include "services/incident/app/views.h"

#include "services/incident/app/convert.h"

namespace evenhand::incident {
namespace {

v1::Incident Reference(const v1::Incident& in) {
  v1::Incident out;
  out.set_id(in.id());
  out.set_reference(in.reference());
  out.set_etag(in.etag());
  out.set_state(in.state());
  out.set_source_system(in.source_system());
  out.set_source_ref(in.source_ref());
  out.set_source_version(in.source_version());
  *out.mutable_occurred_at() = in.occurred_at();
  *out.mutable_recorded_at() = in.recorded_at();
  *out.mutable_updated_at() = in.updated_at();
  out.set_channel(in.channel());
  out.mutable_behaviours()->CopyFrom(in.behaviours());
  out.set_service_area(in.service_area());
  out.set_person_unknown(in.person_unknown());
  return out;
}

}  // namespace

v1::Incident Shown(const HeldIncident& held, View::Value view) {
  v1::Incident out;
  switch (view) {
    case View::FULL:
      out = held.incident;
      break;
    case View::OWN:
      out = held.incident;
      out.clear_injury();  // somebody else's health
      out.clear_flags();
      break;
    case View::REFERENCE:
      out = Reference(held.incident);
      break;
    case View::NONE:
    case View::VIEW_UNSPECIFIED:
      out.set_id(held.incident.id());
      out.set_reference(held.incident.reference());
      out.set_state(held.incident.state());
      break;
  }
  out.set_view(view);
  out.set_etag(EtagOf(held.version));
  return out;
}

bool IsMine(const Actor& actor, const v1::FollowUp& f) {
  if (!f.owner().empty()) return f.owner() == actor.id;
  const std::optional<Role> role = RoleNamed(f.owner_role());
  if (!role) return false;
  return actor.Holds(*role, f.service_area()) || actor.Has(*role);
}

void MarkFor(const Actor& actor, absl::Time now, v1::FollowUp& f) {
  const bool open = f.state() == v1::FollowUp::State::OPEN;
  f.set_late(open && TimeOf(f.due_at()) < now);
  f.set_mine(open && IsMine(actor, f));
}

std::vector<v1::FollowUp> ShownFollowUps(const std::vector<HeldFollowUp>& all, const v1::Incident& incident, View::Value view,
                                         const Actor& actor, absl::Time now) {
  std::vector<v1::FollowUp> shown;
  const bool affected_only = actor.id != incident.line_manager_id() && Contains(FactsOf(incident).affected, actor.id) &&
                             !actor.Holds(Role::kTeamLeader, incident.service_area());
  for (const HeldFollowUp& held : all) {
    v1::FollowUp f = held.follow_up;
    const bool own = f.staff_id() == actor.id || f.owner() == actor.id;
    const bool about_nobody = f.staff_id().empty();
    const bool personal = f.kind() == FollowUpKind::STAFF_NAMED_PERSONAL_RECORD;  // 12.10: HR and the person alone
    bool see = own || (view == View::FULL && (!affected_only || about_nobody));
    if (personal) see = f.staff_id() == actor.id || actor.Has(Role::kHrBusinessPartner);
    if (!see) continue;
    MarkFor(actor, now, f);
    shown.push_back(std::move(f));
  }
  return shown;
}

std::vector<std::string> CircleOf(const HeldIncident& held) {
  std::vector<std::string> circle;
  if (!IsStaffNamed(held.incident)) return circle;
  if (!held.incident.line_manager_id().empty()) circle.push_back(held.incident.line_manager_id());
  for (const std::string& named : FactsOf(held.incident).affected) circle.push_back(named);
  circle.insert(circle.end(), {"hr_business_partner", "communications_lead"});
  if (held.director_stands_in) circle.push_back("strategic_director");
  return circle;
}

}  // namespace evenhand::incident
