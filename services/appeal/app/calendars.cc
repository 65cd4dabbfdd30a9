#include "services/appeal/app/calendars.h"

#include "services/appeal/app/told.h"
#include "services/appeal/store/appeal_store.h"
#include "services/appeal/store/calendar_store.h"
#include "services/platform/lists/page.h"

namespace evenhand::appeal {
namespace {

constexpr int kMostDays = 2'000;  // about eight years: more is a slip of the finger
constexpr char kNoDate[] = "This is not a date of the form YYYY-MM-DD.";

Refusals FaultsOfDate(const std::string& text, const std::string& field, bool needed) {
  if (text.empty() && !needed) return {};
  if (ParseDate(text)) return {};
  return {{"council rule", field, kNoDate}};
}

Holiday Known(const v1::Holiday& holiday) {
  return {.calendar = holiday.calendar(),
          .date = *ParseDate(holiday.date()),
          .name = holiday.name(),
          .source = holiday.source(),
          .worked = holiday.worked()};
}

// Here and in every other service.
void Keep(Session& session, const v1::Holiday& holiday) {
  KeepHoliday(session.sql(), Known(holiday), session.now());
  session.Emit(EventOf(Known(holiday), /*removed=*/false));
}

void Note(Session& session, const std::string& action, const v1::Holiday& holiday) {
  session.Audit({.action = action, .subject_kind = "holiday", .subject_id = holiday.calendar() + "/" + holiday.date(), .clause = "7.3"});
}

}  // namespace

Outcome<v1::ListHolidaysResponse> ListHolidays(const Context& context, const Call& call, const v1::ListHolidaysRequest& request) {
  Refusals no = FaultsOfDate(request.from(), "from", false);
  for (Violation& more : FaultsOfDate(request.to(), "to", false)) no.push_back(std::move(more));
  if (!no.empty()) return Invalid(std::move(no));
  return context.unit_of_work.Read<v1::ListHolidaysResponse>(call, [&](Session& session) -> Outcome<v1::ListHolidaysResponse> {
    if (!CalendarExists(session, request.calendar())) return NotFound("calendar");
    v1::ListHolidaysResponse reply;
    for (v1::Holiday& holiday : ListHolidays(session, request.calendar(), request.from(), request.to()))
      *reply.add_holidays() = std::move(holiday);
    reply.set_next_page_token(TakePage(*reply.mutable_holidays(), PageOf(request.page()), [](const v1::Holiday& h) { return h.date(); }));
    return reply;
  });
}

Outcome<v1::Holiday> AddHoliday(const Context& context, const Call& call, const v1::AddHolidayRequest& request) {
  Refusals no = FaultsOfDate(request.date(), "date", true);
  if (request.name().empty()) no.push_back({"council rule", "name", "Give the holiday its name."});
  return context.unit_of_work.Write<v1::Holiday>(call, [&](Session& session) -> Outcome<v1::Holiday> {
    if (!CalendarExists(session, request.calendar())) return NotFound("calendar");
    if (!no.empty()) return Invalid(no);
    if (auto there = FindHoliday(session, request.calendar(), request.date()); there && there->worked()) {
      there->clear_worked();
      Keep(session, *there);
      if (request.calendar() == session.calendar())
        WorkOutAgain(context, session, AppealStore(session).OpenIds(), "A bank holiday is kept again: " + request.date() + ".");
      Note(session, "holiday.kept", *there);
      call.found = true;
      return *there;
    } else if (there)
      return Conflict(ErrorReason::ALREADY_EXISTS, "council rule", "This day is a holiday already: " + there->name() + ".");
    v1::Holiday holiday;
    holiday.set_calendar(request.calendar());
    holiday.set_date(request.date());
    holiday.set_name(request.name());
    holiday.set_source(kCouncilsOwn);
    *holiday.mutable_created_at() = ToTimestamp(session.now());
    Keep(session, holiday);
    if (request.calendar() == session.calendar())
      WorkOutAgain(context, session, AppealStore(session).OpenIds(), "A holiday was added: " + request.date() + ".");
    Note(session, "holiday.added", holiday);
    return holiday;
  });
}

Outcome<v1::Holiday> RemoveHoliday(const Context& context, const Call& call, const v1::RemoveHolidayRequest& request) {
  if (Refusals no = FaultsOfDate(request.date(), "date", true); !no.empty()) return Invalid(std::move(no));
  return context.unit_of_work.Write<v1::Holiday>(call, [&](Session& session) -> Outcome<v1::Holiday> {
    auto holiday = FindHoliday(session, request.calendar(), request.date());
    if (!holiday) return NotFound("holiday");
    if (holiday->source() == kCouncilsOwn) {
      ForgetHoliday(session.sql(), request.calendar(), *ParseDate(request.date()));
      session.Emit(EventOf(Known(*holiday), /*removed=*/true));
    } else {
      holiday->set_worked(true);
      Keep(session, *holiday);
    }
    Note(session, "holiday.removed", *holiday);
    return *holiday;
  });
}

Outcome<v1::AddWorkingDaysResponse> AddWorkingDays(const Context& context, const Call& call, const v1::AddWorkingDaysRequest& request) {
  Refusals no = FaultsOfDate(request.from(), "from", true);
  if (request.days() < 0 || request.days() > kMostDays) no.push_back({"council rule", "days", "Between 0 and 2,000 working days."});
  if (!no.empty()) return Invalid(std::move(no));
  return context.unit_of_work.Read<v1::AddWorkingDaysResponse>(call, [&](Session& session) -> Outcome<v1::AddWorkingDaysResponse> {
    if (!CalendarExists(session, request.calendar())) return NotFound("calendar");
    const WorkingDays calendar = LoadCalendar(session.sql(), request.calendar());
    const LocalDate date = calendar.Add(*ParseDate(request.from()), request.days());
    v1::AddWorkingDaysResponse reply;
    reply.set_date(FormatDate(date));
    *reply.mutable_ends_at() = ToTimestamp(EndOf(date));
    for (v1::Holiday& holiday : ListHolidays(session, request.calendar(), request.from(), FormatDate(date)))
      if (!holiday.worked()) *reply.add_holidays() = std::move(holiday);
    reply.set_beyond_calendar(!calendar.IsKnown(date));
    return reply;
  });
}

}  // namespace evenhand::appeal
