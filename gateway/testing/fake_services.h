// Services that stand behind the gateway in its own tests: they say what they were asked, and misbehave when told to.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>

#include "evenhand/incident/v1/evidence_service.grpc.pb.h"
#include "evenhand/incident/v1/import_service.grpc.pb.h"
#include "evenhand/incident/v1/incident_service.grpc.pb.h"
#include "evenhand/restriction/v1/contact_service.grpc.pb.h"

namespace evenhand::gateway::testing {

// What the services heard last.
struct Heard {
  absl::Mutex mutex;
  std::map<std::string, std::string> metadata ABSL_GUARDED_BY(mutex);
  std::atomic<int> cancelled{0};
  std::atomic<bool> hanging{false};
  std::atomic<std::int64_t> import_bytes{0};
  std::atomic<int> uploads_begun{0}, downloads{0};  // files that a thread of the service was taken for; those that hold one now
};

// `sourceRef` decides: "refuse" 403 by clause 7.3, "rule" by a council rule, "many" 1,000 faults, "exhausted" gRPC's own limit, "reused"
// 422, "slow" waits for the client to leave, "replay" says so.
class FakeIncidents final : public incident::v1::IncidentService::Service {
 public:
  explicit FakeIncidents(Heard& heard) : heard_(heard) {}
  grpc::Status RecordIncident(grpc::ServerContext* context, const incident::v1::RecordIncidentRequest* request,
                              incident::v1::Incident* reply) override;
  grpc::Status GetIncident(grpc::ServerContext* context, const incident::v1::GetIncidentRequest* request,
                           incident::v1::Incident* reply) override;
  grpc::Status ListIncidents(grpc::ServerContext* context, const incident::v1::ListIncidentsRequest* request,
                             incident::v1::ListIncidentsResponse* reply) override;

 private:
  Heard& heard_;
};

// A row for each line; "refuse" at the file's start refuses it whole; "break" at a line's start breaks off.
class FakeImport final : public incident::v1::ImportService::Service {
 public:
  explicit FakeImport(Heard& heard) : heard_(heard) {}
  grpc::Status ImportIncidents(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<incident::v1::ImportIncidentsRow, incident::v1::ImportIncidentsRequest>* stream) override;

 private:
  Heard& heard_;
};

// Takes files, and gives back a made-up one of 3 MiB.
class FakeEvidence final : public incident::v1::EvidenceService::Service {
 public:
  explicit FakeEvidence(Heard& heard) : heard_(heard) {}
  grpc::Status AddEvidence(grpc::ServerContext* context, grpc::ServerReader<incident::v1::AddEvidenceRequest>* stream,
                           incident::v1::Evidence* reply) override;
  grpc::Status GetEvidenceContent(grpc::ServerContext* context, const incident::v1::GetEvidenceContentRequest* request,
                                  grpc::ServerWriter<incident::v1::EvidenceContent>* stream) override;

 private:
  Heard& heard_;
};

// CLEAR, unless the phone is "refuse" (400), "silent" (no answer) or "hang" (nothing at all is answered while Heard::hanging).
class FakeChecks final : public restriction::v1::ContactStreamService::Service {
 public:
  explicit FakeChecks(Heard& heard) : heard_(heard) {}
  grpc::Status CheckContacts(grpc::ServerContext* context,
                             grpc::ServerReaderWriter<restriction::v1::CheckBatchReply, restriction::v1::CheckBatch>* stream) override;

 private:
  Heard& heard_;
};

// All of them on one UNIX socket, healthy.
class FakeServices {
 public:
  FakeServices();
  ~FakeServices();
  const std::string& address() const { return address_; }
  const std::string& folder() const { return folder_; }
  Heard& heard() { return heard_; }
  std::string HeardMetadata(const std::string& name);
  void Stop();

 private:
  std::string folder_, address_;
  Heard heard_;
  FakeIncidents incidents_{heard_};
  FakeImport import_{heard_};
  FakeEvidence evidence_{heard_};
  FakeChecks checks_{heard_};
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace evenhand::gateway::testing
