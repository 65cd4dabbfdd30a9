// The decisions on a restriction, each one story: may this person decide, is the record fresh, is the content right, does its state
// allow it; then change, decision, audit, event and the new state of the checks in one transaction (7.3, 7.4, 9.8).
#pragma once

#include <functional>

#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/evidence.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/terms.h"
#include "services/restriction/store/people.h"

namespace evenhand::restriction {

// What a decision is taken on, loaded and locked.
struct Matter {
  Session& session;
  Restrictions& restrictions;
  RestrictionRecord& record;
  v1::Restriction& doc;  // of the record
  const v1::Person& person;
  const Evidence& evidence;   // as it is now
  std::string delegation_id;  // under which the actor decides; "" in their own right
};

class DecideRestriction {
 public:
  DecideRestriction(UnitOfWork& work, EvidenceSource& evidence) : work_(work), evidence_(evidence) {}

  Outcome<v1::Restriction> Impose(const Call& call, const v1::ImposeRestrictionRequest& request);
  Outcome<v1::Restriction> Return(const Call& call, const v1::ReturnRestrictionRequest& request);
  Outcome<v1::Restriction> Decline(const Call& call, const v1::DeclineRestrictionRequest& request);
  Outcome<v1::Restriction> Withdraw(const Call& call, const v1::WithdrawRestrictionRequest& request);
  Outcome<v1::Restriction> Vary(const Call& call, const v1::VaryRestrictionRequest& request);
  Outcome<v1::Restriction> Review(const Call& call, const v1::ReviewRestrictionRequest& request);
  Outcome<v1::Restriction> Lift(const Call& call, const v1::LiftRestrictionRequest& request);
  Outcome<v1::Restriction> SetLegalHold(const Call& call, const v1::SetLegalHoldRequest& request);

 private:
  using Story = std::function<std::optional<Refusal>(Matter&)>;
  using Measures = google::protobuf::RepeatedPtrField<v1::Measure>;
  using Grounds = google::protobuf::RepeatedPtrField<v1::Ground>;

  // Loads, locks, asks who may, asks for the etag, then lets the story decide; ends by the reply with its consistency token.
  // What a decision would bring in anew says as well who may make it.
  Outcome<v1::Restriction> Decide(const Call& call, const std::string& id, Who who, const Story& story, const Measures& measures = {},
                                  const Grounds& grounds = {});
  Outcome<Evidence> EvidenceOf(const Call& call, const std::string& id, const Grounds& grounds);

  UnitOfWork& work_;
  EvidenceSource& evidence_;
};

// A decision by whoever is calling; under the delegation they decide by, if any.
v1::Decision DecisionBy(const Matter& m, DecisionKind::Value kind, std::string_view clause, const std::string& reasons);

// An end at once: lifted, declined, withdrawn.
std::optional<Refusal> End(Matter& m, Action action, v1::HistoryAction::Value word, Teller tell, const std::string& reason);

std::optional<Refusal> Lifted(Matter& m, v1::HistoryAction::Value word, const std::string& reason);

}  // namespace evenhand::restriction
