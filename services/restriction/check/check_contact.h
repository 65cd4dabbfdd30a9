// The unary checks: one contact, or up to a thousand. May wait for the decision that a consistency token names.
#pragma once

#include "services/platform/rpc/call.h"
#include "services/restriction/check/contact_check.h"

namespace evenhand::restriction::check {

// Of one batch (api.md).
inline constexpr int kMostInBatch = 1000;

class CheckContact {
 public:
  CheckContact(CheckState& state, CheckSpool& spool, const Clock& clock) : state_(state), spool_(spool), clock_(clock) {}

  Outcome<v1::CheckContactResponse> operator()(const Call& call, const v1::CheckContactRequest& request);
  Outcome<v1::BatchCheckContactsResponse> operator()(const Call& call, const v1::BatchCheckContactsRequest& request);

 private:
  CheckState& state_;
  CheckSpool& spool_;
  const Clock& clock_;
};

}  // namespace evenhand::restriction::check
