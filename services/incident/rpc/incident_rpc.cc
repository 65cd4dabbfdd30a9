#include "services/incident/rpc/incident_rpc.h"

#include "services/incident/app/follow_ups.h"
#include "services/incident/app/importer.h"
#include "services/incident/app/incidents.h"
#include "services/incident/app/rejections.h"
#include "services/incident/app/statistics.h"

namespace evenhand::incident {

grpc::Status IncidentRpc::RecordIncident(grpc::ServerContext* context, const v1::RecordIncidentRequest* request, v1::Incident* reply) {
  return rpc_.Unary(context, "RecordIncident", *request, reply,
                    [&](const Call& call) { return incident::RecordIncident(work_, neighbours_, call, request->incident()); });
}

grpc::Status IncidentRpc::GetIncident(grpc::ServerContext* context, const v1::GetIncidentRequest* request, v1::Incident* reply) {
  return rpc_.Unary(context, "GetIncident", *request, reply,
                    [&](const Call& call) { return incident::GetIncident(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::ListIncidents(grpc::ServerContext* context, const v1::ListIncidentsRequest* request,
                                        v1::ListIncidentsResponse* reply) {
  return rpc_.Unary(context, "ListIncidents", *request, reply,
                    [&](const Call& call) { return incident::ListIncidents(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::SearchIncidents(grpc::ServerContext* context, const v1::SearchIncidentsRequest* request,
                                          v1::ListIncidentsResponse* reply) {
  return rpc_.Unary(context, "SearchIncidents", *request, reply,
                    [&](const Call& call) { return incident::SearchIncidents(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::AmendIncident(grpc::ServerContext* context, const v1::AmendIncidentRequest* request, v1::Incident* reply) {
  return rpc_.Unary(context, "AmendIncident", *request, reply,
                    [&](const Call& call) { return incident::AmendIncident(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::WithdrawIncident(grpc::ServerContext* context, const v1::WithdrawIncidentRequest* request, v1::Incident* reply) {
  return rpc_.Unary(context, "WithdrawIncident", *request, reply,
                    [&](const Call& call) { return incident::WithdrawIncident(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::LinkPerson(grpc::ServerContext* context, const v1::LinkPersonRequest* request, v1::Incident* reply) {
  return rpc_.Unary(context, "LinkPerson", *request, reply,
                    [&](const Call& call) { return incident::LinkPerson(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::UnlinkPerson(grpc::ServerContext* context, const v1::UnlinkPersonRequest* request, v1::Incident* reply) {
  return rpc_.Unary(context, "UnlinkPerson", *request, reply,
                    [&](const Call& call) { return incident::UnlinkPerson(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::MarkDuplicate(grpc::ServerContext* context, const v1::MarkDuplicateRequest* request, v1::Incident* reply) {
  return rpc_.Unary(context, "MarkDuplicate", *request, reply,
                    [&](const Call& call) { return incident::MarkDuplicate(work_, neighbours_, call, *request); });
}

grpc::Status IncidentRpc::AddStatement(grpc::ServerContext* context, const v1::AddStatementRequest* request, v1::Statement* reply) {
  return rpc_.Unary(context, "AddStatement", *request, reply,
                    [&](const Call& call) { return incident::AddStatement(work_, neighbours_, call, *request); });
}

grpc::Status FollowUpRpc::ListFollowUps(grpc::ServerContext* context, const v1::ListFollowUpsRequest* request,
                                        v1::ListFollowUpsResponse* reply) {
  return rpc_.Unary(context, "ListFollowUps", *request, reply,
                    [&](const Call& call) { return incident::ListFollowUps(work_, neighbours_, call, *request); });
}

grpc::Status FollowUpRpc::GetFollowUp(grpc::ServerContext* context, const v1::GetFollowUpRequest* request, v1::FollowUp* reply) {
  return rpc_.Unary(context, "GetFollowUp", *request, reply,
                    [&](const Call& call) { return incident::GetFollowUp(work_, neighbours_, call, *request); });
}

grpc::Status FollowUpRpc::CompleteFollowUp(grpc::ServerContext* context, const v1::CompleteFollowUpRequest* request, v1::FollowUp* reply) {
  return rpc_.Unary(context, "CompleteFollowUp", *request, reply,
                    [&](const Call& call) { return incident::CompleteFollowUp(work_, neighbours_, call, *request); });
}

grpc::Status FollowUpRpc::DeclineFollowUp(grpc::ServerContext* context, const v1::DeclineFollowUpRequest* request, v1::FollowUp* reply) {
  return rpc_.Unary(context, "DeclineFollowUp", *request, reply,
                    [&](const Call& call) { return incident::DeclineFollowUp(work_, neighbours_, call, *request); });
}

grpc::Status FollowUpRpc::ReassignFollowUp(grpc::ServerContext* context, const v1::ReassignFollowUpRequest* request, v1::FollowUp* reply) {
  return rpc_.Unary(context, "ReassignFollowUp", *request, reply,
                    [&](const Call& call) { return incident::ReassignFollowUp(work_, neighbours_, call, *request); });
}

grpc::Status ImportRpc::ListImportRejections(grpc::ServerContext* context, const v1::ListImportRejectionsRequest* request,
                                             v1::ListImportRejectionsResponse* reply) {
  return rpc_.Unary(context, "ListImportRejections", *request, reply,
                    [&](const Call& call) { return incident::ListImportRejections(work_, neighbours_, call, *request); });
}

grpc::Status ImportRpc::GetImportRejection(grpc::ServerContext* context, const v1::GetImportRejectionRequest* request,
                                           v1::ImportRejection* reply) {
  return rpc_.Unary(context, "GetImportRejection", *request, reply,
                    [&](const Call& call) { return incident::GetImportRejection(work_, neighbours_, call, *request); });
}

grpc::Status ImportRpc::RetryImportRejection(grpc::ServerContext* context, const v1::RetryImportRejectionRequest* request,
                                             v1::ImportRejection* reply) {
  return rpc_.Unary(context, "RetryImportRejection", *request, reply,
                    [&](const Call& call) { return incident::RetryImportRejection(work_, neighbours_, call, *request); });
}

grpc::Status StatisticsRpc::GetStatistics(grpc::ServerContext* context, const v1::GetStatisticsRequest* request, v1::Statistics* reply) {
  return rpc_.Unary(context, "GetStatistics", *request, reply,
                    [&](const Call& call) { return incident::GetStatistics(work_, neighbours_, call, *request); });
}

grpc::Status IncidentInternalRpc::GetGroundsFacts(grpc::ServerContext* context, const v1::GetGroundsFactsRequest* request,
                                                  v1::GetGroundsFactsResponse* reply) {
  return rpc_.Unary(context, "GetGroundsFacts", *request, reply,
                    [&](const Call& call) { return incident::GetGroundsFacts(work_, call, *request); });
}

grpc::Status IncidentInternalRpc::ListIncidentsOfPeople(grpc::ServerContext* context, const v1::ListIncidentsOfPeopleRequest* request,
                                                        v1::ListIncidentsOfPeopleResponse* reply) {
  return rpc_.Unary(context, "ListIncidentsOfPeople", *request, reply,
                    [&](const Call& call) { return incident::ListIncidentsOfPeople(work_, call, *request); });
}

grpc::Status ImportRpc::ImportIncidents(grpc::ServerContext* context,
                                        grpc::ServerReaderWriter<v1::ImportIncidentsRow, v1::ImportIncidentsRequest>* stream) {
  return rpc_.Stream(context, "ImportIncidents", [&](const Call& call) -> std::optional<Refusal> {
    Importer importer(work_, neighbours_, call, clock_, [&](const v1::ImportIncidentsRow& row) { return stream->Write(row); });
    v1::ImportIncidentsRequest piece;
    while (stream->Read(&piece)) {
      if (auto no = importer.Feed(piece.chunk())) return no;
    }
    // A connection that broke is not the end of the file: its last, half row is not taken for a row.
    if (context->IsCancelled()) return std::nullopt;
    return importer.Finish();
  });
}

}  // namespace evenhand::incident
