#include "services/notification/app/who_is_told.h"

#include <algorithm>

namespace evenhand::notification {
namespace {

using namespace events;
using Letter = LetterKind;
using Task = v1::Task::Kind;

constexpr MessageWords kEnded = {"Contact arrangements have ended",
                                 "Contact arrangements that you were told of have ended. Please stop following them."};
constexpr MessageWords kCorrected = {
    "A correction",
    "Something you were told or have read was linked to the wrong person. It has been corrected; please do not rely on it."};

template <Event E>
Telling Of(Telling row) {
  row.event = &E::Type();
  return row;
}

std::vector<Telling> Table() {
  return {
      Of<RestrictionImposed>(
          {.staff = {TellOfTerms},
           .words = {"Contact arrangements to follow", "Contact arrangements were put in place that your team carries out."},
           .letter = Letter::RESTRICTION}),
      Of<RestrictionVaried>({.staff = {TellOfTerms},
                             .words = {"Contact arrangements have changed", "Contact arrangements that you were told of have changed."},
                             .letter = Letter::VARIATION}),
      Of<RestrictionReviewed>({.staff = {TellOfTerms, CloseAlarmsOfReview},
                               .words = {"Contact arrangements were reviewed", "Contact arrangements that you were told of were reviewed."},
                               .letter = Letter::REVIEW_OUTCOME}),
      Of<RestrictionLifted>({.staff = {TellOfEnd}, .words = kEnded, .letter = Letter::LIFTING}),
      Of<RestrictionExpired>({.staff = {TellOfEnd}, .words = kEnded, .letter = Letter::LIFTING}),
      Of<RestrictionOverturned>({.staff = {TellOfEnd}, .words = kEnded}),
      Of<RestrictionSuperseded>(
          {.staff = {TellOfEnd},
           .words = {"Contact arrangements were replaced", "Contact arrangements that you were told of were replaced by others."}}),
      Of<RestrictionSuspended>(
          {.staff = {TellOfSuspension, TellOfAlarm},
           .words = {"Contact arrangements do not hold for now",
                     "Contact arrangements that you were told of do not hold for now. Please stop following them until you hear again."},
           .alarm = {Task::URGENT_REVIEW,
                     "rests on nothing that is confirmed to be about the person. It binds nobody until you decide: within a day, lift it "
                     "or name evidence that stands. Nobody is written to before that.",
                     "7.3"}}),
      Of<RestrictionResumed>({.staff = {TellOfTerms, CloseAlarmsOfReview},
                              .words = {"Contact arrangements hold again", "Contact arrangements that you were told of hold again."}}),
      Of<RestrictionEvidenceOverdue>(
          {.staff = {TellOfAlarm},
           .words = {"A decision waits", "A restriction that binds nobody waits for a decision."},
           .alarm = {Task::DEADLINE_PASSED,
                     "binds nobody, and nobody decided within a day what becomes of it. Lift it, or name evidence that stands.", "7.3"}}),
      Of<RestrictionUrgentReviewOpened>(
          {.staff = {TellOfAlarm},
           .words = {"An urgent review", "Something that a decision rests on has changed. It has to be reviewed now."},
           .alarm = {Task::URGENT_REVIEW, "rests on something that has changed. Review it now; it stays in force until you decide.",
                     "7.3"}}),
      Of<RestrictionReviewOverdue>(
          {.staff = {TellOfAlarm},
           .words = {"A review is overdue", "A review is overdue. The decision stays in force until somebody decides."},
           .alarm = {Task::DEADLINE_PASSED, "is due for review since. It stays in force until somebody decides.", "7.4"}}),
      Of<RestrictionNoticeWithheldDue>(
          {.staff = {TellOfAlarm},
           .words = {"Look again at a notice", "A notice was withheld until today. Look again whether it can be given."},
           .alarm = {Task::DEADLINE_PASSED, "was kept from the person until today. Look again whether they can be told.", "6.4"}}),

      Of<MarkerConfirmed>({.staff = {TellOfEntry},
                           .words = {"An entry on the register", "There is an entry on the register that your team has to know of."}}),
      Of<MarkerReviewed>(
          {.staff = {TellOfEntry},
           .words = {"An entry on the register was reviewed", "An entry on the register that you were told of was reviewed."}}),
      Of<MarkerRemoved>({.staff = {TellOfEntryRemoved},
                         .words = {"An entry on the register was removed",
                                   "An entry on the register that you were told of has been removed. Please stop relying on it."}}),
      Of<MarkerSuspended>(
          {.staff = {TellOfEntrySuspended, TellOfAlarm},
           .words = {"An entry on the register does not hold for now",
                     "An entry on the register that you were told of does not hold for now. Please stop relying on it until you hear "
                     "again."},
           .alarm = {Task::URGENT_REVIEW,
                     "rests on nothing that is confirmed to be about the person. No check tells of it until you decide: take it off, or "
                     "see to it that the incident is linked to the person it is about.",
                     "4.3"}}),
      Of<MarkerResumed>({.staff = {TellOfEntryResumed},
                         .words = {"An entry on the register holds again", "An entry on the register that you were told of holds again."}}),
      Of<MarkerUrgentReviewOpened>(
          {.staff = {TellOfAlarm},
           .words = {"An urgent review", "Something that a register entry rests on has changed. It has to be reviewed now."},
           .alarm = {Task::URGENT_REVIEW, "rests on something that has changed. Review it now.", "4.3"}}),
      Of<MarkerReviewOverdue>({.staff = {TellOfAlarm},
                               .words = {"A review is overdue", "The review of a register entry is overdue."},
                               .alarm = {Task::DEADLINE_PASSED, "is due for review since.", "4.3"}}),

      Of<PersonAdvocateResigned>(
          {.staff = {TellOfAdvocateGone},
           .words = {"An advocate has resigned",
                     "The advocate through whom contact went has resigned. A temporary channel is open; please see how."}}),
      Of<PersonUnmerged>(
          {.staff = {TellOfUnmerged},
           .words = {"A correction",
                     "Something you were told rested on the records of two people that were taken for one. It has been corrected; please "
                     "look again."}}),

      Of<IncidentPersonUnlinked>({.staff = {TellOfCorrection}, .words = kCorrected}),
      Of<IncidentPersonReturned>({.staff = {TellOfCorrection}, .words = kCorrected}),
      Of<IncidentStaffNamed>(
          {.staff = {TellOfStaffNamed},
           .words = {"A colleague was named publicly", "A member of staff was named publicly. Only those who act for them are told."}}),
      Of<IncidentFollowUpOverdue>({.staff = {TellOfAlarm},
                                   .words = {"A follow-up is overdue", "A follow-up after an incident is overdue."},
                                   .alarm = {Task::DEADLINE_PASSED, "has a follow-up that is overdue.", "10.3"}}),

      Of<AppealLodged>({.letter = Letter::APPEAL_LATE}),
      Of<AppealAcknowledged>({.staff = {CloseAlarmsOfAppeal}, .letter = Letter::APPEAL_ACKNOWLEDGED}),
      Of<AppealReopened>({.letter = Letter::APPEAL_ACKNOWLEDGED}),
      Of<AppealAcceptedLate>({.letter = Letter::APPEAL_ACKNOWLEDGED}),
      Of<AppealInformationRequested>({.letter = Letter::APPEAL_QUESTION}),
      Of<AppealWithdrawn>({.staff = {CloseAlarmsOfAppeal}, .letter = Letter::APPEAL_WITHDRAWN}),
      Of<AppealDecided>({.staff = {CloseAlarmsOfAppeal}, .letter = Letter::APPEAL_OUTCOME}),
      Of<AppealRefused>({.staff = {CloseAlarmsOfAppeal}, .letter = Letter::APPEAL_OUTCOME}),
      Of<AppealAcknowledgementOverdue>({.staff = {TellOfAlarm},
                                        .words = {"An appeal is not acknowledged", "An appeal was not acknowledged in time."},
                                        .alarm = {Task::DEADLINE_PASSED, "was not acknowledged in time. Acknowledge it now.", "7.3"}}),
      Of<AppealDecisionOverdue>({.staff = {TellOfAlarm},
                                 .words = {"An appeal is not decided", "An appeal was not decided in time."},
                                 .alarm = {Task::DEADLINE_PASSED, "was not decided in time. A strategic director decides it.", "7.3"}}),
      Of<AppealEffectRefused>(
          {.staff = {TellOfAlarm},
           .words = {"An appeal's outcome can't be put in place", "The terms of an appeal's outcome can't be put in place as they are."},
           .alarm = {Task::APPEAL_EFFECT,
                     "was decided with terms that can't be put in place as they are. See what has changed about the person, and mend it.",
                     "7.3"}}),

      {.own_occasion = "share.escalated",
       .words = {"A message did not reach its audience", "A message did not reach its audience. Decide how they are told."}},
      {.own_occasion = "share.decided",
       .words = {"Contact arrangements to follow", "A manager decided that you need to know of contact arrangements."}},
  };
}

const std::vector<Telling>& Rows() {
  static const auto& rows = *new std::vector<Telling>(Table());
  return rows;
}

}  // namespace

const Telling* WhoIsTold(const EventType& type) {
  const auto row = std::ranges::find(Rows(), &type, &Telling::event);
  return row == Rows().end() ? nullptr : &*row;
}

const MessageWords& WordsOfMessage(std::string_view occasion) {
  static constexpr MessageWords kOther;
  const auto row = std::ranges::find_if(
      Rows(), [&](const Telling& one) { return occasion == (one.event == nullptr ? one.own_occasion : one.event->name); });
  return row == Rows().end() ? kOther : row->words;
}

void TellStaff(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts) {
  if (event.Has<events::v1::RestrictionRef>() != nullptr && !facts.restriction) return;  // it is gone
  for (const Teller tell : WhoIsTold(*event.type)->staff) tell(context, session, event, facts);
}

}  // namespace evenhand::notification
