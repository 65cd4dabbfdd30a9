// The audit as auditors read it (12.4): each service answers for its own table, one of them gathers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "evenhand/audit/v1/audit_service.grpc.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand {

class OwnAuditRpc final : public audit::v1::AuditInternalService::Service {
 public:
  OwnAuditRpc(const Rpc& rpc, UnitOfWork& unit_of_work, std::string service)
      : rpc_(rpc), unit_of_work_(unit_of_work), service_(std::move(service)) {}

  grpc::Status ListOwnAuditEntries(grpc::ServerContext* context, const audit::v1::ListAuditEntriesRequest* request,
                                   audit::v1::ListAuditEntriesResponse* reply) override;

 private:
  const Rpc& rpc_;
  UnitOfWork& unit_of_work_;
  const std::string service_;
};

// Asks every service, merges by time. Wired in one process only; a service that is away makes the whole answer UNAVAILABLE: an
// audit with a hole in it would mislead.
class AuditRpc final : public audit::v1::AuditService::Service {
 public:
  using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>>;  // service → channel, this one's own included

  AuditRpc(const Rpc& rpc, UnitOfWork& unit_of_work, const Channels& channels);

  grpc::Status ListAuditEntries(grpc::ServerContext* context, const audit::v1::ListAuditEntriesRequest* request,
                                audit::v1::ListAuditEntriesResponse* reply) override;

 private:
  Outcome<audit::v1::ListAuditEntriesResponse> Gather(const Call& call, const audit::v1::ListAuditEntriesRequest& request) const;

  const Rpc& rpc_;
  UnitOfWork& unit_of_work_;
  std::map<std::string, std::unique_ptr<audit::v1::AuditInternalService::Stub>> stubs_;
};

}  // namespace evenhand
