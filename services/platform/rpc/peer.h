// Processes among themselves: channels to the other services, and who is at the other end.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "services/platform/config/settings.h"

namespace evenhand {

// Heads and trailers of a call, on both sides: a token of 8 KiB and its companions one way, a refusal's violations the other.
inline constexpr int kMaxMetadataBytes = 64 * 1024;

// A channel to unix:/path or host:port. Every call on it says who calls (`self`: "appeal", "gateway") and carries the current
// thread's traceparent unless it has one. Over TCP with TLS set: mutual TLS, and the certificate's name says who calls.
// `most_waiting` unary calls at once wait for it, the next is UNAVAILABLE; 0: any number.
std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address, const std::string& self, const Settings& settings,
                                         grpc::ChannelArguments arguments = {}, int most_waiting = 0);

// The server's side of the same: UNIX sockets by the folder's and the peer's rights, TCP by mutual TLS (plain in dev mode alone).
std::shared_ptr<grpc::ServerCredentials> CredentialsToListen(const Settings& settings);

// Who calls: over TLS the certificate's common name alone ("appeal-service" is "appeal"); on a UNIX socket, whose callers the
// kernel vouches for, what the process says of itself.
std::string PeerOf(const grpc::ServerContextBase& context);

// The processes of this suite: nobody else is answered.
bool IsExpectedPeer(std::string_view peer);

}  // namespace evenhand
