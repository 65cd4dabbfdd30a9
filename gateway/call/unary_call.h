// One request to one service and its reply, whatever the RPC: bytes by the generic stub, no code for any method.
#pragma once

#include <memory>

#include "gateway/call/upstreams.h"
#include "gateway/route/router.h"

namespace evenhand::gateway {

// Replies to the exchange when the service has answered; ends the call when the client leaves.
void CallUnary(Upstreams& upstreams, const std::shared_ptr<Exchange>& exchange, const google::protobuf::Message& request,
               bool validate_only);

}  // namespace evenhand::gateway
