// What the tellers have in common: who is told again, one member of staff by number, an alarm with its task.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evenhand/notification/v1/task_service.pb.h"
#include "services/notification/app/facts.h"
#include "services/notification/app/shares.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

About AboutOf(const IncomingEvent& event, const Facts& facts);

// Who was told before, by audience, with whoever had it then.
struct ToldBefore {
  std::string audience;
  std::vector<Recipient> recipients;
};
std::vector<ToldBefore> ByAudience(const std::vector<Outgoing>& messages);

// Everybody told before is told again, but for the audiences of `plan`, which are told for reasons of their own.
void TellAgain(const Context& context, Session& session, const About& about, const std::vector<ToldBefore>& before,
               const std::string& reason, const SharingPlan& plan);

void NoteNotTold(Session& session, const About& about, const std::vector<NotToldLine>& lines);

// To one member of staff by number, as a correction or an alarm. `address` empty: as kept with any audience.
void TellOne(const Context& context, Session& session, const About& about, v1::Notification::Kind::Value kind, const std::string& staff_id,
             const std::string& reason, const std::string& clause, const std::string& address = "");

// A task in the service area, and an e-mail to who has to act: the one named by the event, else a director for an appeal, else who decides
// for the service, else its people. In a closed circle: the owner, or the role that owns it, and nobody of the service (12.6).
struct Alarm {
  v1::Task::Kind::Value kind;
  std::string what;  // in plain words, for the task
  std::string clause;
  std::vector<std::string> kept_from = {};  // who decided what it is about: they neither hear it nor see its task (7.3)
};
void Raise(const Context& context, Session& session, const IncomingEvent& event, const About& about, const Alarm& alarm);

// The tellers, a file each.
void TellOfTerms(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEnd(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfCorrection(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfStaffNamed(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntry(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntryRemoved(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntrySuspended(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfEntryResumed(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfAdvocateGone(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfUnmerged(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void TellOfAlarm(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void CloseAlarmsOfReview(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);
void CloseAlarmsOfAppeal(const Context& context, Session& session, const IncomingEvent& event, const Facts& facts);

}  // namespace evenhand::notification
