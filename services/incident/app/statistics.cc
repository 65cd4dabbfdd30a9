#include "services/incident/app/statistics.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "services/incident/app/other_figures.h"
#include "services/incident/app/period.h"
#include "services/incident/domain/suppression.h"
#include "services/incident/store/visibility.h"
#include "services/platform/base/local_date.h"

namespace evenhand::incident {
namespace {

struct Dimension {
  std::string_view name;  // as the reply prints it
  std::string_view key;   // SQL over incident i
  std::string_view join;  // what it needs beside it
};

constexpr Dimension kDimensions[] = {
    {"service", "i.service_area", ""},
    {"behaviour", "b.one", ", unnest(i.behaviours) as b(one)"},
    {"channel", "i.channel", ""},
    {"month", "to_char(i.occurred_at at time zone 'Europe/London', 'YYYY-MM')", ""},
    {"state", "i.state", ""},
    {"followUpKind", "f.kind", " join follow_up f on f.incident_id = i.id and f.state <> 'NO_LONGER_DUE'"},
};

// "serviceArea", "service_area" and "SERVICE" are what people write; all mean the same.
const Dimension* DimensionNamed(const std::string& by) {
  const std::string asked = absl::StrReplaceAll(absl::AsciiStrToLower(by), {{"_", ""}, {"-", ""}});
  if (asked.empty() || asked == "servicearea" || asked == "services") return &kDimensions[0];
  for (const Dimension& one : kDimensions) {
    const std::string name = absl::AsciiStrToLower(std::string(one.name));
    if (asked == name || asked == name + "s") return &one;
  }
  return nullptr;
}

// Managers and health and safety count the cases that they may read; everybody else the whole council's, with small numbers withheld.
bool HasCaseAccess(const Actor& actor) { return actor.RanksAtLeast(Role::kTeamLeader) || actor.Has(Role::kHealthSafetyAdviser); }

absl::Time MonthStart(absl::Time at) {
  const LocalDate day = DateOf(at);
  return StartOf(LocalDate(day.year(), day.month(), 1));
}

absl::Time MonthEnd(absl::Time before) {
  const LocalDate last = DateOf(before - absl::Microseconds(1));
  return StartOf(AddMonths(LocalDate(last.year(), last.month(), 1), 1));
}

struct Scope {
  absl::Time from, before;
  bool everything = false;  // exact figures of the cases the reader may read
  const Closure* closure;   // whose cases those are not
};

Query CasesOf(const Scope& scope, const Actor& actor, bool all_states) {
  Query query;
  if (scope.everything) OnlyVisible(actor, *scope.closure, {}, query);
  if (!all_states) query.And("i.state = 'RECORDED'");
  query.And("i.occurred_at >= " + query.Bind(FormatInstant(scope.from)) + "::timestamptz");
  query.And("i.occurred_at < " + query.Bind(FormatInstant(scope.before)) + "::timestamptz");
  return query;
}

constexpr char kMonth[] = "to_char(i.occurred_at at time zone 'Europe/London', 'YYYY-MM')";

using Months = std::map<std::string, std::map<std::string, int>>;  // month → what is counted → how many

Months Counted(Session& session, const std::string& sql, const Query& query) {
  Months months;
  for (const auto& row : session.sql().exec_params(sql, pqxx::prepare::make_dynamic_params(query.parameters)))
    months[row[0].as<std::string>()][row[1].as<std::string>()] += row[2].as<int>();
  return months;
}

// Whoever may read the cases gets sums; everybody else each month withheld by itself, so that two periods tell no more than their months.
ShownTable Show(const Months& months, const std::map<std::string, int>& totals, const Scope& scope) {
  std::vector<ShownTable> tables;
  for (const auto& [month, cells] : months) {
    const auto total = totals.find(month);
    int sum = 0;
    for (const auto& [key, count] : cells) sum += count;
    if (total != totals.end()) sum = total->second;
    if (!scope.everything) {
      tables.push_back(Suppress(cells, sum));
      continue;
    }
    ShownTable& exact = tables.emplace_back();
    exact.total = sum;
    for (const auto& [key, count] : cells) exact.cells[key] = count;
  }
  ShownTable shown = AddUp(tables);
  if (tables.empty()) shown.total = 0;
  return shown;
}

std::map<std::string, int> Totals(Session& session, const Query& query) {
  std::map<std::string, int> totals;
  for (const auto& [month, cells] :
       Counted(session, absl::StrCat("select ", kMonth, ", '', count(*) from incident i where ", query.where, " group by 1"), query))
    totals[month] = cells.at("");
  return totals;
}

ShownTable Count(Session& session, const Dimension& by, const Scope& scope, const Actor& actor) {
  const bool states = by.name == "state";
  const Query query = CasesOf(scope, actor, states);
  const std::string from = absl::StrCat(" from incident i", std::string(by.join), " where ", query.where, " group by 1, 2");
  Months months = Counted(session, absl::StrCat("select ", kMonth, ", ", std::string(by.key), ", count(*)", from), query);
  const auto totals = Totals(session, query);
  ShownTable shown = Show(months, totals, scope);
  if (!states || scope.everything) return shown;
  // How many stand is every other table's total: the sum over the states must not tell how few do not.
  shown.total = std::nullopt;
  for (const auto& [month, total] : totals) {
    const int fallen = total - months[month]["RECORDED"];
    if (total >= kLeastShown && (fallen == 0 || fallen >= kLeastShown)) shown.total = shown.total.value_or(0) + total;
  }
  return shown;
}

// From incident to decision: how many are decided and how many wait, and how long it took.
void PutDecisions(Session& session, const Scope& scope, const Actor& actor, v1::TimeToRegister& time) {
  const Query query = CasesOf(scope, actor, false);
  const std::string from =
      " from incident i join follow_up f on f.incident_id = i.id and f.kind = 'REGISTER_DECISION' and f.state in ('COMPLETED', 'OPEN') "
      "where " +
      query.where;
  ShownTable shown =
      Show(Counted(session, absl::StrCat("select ", kMonth, ", f.state, count(*)", from, " group by 1, 2"), query), {}, scope);
  const auto cell = [&](const char* state) {
    const auto found = shown.cells.find(state);
    return found == shown.cells.end() ? std::optional<int>(0) : found->second;
  };
  if (const auto count = cell("COMPLETED")) time.set_decided(*count);
  if (const auto count = cell("OPEN")) time.set_waiting(*count);
  if (time.decided() < (scope.everything ? 1 : kLeastShown)) return;
  const auto row = session.sql().exec_params1(
      "select percentile_cont(0.5) within group (order by extract(epoch from f.closed_at - i.occurred_at) / 3600), "
      "percentile_cont(0.9) within group (order by extract(epoch from f.closed_at - i.occurred_at) / 3600)" +
          from + " and f.state = 'COMPLETED'",
      pqxx::prepare::make_dynamic_params(query.parameters));
  time.set_median_hours(row[0].as<double>());
  time.set_ninetieth_hours(row[1].as<double>());
}

// From incident to the entry itself, which a senior manager confirmed (12.2).
void PutEntries(Session& session, const Scope& scope, const Actor& actor, v1::TimeToRegister& time) {
  const Query query = CasesOf(scope, actor, false);
  const std::string from =
      " from incident i join (select incident_id, min(confirmed_at) as at from register_entry where confirmed_at is not null group by 1) e "
      "on e.incident_id = i.id where " +
      query.where;
  const ShownTable shown = Show(Counted(session, absl::StrCat("select ", kMonth, ", '', count(*)", from, " group by 1"), query), {}, scope);
  const auto entered = shown.cells.find("");
  if (entered == shown.cells.end()) return time.set_entered(0);
  if (!entered->second) return;
  time.set_entered(*entered->second);
  const auto row = session.sql().exec_params1(
      "select percentile_cont(0.5) within group (order by extract(epoch from e.at - i.occurred_at) / 3600), "
      "percentile_cont(0.9) within group (order by extract(epoch from e.at - i.occurred_at) / 3600)" +
          from,
      pqxx::prepare::make_dynamic_params(query.parameters));
  time.set_entry_median_hours(row[0].as<double>());
  time.set_entry_ninetieth_hours(row[1].as<double>());
}

void PutFollowUps(Session& session, const Scope& scope, const Actor& actor, v1::Statistics& out) {
  Query query = CasesOf(scope, actor, false);
  const std::string now = query.Bind(FormatInstant(session.now())) + "::timestamptz";
  const ShownTable shown =
      Show(Counted(session,
                   absl::StrCat("select ", kMonth, ", case when f.state = 'OPEN' then case when f.due_at < ", now,
                                " then 'overdue' else 'open' end when f.closed_at <= f.due_at then 'onTime' else 'late' end, count(*) from "
                                "incident i join follow_up f on f.incident_id = i.id and f.state <> 'NO_LONGER_DUE' where ",
                                query.where, " group by 1, 2"),
                   query),
           {}, scope);
  const auto cell = [&](const char* name) {
    const auto found = shown.cells.find(name);
    return found == shown.cells.end() ? std::optional<int>(0) : found->second;
  };
  v1::FollowUpTimeliness& timeliness = *out.mutable_follow_ups();
  if (const auto count = cell("onTime")) timeliness.set_on_time(*count);
  if (const auto count = cell("late")) timeliness.set_late(*count);
  if (const auto count = cell("overdue")) timeliness.set_overdue(*count);
  if (const auto count = cell("open")) timeliness.set_open(*count);
}

// 12.10: the senior leadership group is told how many, nobody's name; others what the table by behaviour shows of them.
void PutStaffNamed(Session& session, const Scope& scope, const Actor& actor, v1::Statistics& out) {
  Scope whole = scope;
  whole.everything = false;
  if (actor.Has(Role::kStrategicDirector) || actor.Has(Role::kHealthSafetyAdviser)) {
    const Query query = CasesOf(whole, actor, false);
    return out.set_staff_named(session.sql()
                                   .exec_params1("select count(*) from incident i where i.staff_named and " + query.where,
                                                 pqxx::prepare::make_dynamic_params(query.parameters))[0]
                                   .as<int>());
  }
  whole.from = MonthStart(scope.from);
  whole.before = MonthEnd(scope.before);
  const ShownTable shown = Count(session, *DimensionNamed("behaviour"), whole, actor);
  const auto found = shown.cells.find("NAMED_PUBLICLY");
  if (found == shown.cells.end()) return out.set_staff_named(0);
  if (found->second) out.set_staff_named(*found->second);
}

}  // namespace

Outcome<v1::Statistics> GetStatistics(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                      const v1::GetStatisticsRequest& request) {
  const Closure closure = neighbours.ClosureOf(call).Now();
  auto counted = work.Read<v1::Statistics>(call, [&](Session& session) -> Outcome<v1::Statistics> {
    Refusals no;
    const Dimension* by = DimensionNamed(request.by());
    if (by == nullptr)
      no.push_back({"council rule", "by", "Figures are given by service, behaviour, channel, month, state or followUpKind."});
    const Period period = ReadPeriod(request.from(), request.to(), no);
    if (!no.empty()) return Invalid(std::move(no));
    Scope scope{.from = {}, .before = {}, .everything = HasCaseAccess(call.actor) && !closure.Unknown(), .closure = &closure};
    scope.before = period.before.value_or(EndOf(DateOf(session.now())));
    scope.from = period.from.value_or(StartOf(AddMonths(DateOf(scope.before - absl::Microseconds(1)), -12)));
    if (scope.from >= scope.before) return Invalid({{"council rule", "from", "The time must begin before it ends."}});
    // Two periods that differ by a day would give that day away.
    if (!scope.everything) scope.from = MonthStart(scope.from);
    if (!scope.everything) scope.before = MonthEnd(scope.before);
    v1::Statistics reply;
    reply.set_from(FormatDate(DateOf(scope.from)));
    reply.set_to(FormatDate(DateOf(scope.before - absl::Microseconds(1))));
    reply.set_by(std::string(by->name));
    const ShownTable table = Count(session, *by, scope, call.actor);
    for (const auto& [key, count] : table.cells) {
      v1::StatisticsRow& row = *reply.add_rows();
      row.set_key(key);
      if (count) row.set_count(*count);
      row.set_suppressed(!count);
      if (!count) reply.set_suppressed(true);
    }
    if (table.total) reply.set_total(*table.total);
    if (table.withheld) reply.set_suppressed(true);
    PutDecisions(session, scope, call.actor, *reply.mutable_time_to_register());
    PutEntries(session, scope, call.actor, *reply.mutable_time_to_register());
    PutFollowUps(session, scope, call.actor, reply);
    PutStaffNamed(session, scope, call.actor, reply);
    session.Audit({"statistics.read", "statistics", std::string(by->name), "13", "", "", ""});
    return reply;
  });
  // Asked with no transaction open: a slow neighbour holds no connection.
  if (counted.ok()) PutOtherFigures(neighbours, call, counted->from(), counted->to(), counted->by(), *counted);
  return counted;
}

}  // namespace evenhand::incident
