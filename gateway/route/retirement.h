// Routes on their way out: what docs/api-versioning.md promises the clients that still call them. A method marked `deprecated` in the
// contract has one row here, with both dates and what to use instead.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace evenhand::gateway {

struct Retirement {
  std::string_view rpc;            // "evenhand.incident.v1.IncidentService/ListIncidents"
  std::string_view deprecated_on;  // "2026-11-25"
  std::string_view sunset_on;      // at least twelve months later
  std::string_view successor;      // the path to use instead; empty: there is none
};

// Of the contract as it is: nothing is on its way out today.
std::span<const Retirement> Retirements();

using Notices = std::vector<std::pair<std::string_view, std::string>>;

// Deprecation (RFC 9745), Sunset (RFC 8594) and Link of this method's replies; nothing where it stays. Ends the process where the
// contract and the table disagree, or the sunset comes too soon.
Notices NoticesOf(const google::protobuf::MethodDescriptor& rpc, std::span<const Retirement> retirements);

}  // namespace evenhand::gateway
