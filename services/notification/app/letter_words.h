// From the facts of a restriction or an appeal to a letter's variables: the plain words of each measure, review and outcome (11.1).
#pragma once

#include "services/notification/app/facts.h"
#include "services/notification/domain/template.h"

namespace evenhand::notification {

// What the person is asked and has not answered yet: the latest of it; null where nothing is.
const appeal::v1::InformationRequest* QuestionToThePerson(const appeal::v1::Appeal& appeal);
Variables WordsOfRestriction(const restriction::v1::NotificationFacts& facts, const std::string& appeal_by);
Variables WordsOfAppeal(const Facts& facts);

// It was refused for coming late, and taken on after all.
bool WasTurnedAway(const appeal::v1::Appeal& appeal);

// Notice of the decision would raise a risk (6.4): its terms stand in no letter.
bool IsWithheldNow(const restriction::v1::NotificationFacts& facts);

// In whose name (10.6): a senior manager's where staff asked for it, else the service's.
std::string SenderOf(const std::string& service_area, bool in_managers_name);

}  // namespace evenhand::notification
