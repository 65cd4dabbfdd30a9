// A UNIX socket whose callers are known by the kernel: only processes of expected users get through to gRPC.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include <absl/status/statusor.h>
#include <grpcpp/server_builder.h>

namespace evenhand {

class UnixListener {
 public:
  // To be called before BuildAndStart: `path` without "unix:". Callers of this process's own user and of root are let in.
  UnixListener(grpc::ServerBuilder& builder, std::string path);
  ~UnixListener() { Stop(); }
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  // After BuildAndStart. False when the path can't be bound.
  bool Start();

  // No new callers; those inside finish.
  void Stop();

 private:
  void Accept();

  const std::string path_;
  const std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  int listening_ = -1;
  std::thread thread_;
};

// A socket at `path` that nobody but its owner may connect to. -1: it can't be bound.
int ListenLocally(const std::string& path);
// The next caller of an expected user, with `flags` for accept4. -1: the socket was shut down.
int AcceptLocally(int listening, int flags);

// False while callers can't be taken, for want of descriptors or memory: then the process is not ready.
bool TakesCallers();

// May a process of this user call a service of that one? Its own user and root may.
bool IsExpectedUser(unsigned caller, unsigned own);

}  // namespace evenhand
