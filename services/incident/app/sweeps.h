// What happens without anybody asking: late follow-ups escalate once, injury clocks are looked at again, gauges are set.
#pragma once

#include "services/incident/app/neighbours.h"
#include "services/platform/base/clock.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

// The service itself as caller of its own background work.
Call OwnCall(std::string job);

// Tells of each open follow-up that has become late, exactly once.
void EscalateLateFollowUps(UnitOfWork& work);

// Absences that still last: the injury may have become reportable since yesterday (RIDDOR 2013).
void LookAtInjuriesAgain(UnitOfWork& work);

// Incidents whose person was named while the register of people was away: confirmed, or said to be nobody's, once it answers.
void AskForNamedPeople(UnitOfWork& work, const Neighbours& neighbours);
inline constexpr char kPersonNotConfirmed[] = "PERSON_NOT_CONFIRMED";  // the flag of such an incident

// Open incidents, follow-ups open and overdue, rejections waiting, files unscanned.
void SetGauges(UnitOfWork& work);

}  // namespace evenhand::incident
