// What can be done with an incident, a use case a function: begin, load, ask the rules, save with audit and events.
#pragma once

#include "evenhand/incident/v1/incident_internal_service.pb.h"
#include "evenhand/incident/v1/incident_service.pb.h"
#include "services/incident/app/neighbours.h"
#include "services/incident/domain/readers.h"
#include "services/incident/store/rows.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

Outcome<v1::Incident> RecordIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::Incident& request);
Outcome<v1::Incident> GetIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::GetIncidentRequest& request);
Outcome<v1::ListIncidentsResponse> ListIncidents(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                 const v1::ListIncidentsRequest& request);
Outcome<v1::ListIncidentsResponse> SearchIncidents(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                   const v1::SearchIncidentsRequest& request);
Outcome<v1::Incident> AmendIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                    const v1::AmendIncidentRequest& request);
Outcome<v1::Incident> WithdrawIncident(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                       const v1::WithdrawIncidentRequest& request);
Outcome<v1::Incident> LinkPerson(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::LinkPersonRequest& request);
Outcome<v1::Incident> UnlinkPerson(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                   const v1::UnlinkPersonRequest& request);
Outcome<v1::Incident> MarkDuplicate(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                    const v1::MarkDuplicateRequest& request);
Outcome<v1::Statement> AddStatement(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                    const v1::AddStatementRequest& request);
Outcome<v1::GetGroundsFactsResponse> GetGroundsFacts(UnitOfWork& work, const Call& call, const v1::GetGroundsFactsRequest& request);
Outcome<v1::ListIncidentsOfPeopleResponse> ListIncidentsOfPeople(UnitOfWork& work, const Call& call,
                                                                 const v1::ListIncidentsOfPeopleRequest& request);

// The incident with versions, follow-ups, evidence and statements, as far as the caller may see them.
v1::Incident WholeIncident(Session& session, const HeldIncident& held, View::Value view);

}  // namespace evenhand::incident
