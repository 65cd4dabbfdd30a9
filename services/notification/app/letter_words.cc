#include "services/notification/app/letter_words.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/time/time.h>

#include "services/wording/measure_words.h"

namespace evenhand::notification {
namespace {

using restriction::v1::Measure;

std::string Day(const std::string& date) {
  const auto day = ParseDate(date);
  return day ? absl::FormatTime("%-e %B %Y", StartOf(*day) + absl::Hours(12), London()) : date;
}

wording::MeasureWords WordsOf(const Measure& measure) {
  return {.kind = measure.kind(),
          .channel = measure.channel(),
          .max_contacts = measure.max_contacts(),
          .period = measure.period(),
          .from = measure.from(),
          .to = measure.to(),
          .name = measure.name(),
          .description = measure.description()};
}

template <typename Measures>
std::string MeasureLines(const Measures& measures) {
  std::string lines;
  for (const Measure& measure : measures) absl::StrAppend(&lines, wording::ForPerson(WordsOf(measure)), "\n");
  return lines;
}

std::string ReviewWords(const restriction::v1::NotificationFacts& facts) {
  if (!facts.review_due_on().empty())
    return absl::StrCat("We will look at this again by ", Day(facts.review_due_on()), ". Tell us if things change before then.");
  if (!facts.review_none().explanation().empty()) return facts.review_none().explanation();
  return "";
}

std::string AlternativeWords(const std::string& alternative) {
  const auto channel = wording::NamedWay(alternative).channel;
  return channel == Channel::CHANNEL_UNSPECIFIED ? alternative
                                                 : absl::StrCat("You can reach us ", std::string(wording::WordsFor(channel)), ".");
}

std::string OutcomeWords(const appeal::v1::Appeal& appeal) {
  if (appeal.state() == AppealState::REFUSED)
    return "Your appeal came after the last day to appeal, and we have not been able to take it on.";
  switch (appeal.decision().outcome()) {
    case AppealOutcome::UPHELD:
      return "We agree with your appeal.";
    case AppealOutcome::PARTLY_UPHELD:
      return "We agree with part of your appeal.";
    case AppealOutcome::NOT_UPHELD:
      return "We looked at your appeal with care. The decision stays as it is.";
    case AppealOutcome::OUTCOME_UNSPECIFIED:
      break;
  }
  return "";
}

std::string EffectWords(const appeal::v1::Appeal& appeal, bool terms_follow) {
  switch (appeal.effect().result()) {
    case AppealResult::OVERTURNED:
      return "The arrangements for contact have ended. You can be in touch with us in all the usual ways again.";
    case AppealResult::VARIED:
      return absl::StrCat("The arrangements for contact have changed.", terms_follow ? " What applies now is below." : "");
    case AppealResult::ALREADY_ENDED:
      return "The arrangements for contact had ended before your appeal was decided. Nothing else changes.";
    case AppealResult::UNCHANGED:
    case AppealResult::APPEAL_RESULT_UNSPECIFIED:
      break;
  }
  return "";
}

}  // namespace

const appeal::v1::InformationRequest* QuestionToThePerson(const appeal::v1::Appeal& appeal) {
  const auto& all = appeal.information_requests();
  const auto asked = std::find_if(all.rbegin(), all.rend(), [](const appeal::v1::InformationRequest& one) {
    return !one.has_received_at() && one.asked_of() == "the person";
  });
  return asked == all.rend() ? nullptr : &*asked;
}

Variables WordsOfRestriction(const restriction::v1::NotificationFacts& facts, const std::string& appeal_by) {
  const std::string& told = facts.decision().explanation().to_person();
  Variables words = {{"addressee", facts.display_name()},
                     {"reference", facts.restriction_reference()},
                     {"area", facts.service_area()},
                     {"reason", told.empty() ? facts.explanation().to_person() : told},
                     {"measures", MeasureLines(facts.decision().measures().empty() ? facts.measures() : facts.decision().measures())},
                     {"review", ReviewWords(facts)},
                     {"appeal_by", appeal_by},
                     {"alternative", AlternativeWords(facts.alternative_channel())},
                     {"ends", facts.ends_on()},
                     {"restore",
                      "We would like things to get easier. Calm contact in the ways above is the surest way to have this looked at early. "
                      "Tell us if something about how we "
                      "work makes contact hard for you; we can change how we do things."}};
  return words;
}

Variables WordsOfAppeal(const Facts& facts) {
  const appeal::v1::Appeal& appeal = *facts.appeal;
  const bool refused = appeal.state() == AppealState::REFUSED;
  const bool varied = appeal.effect().result() == AppealResult::VARIED && facts.restriction && !IsWithheldNow(*facts.restriction);
  Variables words = {{"reference", appeal.reference()},
                     {"received_on", appeal.received_on()},
                     {"decide_by", appeal.deadlines().decide_due_on()},
                     {"outcome", OutcomeWords(appeal)},
                     {"reason", refused ? appeal.refusal().reason() : appeal.decision().reason()},
                     {"effect", EffectWords(appeal, varied)}};
  if (const auto* asked = QuestionToThePerson(appeal)) {
    words["question"] = asked->question();
    words["answer_by"] = asked->answer_due_on();
  }
  if (!refused && WasTurnedAway(appeal))
    words["taken_on"] = "We wrote to you that your appeal came too late. We have looked at that again, and your appeal is being heard.";
  if (!appeal.out_of_scope().empty()) words["signpost"] = appeal.out_of_scope(0).signpost();
  if (!facts.restriction) return words;
  words["addressee"] = facts.restriction->display_name();
  words["area"] = facts.restriction->service_area();
  if (!varied) return words;
  // The new terms are a decision of their own (7.3, 7.4): the outcome tells of them as their own letter would, so that there is one letter.
  const Variables terms = WordsOfRestriction(*facts.restriction, facts.appeal_by);
  for (const char* same : {"measures", "review", "appeal_by", "ends", "alternative", "restore"}) words[same] = terms.at(same);
  words["restriction"] = terms.at("reference");
  words["explanation"] = appeal.decision().variation().explanation().to_person();
  return words;
}

bool WasTurnedAway(const appeal::v1::Appeal& appeal) {
  return std::ranges::any_of(
      appeal.timeline(), [](const appeal::v1::TimelineEntry& entry) { return entry.what() == appeal::v1::TimelineEntry::What::REFUSED; });
}

bool IsWithheldNow(const restriction::v1::NotificationFacts& facts) {
  return facts.decision().explanation().has_withheld() ||
         (facts.decision().explanation().to_person().empty() && facts.explanation().has_withheld());
}

std::string SenderOf(const std::string& service_area, bool in_managers_name) {
  return in_managers_name ? absl::StrCat("Senior Manager, ", service_area) : absl::StrCat("On behalf of ", service_area);
}

}  // namespace evenhand::notification
