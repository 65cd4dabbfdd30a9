#include "services/restriction/clients/incident_client.h"

#include <algorithm>

#include <absl/time/clock.h>

#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

// The facts come from one query by id; what takes longer is a service that is away.
constexpr absl::Duration kPatience = absl::Seconds(5);

EvidenceFact FactOf(const incident::v1::GroundsFacts& facts) {
  EvidenceFact fact;
  fact.id = facts.id();
  fact.stands = facts.state() == incident::v1::IncidentState::RECORDED;
  fact.person_id = facts.link_confirmed() ? facts.person_id() : "";
  fact.service_area = facts.service_area();
  fact.behaviours = ListOf<Behaviour>(facts.behaviours());
  fact.affected_staff.assign(facts.affected_staff_ids().begin(), facts.affected_staff_ids().end());
  fact.harmed_staff.assign(facts.harmed_staff_ids().begin(), facts.harmed_staff_ids().end());
  fact.recorded_by = facts.recorded_by();
  fact.linked_by = facts.linked_by();
  fact.infected = facts.evidence_state() == EvidenceState::INFECTED;
  fact.staff_named = facts.staff_named();
  fact.line_manager_id = facts.line_manager_id();
  fact.occurred_at = FromProto(facts.occurred_at());
  return fact;
}

Refusal Away() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .detail = "The incidents can't be looked at right now. Nothing was changed; please try again."};
}

}  // namespace

Outcome<Evidence> IncidentClient::Facts(const Call& call, const std::set<std::string>& incident_ids) {
  Evidence evidence;
  if (incident_ids.empty()) return evidence;
  incident::v1::GetGroundsFactsRequest request;
  for (const auto& id : incident_ids) request.add_incident_ids(id);
  incident::v1::GetGroundsFactsResponse reply;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + kPatience)));
  if (!stub_->GetGroundsFacts(&context, request, &reply).ok()) return Away();
  for (const auto& facts : reply.incidents()) evidence.emplace(facts.asked().empty() ? facts.id() : facts.asked(), FactOf(facts));
  return evidence;
}

Outcome<std::vector<EvidenceFact>> IncidentClient::OfPeople(const Call& call, const std::vector<std::string>& person_ids) {
  std::vector<EvidenceFact> found;
  if (person_ids.empty()) return found;
  incident::v1::ListIncidentsOfPeopleRequest request;
  for (const auto& id : person_ids) request.add_person_ids(id);
  incident::v1::ListIncidentsOfPeopleResponse reply;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + kPatience)));
  if (!stub_->ListIncidentsOfPeople(&context, request, &reply).ok()) return Away();
  for (const auto& facts : reply.incidents()) found.push_back(FactOf(facts));
  return found;
}

}  // namespace evenhand::restriction
