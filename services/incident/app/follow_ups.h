// What can be done with a follow-up.
#pragma once

#include "evenhand/incident/v1/follow_up_service.pb.h"
#include "services/incident/app/neighbours.h"
#include "services/incident/store/follow_up_store.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

// While the register can't be asked, what is due about somebody of the register is not shown, nor passed over.
std::optional<Refusal> RefusalWhileUnknown(Session& session, const Closure& closure, Query query);

Outcome<v1::ListFollowUpsResponse> ListFollowUps(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                 const v1::ListFollowUpsRequest& request);
Outcome<v1::FollowUp> GetFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call, const v1::GetFollowUpRequest& request);
Outcome<v1::FollowUp> CompleteFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                       const v1::CompleteFollowUpRequest& request);
Outcome<v1::FollowUp> DeclineFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                      const v1::DeclineFollowUpRequest& request);
Outcome<v1::FollowUp> ReassignFollowUp(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                       const v1::ReassignFollowUpRequest& request);

}  // namespace evenhand::incident
