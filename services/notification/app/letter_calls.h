// Letters through REST: looking, previewing, writing one by hand, confirming an address, the PDF.
#pragma once

#include <functional>

#include "evenhand/notification/v1/letter_service.pb.h"
#include "services/notification/app/context.h"

namespace evenhand::notification {

Outcome<v1::ListLettersResponse> ListLetters(const Context& context, const Call& call, const v1::ListLettersRequest& request);
Outcome<v1::Letter> GetLetter(const Context& context, const Call& call, const v1::GetLetterRequest& request);
std::optional<Refusal> GetLetterPdf(const Context& context, const Call& call, const v1::GetLetterPdfRequest& request,
                                    const std::function<bool(const v1::LetterChunk&)>& write);
Outcome<v1::PreviewLetterResponse> PreviewLetter(const Context& context, const Call& call, const v1::PreviewLetterRequest& request);
Outcome<v1::Letter> CreateLetter(const Context& context, const Call& call, const v1::CreateLetterRequest& request);
// 404, 403 of the area and 403 of the closure (12.4).
std::optional<Refusal> RefusalToOpenLetter(const Context& context, const Call& call, const std::string& id);
Outcome<v1::Letter> RecordTold(const Context& context, const Call& call, const v1::RecordToldRequest& request);
Outcome<v1::Letter> RecordPosted(const Context& context, const Call& call, const v1::RecordPostedRequest& request);
Outcome<v1::Letter> RetryLetter(const Context& context, const Call& call, const v1::RetryLetterRequest& request);
Outcome<v1::Letter> ConfirmAddress(const Context& context, const Call& call, const v1::ConfirmAddressRequest& request);
Outcome<v1::ListTemplatesResponse> ListTemplates(const Context& context, const Call& call, const v1::ListTemplatesRequest& request);

}  // namespace evenhand::notification
