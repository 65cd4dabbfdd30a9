// New terms, as a variation, a review or an appeal gives them: what is wrong with them, and taking them (7.4).
#pragma once

#include "evenhand/restriction/v1/person.pb.h"
#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "services/platform/base/refusal.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

// Null pointers and empty texts: stays as it is.
struct NewTerms {
  const google::protobuf::RepeatedPtrField<v1::Measure>* measures = nullptr;
  const v1::Explanation* explanation = nullptr;
  const v1::Review* review = nullptr;
  std::string ends_on;
  std::string alternative_channel;

  bool empty() const {
    return measures == nullptr && ends_on.empty() && review == nullptr && explanation == nullptr && alternative_channel.empty();
  }
};

template <typename Request>
NewTerms TermsOf(const Request& request) {
  return {request.measures().empty() ? nullptr : &request.measures(), request.has_explanation() ? &request.explanation() : nullptr,
          request.has_review() ? &request.review() : nullptr, request.ends_on(), request.alternative_channel()};
}

// A decision that goes on closing a channel may not leave the person without one they can use, whatever has been recorded since (5.4).
Refusals FaultsOfLastChannel(Session& session, const v1::Restriction& doc, const v1::Person& person, const NewTerms& terms);

Refusals FaultsOfTerms(Session& session, const v1::Restriction& doc, const v1::Person& person, const NewTerms& terms);

// The next version of the terms holds from now; exactly one does at every moment.
std::optional<Refusal> TakeTerms(Session& session, v1::Restriction& doc, const NewTerms& terms);

// The date of the review that the terms ask for, counted from now.
void SetReviewDue(Session& session, v1::Restriction& doc);

}  // namespace evenhand::restriction
