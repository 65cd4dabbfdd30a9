// Carries the effect of a decided appeal to the restriction until it is confirmed. Every step may be cut off and is done again:
// the restriction service knows the appeal's id and applies it once; here the state says PENDING until the answer is kept.
#pragma once

#include <string>

#include "evenhand/appeal/v1/appeal.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

// What the restriction is to do about a decided appeal.
restriction::v1::ApplyAppealOutcomeRequest EffectOf(const v1::Appeal& appeal);

class EffectSaga {
 public:
  explicit EffectSaga(const Context& context) : context_(context) {}

  // Every effect that is due; to be called again and again.
  void RunOnce();

 private:
  void Carry(const std::string& id);

  const Context& context_;
};

}  // namespace evenhand::appeal
