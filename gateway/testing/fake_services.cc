#include "gateway/testing/fake_services.h"

#include <filesystem>

#include <absl/time/clock.h>

#include "services/platform/rpc/peer.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand::gateway::testing {

namespace iv = incident::v1;
namespace rv = restriction::v1;

grpc::Status FakeIncidents::RecordIncident(grpc::ServerContext* context, const iv::RecordIncidentRequest* request, iv::Incident* reply) {
  {
    absl::MutexLock lock(&heard_.mutex);
    heard_.metadata.clear();
    for (const auto& [name, value] : context->client_metadata())
      heard_.metadata.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  if (request->incident().source_ref() == "refuse") return ToStatus(NotPermitted("7.3", "Only a senior manager may."), "");
  if (request->incident().source_ref() == "rule") return ToStatus(NotPermitted("council rule", "Ask another senior manager."), "");
  if (request->incident().source_ref() == "many") {
    return ToStatus(Invalid(Refusals(1000, {"6.2", "grounds[0].effect", "Say how this behaviour affects others who need the council."})),
                    "");
  }
  if (request->incident().source_ref() == "exhausted") return grpc::Status(grpc::RESOURCE_EXHAUSTED, "Server Threadpool Exhausted");
  if (request->incident().source_ref() == "reused") {
    return ToStatus({.kind = RefusalKind::kIdempotencyKeyReused, .reason = ErrorReason::IDEMPOTENCY_KEY_REUSED, .detail = "Used."}, "");
  }
  if (request->incident().source_ref() == "replay") context->AddInitialMetadata("x-idempotent-replayed", "true");
  if (request->incident().source_ref() == "found") context->AddInitialMetadata("x-found", "true");
  if (request->incident().source_ref() == "slow") {
    for (int i = 0; i < 400 && !context->IsCancelled(); ++i) absl::SleepFor(absl::Milliseconds(5));
    if (context->IsCancelled()) ++heard_.cancelled;
  }
  reply->set_id("0190");
  reply->set_etag("\"1\"");
  reply->set_source_ref(request->incident().source_ref());
  reply->set_narrative(request->incident().narrative());
  *reply->mutable_occurred_at() = request->incident().occurred_at();
  return grpc::Status::OK;
}

grpc::Status FakeIncidents::GetIncident(grpc::ServerContext*, const iv::GetIncidentRequest* request, iv::Incident* reply) {
  reply->set_id(request->id());
  reply->set_etag("\"1\"");
  return grpc::Status::OK;
}

grpc::Status FakeIncidents::ListIncidents(grpc::ServerContext*, const iv::ListIncidentsRequest* request, iv::ListIncidentsResponse* reply) {
  reply->set_next_page_token(std::to_string(request->page().page_size()) + " " + request->filter().service_area());
  return grpc::Status::OK;
}

grpc::Status FakeImport::ImportIncidents(grpc::ServerContext*,
                                         grpc::ServerReaderWriter<iv::ImportIncidentsRow, iv::ImportIncidentsRequest>* stream) {
  iv::ImportIncidentsRequest request;
  iv::ImportIncidentsRow row;
  std::string line;
  int rows = 0;
  while (stream->Read(&request)) {
    heard_.import_bytes += static_cast<std::int64_t>(request.chunk().size());
    for (const char c : request.chunk()) {
      if (c != '\n') {
        line += c;
        continue;
      }
      if (rows == 0 && line == "refuse") return ToStatus(Invalid({{"13.1", "", "There is no header."}}), "");
      if (line == "break") return grpc::Status(grpc::INTERNAL, "secret");
      row.set_line(++rows);
      row.set_record_no(line.substr(0, 100));
      stream->Write(row);
      line.clear();
    }
  }
  row.Clear();
  row.mutable_summary()->set_rows(rows);
  stream->Write(row);
  return grpc::Status::OK;
}

grpc::Status FakeEvidence::AddEvidence(grpc::ServerContext*, grpc::ServerReader<iv::AddEvidenceRequest>* stream, iv::Evidence* reply) {
  ++heard_.uploads_begun;
  iv::AddEvidenceRequest request;
  std::size_t bytes = 0;
  bool first = true;
  while (stream->Read(&request)) {
    if (std::exchange(first, false)) {
      reply->set_id(request.id());
      reply->set_name(request.name() + (request.distressing() ? "!" : ""));
      reply->set_content_type(request.content_type());
    }
    bytes += request.chunk().size();
  }
  reply->set_etag(std::to_string(bytes));
  return grpc::Status::OK;
}

grpc::Status FakeEvidence::GetEvidenceContent(grpc::ServerContext*, const iv::GetEvidenceContentRequest* request,
                                              grpc::ServerWriter<iv::EvidenceContent>* stream) {
  if (!request->acknowledged_distressing()) {
    return ToStatus(
        {.kind = RefusalKind::kEtagMissing, .reason = ErrorReason::ACKNOWLEDGEMENT_REQUIRED, .clause = "12.3", .detail = "Say so first."},
        "");
  }
  ++heard_.downloads;
  iv::EvidenceContent content;
  content.set_content_type("image/png");
  content.set_name("a \"b\".png");
  stream->Write(content);
  content.Clear();
  for (int i = 0; i < 48; ++i) {
    content.set_chunk(std::string(64 * 1024, static_cast<char>('a' + i % 26)));
    if (!stream->Write(content)) break;
  }
  --heard_.downloads;
  return grpc::Status::OK;
}

grpc::Status FakeChecks::CheckContacts(grpc::ServerContext*, grpc::ServerReaderWriter<rv::CheckBatchReply, rv::CheckBatch>* stream) {
  rv::CheckBatch batch;
  while (stream->Read(&batch)) {
    rv::CheckBatchReply reply;
    for (const rv::CheckItem& item : batch.items()) {
      rv::CheckContactRequest request;
      request.ParseFromString(item.request());
      while (request.phone() == "hang" && heard_.hanging) absl::SleepFor(absl::Milliseconds(5));
      if (request.phone() == "silent") continue;
      rv::CheckResult& result = *reply.add_results();
      result.set_id(item.id());
      rv::CheckContactResponse response;
      response.set_outcome(rv::CheckContactResponse::Outcome::CLEAR);
      response.set_consistency_token(request.consistency_token());
      result.set_response(response.SerializeAsString());
      if (request.phone() == "refuse") result.set_status(ToStatus(Invalid({{"12.4", "phone", "This is no number."}}), "").error_details());
    }
    stream->Write(reply);
  }
  return grpc::Status::OK;
}

FakeServices::FakeServices() {
  std::string pattern = "/tmp/evenhand-gateway-XXXXXX";
  folder_ = mkdtemp(pattern.data());
  address_ = "unix:" + folder_ + "/all.sock";
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.RegisterService(&incidents_).RegisterService(&import_).RegisterService(&evidence_).RegisterService(&checks_);
  server_ = builder.BuildAndStart();
}

FakeServices::~FakeServices() {
  Stop();
  std::filesystem::remove_all(folder_);
}

void FakeServices::Stop() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

std::string FakeServices::HeardMetadata(const std::string& name) {
  absl::MutexLock lock(&heard_.mutex);
  return heard_.metadata[name];
}

}  // namespace evenhand::gateway::testing
