// A batch of checks in, its answers out: what both ways of a check stream have in common (contact_stream.h, local_streams.h). Checks that
// wait for a newer index are answered later, on their own. Each stream has one; its calls come one after the other.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/platform/auth/token_verifier.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/check/contact_check.h"

namespace evenhand::restriction::check {

// What all streams share.
struct CheckStreamParts {
  CheckState& state;
  CheckSpool& spool;
  const Clock& clock;
  const TokenVerifier& tokens;
  const AreaDirectory& areas;
  const Rpc& rpc;    // of ContactStreamService
  const Rule* rule;  // of ContactService/CheckContact: who may ask
  RpcMetrics& metrics;
};

class BatchAnswerer {
 public:
  // `late` takes the answer of a check that had to wait: on any thread, and even after this object has gone.
  using Late = std::function<void(const v1::CheckBatchReply& reply)>;

  BatchAnswerer(const CheckStreamParts& parts, Late late) : parts_(parts), late_(std::move(late)) {}

  // `reply` is emptied first. What gave guidance is on disk when this returns, or it is refused.
  void Answer(v1::CheckBatch& batch, v1::CheckBatchReply& reply);

 private:
  // A caller of this stream, by the number that the gateway gave their token.
  struct Caller {
    std::string jwt;
    std::shared_ptr<const Actor> actor;
    std::optional<Refusal> refusal;
    Steady::time_point verified = Steady::time_point::min();
  };

  void Learn(v1::CheckBatch& batch);
  bool AnswerItem(const v1::CheckItem& item, CheckBatchAnswers& answers, v1::CheckResult& result);
  const Caller& CallerOf(std::uint32_t number);
  void Defer(const v1::CheckItem& item, const Caller& caller, const Revision& at_least);

  const CheckStreamParts& parts_;
  const Late late_;
  v1::CheckContactRequest request_;  // used again and again: keeps its memory
  std::vector<Caller> callers_;
  std::vector<std::pair<int, v1::CheckResult*>> guidance_;  // of the batch at hand: refused when the spool is full
};

}  // namespace evenhand::restriction::check
