// bench-grpc: records incidents, or sends an export, straight to incident-service as the gateway would: what REST costs on top.
//   bench-grpc --address unix:… --token T --bodies FILE --connections 16 --seconds 5     RecordIncident, one call after the other each
//   bench-grpc --address unix:… --token T --export FILE                                  ImportIncidents, the whole file
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include "evenhand/incident/v1/import_service.grpc.pb.h"
#include "evenhand/incident/v1/incident_service.grpc.pb.h"

namespace {

namespace v1 = evenhand::incident::v1;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string address, token, bodies, file;
  std::size_t connections = 16;
  double seconds = 5;
};

Options Read(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--address") options.address = value;
    if (name == "--token") options.token = value;
    if (name == "--bodies") options.bodies = value;
    if (name == "--export") options.file = value;
    if (name == "--connections") options.connections = std::stoul(value);
    if (name == "--seconds") options.seconds = std::stod(value);
  }
  return options;
}

void Introduce(const Options& options, grpc::ClientContext* context) {
  context->AddMetadata("authorization", "Bearer " + options.token);
  context->AddMetadata("x-evenhand-peer", "gateway");
}

std::shared_ptr<grpc::Channel> Connect(const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
}

std::vector<v1::RecordIncidentRequest> ReadRequests(const std::string& path) {
  std::vector<v1::RecordIncidentRequest> requests;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    v1::RecordIncidentRequest request;
    if (google::protobuf::util::JsonStringToMessage(line.substr(line.find('\t') + 1), request.mutable_incident()).ok())
      requests.push_back(request);
  }
  return requests;
}

// One caller's share of the requests; microseconds of each, errors counted apart.
struct Caller {
  std::vector<double> micros;
  std::size_t errors = 0;

  void Run(const Options& options, const std::vector<v1::RecordIncidentRequest>& requests, std::size_t first) {
    const auto stub = v1::IncidentService::NewStub(Connect(options));
    const auto end = Clock::now() + std::chrono::duration<double>(options.seconds);
    for (std::size_t next = first; Clock::now() < end && next < requests.size(); next += options.connections) {
      grpc::ClientContext context;
      Introduce(options, &context);
      v1::Incident reply;
      const auto began = Clock::now();
      if (stub->RecordIncident(&context, requests[next], &reply).ok()) {
        micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
      } else {
        ++errors;
      }
    }
  }
};

int Record(const Options& options) {
  const auto requests = ReadRequests(options.bodies);
  std::vector<Caller> callers(options.connections);
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < callers.size(); ++i) threads.emplace_back([&, i] { callers[i].Run(options, requests, i); });
  for (auto& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<double> micros;
  std::size_t errors = 0;
  for (const Caller& caller : callers) {
    micros.insert(micros.end(), caller.micros.begin(), caller.micros.end());
    errors += caller.errors;
  }
  std::ranges::sort(micros);
  const auto at = [&](double share) {
    return micros.empty() ? 0 : micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))];
  };
  std::printf("{\"answered\":%zu,\"errors\":%zu,\"per_second\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n", micros.size(), errors,
              static_cast<double>(micros.size()) / took, at(.5), at(.99));
  return 0;
}

int Import(const Options& options) {
  const auto stub = v1::ImportService::NewStub(Connect(options));
  grpc::ClientContext context;
  Introduce(options, &context);
  const auto start = Clock::now();
  const auto stream = stub->ImportIncidents(&context);
  std::thread writer([&] {
    std::ifstream file(options.file, std::ios::binary);
    std::string piece(64 * 1024, '\0');
    v1::ImportIncidentsRequest request;
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
      request.set_chunk(piece.data(), static_cast<std::size_t>(file.gcount()));
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
  });
  v1::ImportIncidentsRow row;
  std::size_t rows = 0;
  while (stream->Read(&row)) rows += row.has_summary() ? 0 : 1;
  writer.join();
  const auto status = stream->Finish();
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  std::printf("{\"rows\":%zu,\"ok\":%s,\"seconds\":%.3f,\"per_second\":%.0f}\n", rows, status.ok() ? "true" : "false", took,
              static_cast<double>(rows) / took);
  return status.ok() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Read(argc, argv);
  return options.file.empty() ? Record(options) : Import(options);
}
