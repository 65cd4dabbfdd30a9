// bench-stream: the check's gRPC stream without the gateway, as the gateway uses it: batches over one long stream for each thread, the
// next when the last is answered.
//   bench-stream --address unix:… --token T --bodies FILE --batch 32 --streams 2 --seconds 5
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include "evenhand/restriction/v1/contact_service.grpc.pb.h"

namespace {

namespace v1 = evenhand::restriction::v1;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string address, token, bodies;
  int batch = 32, streams = 2;
  double seconds = 5;
};

Options Read(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--address") options.address = value;
    if (name == "--token") options.token = value;
    if (name == "--bodies") options.bodies = value;
    if (name == "--batch") options.batch = std::stoi(value);
    if (name == "--streams") options.streams = std::stoi(value);
    if (name == "--seconds") options.seconds = std::stod(value);
  }
  return options;
}

std::vector<std::string> ReadRequests(const std::string& path) {
  std::vector<std::string> requests;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    v1::CheckContactRequest request;
    if (!google::protobuf::util::JsonStringToMessage(line.substr(line.find('\t') + 1), &request).ok()) continue;
    requests.push_back(request.SerializeAsString());
  }
  return requests;
}

std::size_t Run(const Options& options, const std::vector<std::string>& requests) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto stub =
      v1::ContactStreamService::NewStub(grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.AddMetadata("x-evenhand-peer", "gateway");
  const auto stream = stub->CheckContacts(&context);
  const auto end = Clock::now() + std::chrono::duration<double>(options.seconds);
  std::size_t answered = 0, next = 0;
  v1::CheckBatch batch;
  v1::CheckBatchReply reply;
  auto* token = batch.add_tokens();
  token->set_jwt(options.token);
  while (Clock::now() < end) {
    for (int i = 0; i < options.batch; ++i) {
      auto* item = batch.add_items();
      item->set_id(next);
      item->set_request(requests[next++ % requests.size()]);
    }
    if (!stream->Write(batch) || !stream->Read(&reply)) break;
    for (const auto& result : reply.results()) answered += result.has_response();
    batch.Clear();
  }
  stream->WritesDone();
  while (stream->Read(&reply)) {
  }
  stream->Finish();
  return answered;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Read(argc, argv);
  const auto requests = ReadRequests(options.bodies);
  std::vector<std::thread> threads;
  std::vector<std::size_t> answered(static_cast<std::size_t>(options.streams));
  const auto start = Clock::now();
  for (auto& count : answered) threads.emplace_back([&] { count = Run(options, requests); });
  for (auto& thread : threads) thread.join();
  std::size_t total = 0;
  for (const auto count : answered) total += count;
  std::printf("{\"answered\":%zu,\"per_second\":%.0f}\n", total,
              static_cast<double>(total) / std::chrono::duration<double>(Clock::now() - start).count());
}
