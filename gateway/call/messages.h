// Between the contract's messages, JSON and gRPC's bytes.
#pragma once

#include <memory>
#include <string>

#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>

#include "gateway/http/exchange.h"
#include "gateway/http/response.h"
#include "gateway/route/router.h"
#include "services/platform/base/refusal.h"

namespace evenhand::gateway {

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

// Gives a borrowed message back, empty, to the thread that made it.
struct GiveBack {
  std::unique_ptr<google::protobuf::Message>* place = nullptr;  // null: it is not kept
  void operator()(google::protobuf::Message* message) const;
};
using BorrowedMessage = std::unique_ptr<google::protobuf::Message, GiveBack>;
// An empty message to be filled from `bytes` of text and to be given back on the same thread. Each thread keeps one of a kind, so that a
// small request costs neither its making nor the memory of its texts; what a long one filled is not held on to.
BorrowedMessage BorrowMessage(const google::protobuf::Descriptor& type, std::size_t bytes);

grpc::ByteBuffer ToBytes(const google::protobuf::Message& message);
bool FromBytes(grpc::ByteBuffer& bytes, google::protobuf::Message* message);

// The body into the request, and the mask that it implies where the route takes one: of the fields that it gives.
Refusals ReadBody(const Route& route, std::string_view body, google::protobuf::Message* request);

// Path variables and query parameters into the request. `validateOnly` is no field: it is told apart for writes. `updateMask` takes the
// place of what the body implied.
struct Parameters {
  bool validate_only = false;
  Refusals faults;
};
Parameters ReadParameters(const Route& route, const std::vector<std::string_view>& variables, std::string_view query,
                          google::protobuf::Message* request);

// What stands in headers into the fields that say so.
void ReadHeaders(const Exchange& exchange, google::protobuf::Message* first);

// Has the service put this among the metadata of its reply?
bool Says(const grpc::ClientContext& context, const char* what);

// 200 with the message as JSON, and its etag as the header.
Response ToResponse(const google::protobuf::Message& reply);

// The same as the answer of an exchange: 201 with its Location where something was made (RFC 9110 15.3.2), not where it was `found` (a
// repeat) or was only tried out; 304 where the caller has this state already (If-None-Match). `restriction`: the one that the request
// names.
Response AnswerOf(const Exchange& exchange, const google::protobuf::Message& reply, bool found, std::string_view restriction = {});

// The value of a text, number or bool field by its proto name; empty or 0 when there is no such field.
std::string TextField(const google::protobuf::Message& message, const char* name);
// Sets the field if the message has one of that name and type.
void SetTextField(google::protobuf::Message* message, const char* name, std::string_view value);

}  // namespace evenhand::gateway
