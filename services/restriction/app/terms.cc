#include "services/restriction/app/terms.h"

#include <algorithm>

#include "services/platform/base/local_date.h"
#include "services/restriction/app/facts.h"
#include "services/restriction/domain/demands.h"
#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/reviews.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {
namespace {

void Add(Refusals& all, Refusals some) { std::ranges::move(some, std::back_inserter(all)); }

}  // namespace

void SetReviewDue(Session& session, v1::Restriction& doc) {
  const auto due = ReviewDue(FactsOf(doc.review(), true), DateOf(session.now()));
  doc.set_review_due_on(due ? FormatDate(*due) : "");
}

Refusals FaultsOfLastChannel(Session& session, const v1::Restriction& doc, const v1::Person& person, const v1::Terms& terms) {
  wording::Channels closed;
  for (const auto& other : Restrictions(session).InForceOf(doc.person_id(), doc.service_area(), doc.id()))
    closed.Add(ClosedBy(FactsOf(other.measures())));
  const std::string& alternative = terms.alternative_channel().empty() ? doc.alternative_channel() : terms.alternative_channel();
  return RefusalsToCloseLastChannel(
      {UsableByAdjustment(person), FactsOf(terms.measures().empty() ? doc.measures() : terms.measures()), closed, alternative});
}

Refusals FaultsOfTerms(Session& session, const v1::Restriction& doc, const v1::Person& person, const v1::Terms& terms) {
  const LocalDate today = DateOf(session.now());
  Refusals no;
  if (!terms.measures().empty()) {
    const auto measures = FactsOf(terms.measures());
    Add(no, FaultsOfMeasures(measures));
    if (LimitsComplaints(measures) && std::ranges::none_of(doc.grounds(), [](const v1::Ground& g) { return Said(g.effect()); }))
      no.push_back({"9.8", "measures",
                    "Its grounds name no effect: limiting complaints needs one that harasses, or prevents a legitimate aim or decision."});
    Add(no, FaultsOfLastChannel(session, doc, person, terms));
  }
  if (terms.has_review()) Add(no, FaultsOfReview(FactsOf(terms.review(), true), today));
  if (terms.has_explanation()) Add(no, FaultsOfExplanation(FactsOf(terms.explanation()), today));
  Add(no, FaultsOfEnd(terms.ends_on(), today));
  return no;
}

std::optional<Refusal> TakeTerms(Session& session, v1::Restriction& doc, const v1::Terms& terms) {
  if (!terms.measures().empty()) *doc.mutable_measures() = terms.measures();
  if (terms.has_explanation()) *doc.mutable_explanation() = terms.explanation();
  if (!terms.ends_on().empty()) doc.set_ends_on(terms.ends_on());
  if (!terms.alternative_channel().empty()) doc.set_alternative_channel(terms.alternative_channel());
  // New terms are looked at again after an interval of their own, unless there is to be no review.
  if (terms.has_review()) {
    *doc.mutable_review() = terms.review();
    SetReviewDue(session, doc);
  } else if (!doc.review().has_none() && Overdue(ParseDate(doc.review_due_on()), DateOf(session.now()))) {
    doc.mutable_review()->Clear();
    SetReviewDue(session, doc);
  }
  doc.set_terms_version(doc.terms_version() + 1);
  Restrictions restrictions(session);
  if (!terms.measures().empty()) return restrictions.PutMeasuresInForce(doc);
  restrictions.KeepMeasuresInForce(doc);  // one that stands by for another goes on doing so
  return std::nullopt;
}

}  // namespace evenhand::restriction
