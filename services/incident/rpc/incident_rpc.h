// The doors of incident-service: each method one line, converting nothing, deciding nothing.
#pragma once

#include "evenhand/incident/v1/follow_up_service.grpc.pb.h"
#include "evenhand/incident/v1/import_service.grpc.pb.h"
#include "evenhand/incident/v1/incident_internal_service.grpc.pb.h"
#include "evenhand/incident/v1/incident_service.grpc.pb.h"
#include "evenhand/incident/v1/statistics_service.grpc.pb.h"
#include "services/incident/app/neighbours.h"
#include "services/platform/base/clock.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::incident {

class IncidentRpc final : public v1::IncidentService::Service {
 public:
  IncidentRpc(Rpc& rpc, UnitOfWork& work, const Neighbours& neighbours) : rpc_(rpc), work_(work), neighbours_(neighbours) {}
  grpc::Status RecordIncident(grpc::ServerContext* context, const v1::RecordIncidentRequest* request, v1::Incident* reply) override;
  grpc::Status GetIncident(grpc::ServerContext* context, const v1::GetIncidentRequest* request, v1::Incident* reply) override;
  grpc::Status ListIncidents(grpc::ServerContext* context, const v1::ListIncidentsRequest* request,
                             v1::ListIncidentsResponse* reply) override;
  grpc::Status SearchIncidents(grpc::ServerContext* context, const v1::SearchIncidentsRequest* request,
                               v1::ListIncidentsResponse* reply) override;
  grpc::Status AmendIncident(grpc::ServerContext* context, const v1::AmendIncidentRequest* request, v1::Incident* reply) override;
  grpc::Status WithdrawIncident(grpc::ServerContext* context, const v1::WithdrawIncidentRequest* request, v1::Incident* reply) override;
  grpc::Status LinkPerson(grpc::ServerContext* context, const v1::LinkPersonRequest* request, v1::Incident* reply) override;
  grpc::Status UnlinkPerson(grpc::ServerContext* context, const v1::UnlinkPersonRequest* request, v1::Incident* reply) override;
  grpc::Status MarkDuplicate(grpc::ServerContext* context, const v1::MarkDuplicateRequest* request, v1::Incident* reply) override;
  grpc::Status AddStatement(grpc::ServerContext* context, const v1::AddStatementRequest* request, v1::Statement* reply) override;

 private:
  Rpc& rpc_;
  UnitOfWork& work_;
  const Neighbours& neighbours_;
};

class FollowUpRpc final : public v1::FollowUpService::Service {
 public:
  FollowUpRpc(Rpc& rpc, UnitOfWork& work, const Neighbours& neighbours) : rpc_(rpc), work_(work), neighbours_(neighbours) {}
  grpc::Status ListFollowUps(grpc::ServerContext* context, const v1::ListFollowUpsRequest* request,
                             v1::ListFollowUpsResponse* reply) override;
  grpc::Status GetFollowUp(grpc::ServerContext* context, const v1::GetFollowUpRequest* request, v1::FollowUp* reply) override;
  grpc::Status CompleteFollowUp(grpc::ServerContext* context, const v1::CompleteFollowUpRequest* request, v1::FollowUp* reply) override;
  grpc::Status DeclineFollowUp(grpc::ServerContext* context, const v1::DeclineFollowUpRequest* request, v1::FollowUp* reply) override;
  grpc::Status ReassignFollowUp(grpc::ServerContext* context, const v1::ReassignFollowUpRequest* request, v1::FollowUp* reply) override;

 private:
  Rpc& rpc_;
  UnitOfWork& work_;
  const Neighbours& neighbours_;
};

class ImportRpc final : public v1::ImportService::Service {
 public:
  ImportRpc(Rpc& rpc, UnitOfWork& work, const Neighbours& neighbours, const Clock& clock)
      : rpc_(rpc), work_(work), neighbours_(neighbours), clock_(clock) {}
  grpc::Status ImportIncidents(grpc::ServerContext* context,
                               grpc::ServerReaderWriter<v1::ImportIncidentsRow, v1::ImportIncidentsRequest>* stream) override;
  grpc::Status ListImportRejections(grpc::ServerContext* context, const v1::ListImportRejectionsRequest* request,
                                    v1::ListImportRejectionsResponse* reply) override;
  grpc::Status GetImportRejection(grpc::ServerContext* context, const v1::GetImportRejectionRequest* request,
                                  v1::ImportRejection* reply) override;
  grpc::Status RetryImportRejection(grpc::ServerContext* context, const v1::RetryImportRejectionRequest* request,
                                    v1::ImportRejection* reply) override;

 private:
  Rpc& rpc_;
  UnitOfWork& work_;
  const Neighbours& neighbours_;
  const Clock& clock_;
};

class StatisticsRpc final : public v1::StatisticsService::Service {
 public:
  StatisticsRpc(Rpc& rpc, UnitOfWork& work, const Neighbours& neighbours) : rpc_(rpc), work_(work), neighbours_(neighbours) {}
  grpc::Status GetStatistics(grpc::ServerContext* context, const v1::GetStatisticsRequest* request, v1::Statistics* reply) override;

 private:
  Rpc& rpc_;
  UnitOfWork& work_;
  const Neighbours& neighbours_;
};

class IncidentInternalRpc final : public v1::IncidentInternalService::Service {
 public:
  IncidentInternalRpc(Rpc& rpc, UnitOfWork& work) : rpc_(rpc), work_(work) {}
  grpc::Status GetGroundsFacts(grpc::ServerContext* context, const v1::GetGroundsFactsRequest* request,
                               v1::GetGroundsFactsResponse* reply) override;
  grpc::Status ListIncidentsOfPeople(grpc::ServerContext* context, const v1::ListIncidentsOfPeopleRequest* request,
                                     v1::ListIncidentsOfPeopleResponse* reply) override;

 private:
  Rpc& rpc_;
  UnitOfWork& work_;
};

}  // namespace evenhand::incident
