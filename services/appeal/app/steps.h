// The steps of an appeal between its lodging and its decision; each is one Change.
#pragma once

#include "evenhand/appeal/v1/appeal_service.pb.h"
#include "services/appeal/app/context.h"

namespace evenhand::appeal {

Outcome<v1::Appeal> AcknowledgeAppeal(const Context& context, const Call& call, const v1::AcknowledgeAppealRequest& request);
Outcome<v1::Appeal> AssignAppeal(const Context& context, const Call& call, const v1::AssignAppealRequest& request);
Outcome<v1::Appeal> RequestInformation(const Context& context, const Call& call, const v1::RequestInformationRequest& request);
Outcome<v1::Appeal> ReceiveInformation(const Context& context, const Call& call, const v1::ReceiveInformationRequest& request);
Outcome<v1::Appeal> AcceptLateAppeal(const Context& context, const Call& call, const v1::AcceptLateAppealRequest& request);
Outcome<v1::Appeal> RefuseAppeal(const Context& context, const Call& call, const v1::RefuseAppealRequest& request);
Outcome<v1::Appeal> CorrectReceipt(const Context& context, const Call& call, const v1::CorrectReceiptRequest& request);
Outcome<v1::Appeal> WithdrawAppeal(const Context& context, const Call& call, const v1::WithdrawAppealRequest& request);

}  // namespace evenhand::appeal
