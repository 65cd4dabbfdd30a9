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
};

Query CasesOf(const Scope& scope, const Actor& actor, bool all_states) {
  Query query;
  if (scope.everything) OnlyVisible(actor, query);
  if (!all_states) query.And("i.state = 'RECORDED'");
  query.And("i.occurred_at >= " + query.Bind(FormatInstant(scope.from)) + "::timestamptz");
  query.And("i.occurred_at < " + query.Bind(FormatInstant(scope.before)) + "::timestamptz");
  return query;
}

constexpr char kMonth[] = "to_char(i.occurred_at at time zone 'Europe/London', 'YYYY-MM')";

ShownTable Count(Session& session, const Dimension& by, const Scope& scope, const Actor& actor) {
  const Query query = CasesOf(scope, actor, by.name == "state");
  const auto parameters = pqxx::prepare::make_dynamic_params(query.parameters);
  std::map<std::string, std::map<std::string, int>> cells;
  std::map<std::string, int> totals;
  for (const auto& row : session.sql().exec_params(absl::StrCat("select ", kMonth, ", ", std::string(by.key), ", count(*) from incident i",
                                                                std::string(by.join), " where ", query.where, " group by 1, 2"),
                                                   parameters)) {
    cells[row[0].as<std::string>()][row[1].as<std::string>()] = row[2].as<int>();
  }
  for (const auto& row : session.sql().exec_params(
           absl::StrCat("select ", kMonth, ", count(*) from incident i where ", query.where, " group by 1"), parameters)) {
    totals[row[0].as<std::string>()] = row[1].as<int>();
  }
  std::vector<ShownTable> months;
  for (const auto& [month, total] : totals) {
    if (!scope.everything) {
      months.push_back(Suppress(cells[month], total));
      continue;
    }
    ShownTable& exact = months.emplace_back();
    exact.total = total;
    for (const auto& [key, count] : cells[month]) exact.cells[key] = count;
  }
  ShownTable sum = AddUp(months);
  if (months.empty()) sum.total = 0;
  return sum;
}

void PutRegister(Session& session, const Scope& scope, const Actor& actor, v1::Statistics& out) {
  const Query query = CasesOf(scope, actor, false);
  const auto row = session.sql().exec_params1(
      "select count(*) filter (where f.state = 'COMPLETED'), count(*) filter (where f.state = 'OPEN'), "
      "coalesce(percentile_cont(0.5) within group (order by extract(epoch from f.closed_at - i.occurred_at) / 3600) filter (where f.state "
      "= 'COMPLETED'), 0), "
      "coalesce(percentile_cont(0.9) within group (order by extract(epoch from f.closed_at - i.occurred_at) / 3600) filter (where f.state "
      "= 'COMPLETED'), 0) "
      "from incident i join follow_up f on f.incident_id = i.id and f.kind = 'REGISTER_DECISION' where " +
          query.where,
      pqxx::prepare::make_dynamic_params(query.parameters));
  v1::TimeToRegister& time = *out.mutable_time_to_register();
  const auto shown = [&](int count) { return scope.everything ? std::optional<int>(count) : ShownCount(count); };
  const int decided = row[0].as<int>();
  if (const auto count = shown(decided)) time.set_decided(*count);
  if (const auto count = shown(row[1].as<int>())) time.set_waiting(*count);
  if (decided >= kLeastShown || (scope.everything && decided > 0)) {
    time.set_median_hours(row[2].as<double>());
    time.set_ninetieth_hours(row[3].as<double>());
  }
}

void PutFollowUps(Session& session, const Scope& scope, const Actor& actor, v1::Statistics& out) {
  Query query = CasesOf(scope, actor, false);
  const std::string now = query.Bind(FormatInstant(session.now())) + "::timestamptz";
  const auto row = session.sql().exec_params1(
      "select count(*) filter (where f.state in ('COMPLETED', 'DECLINED') and f.closed_at <= f.due_at), "
      "count(*) filter (where f.state in ('COMPLETED', 'DECLINED') and f.closed_at > f.due_at), "
      "count(*) filter (where f.state = 'OPEN' and f.due_at < " +
          now + "), count(*) filter (where f.state = 'OPEN' and f.due_at >= " + now +
          ") "
          "from incident i join follow_up f on f.incident_id = i.id where " +
          query.where,
      pqxx::prepare::make_dynamic_params(query.parameters));
  std::map<std::string, int> counts;
  const char* names[] = {"onTime", "late", "overdue", "open"};
  int total = 0;
  for (int i = 0; i < 4; ++i) total += counts[names[i]] = row[i].as<int>();
  ShownTable shown = Suppress(counts, total);
  if (scope.everything) {
    for (const auto& [name, count] : counts) shown.cells[name] = count;
  }
  v1::FollowUpTimeliness& timeliness = *out.mutable_follow_ups();
  if (shown.cells["onTime"]) timeliness.set_on_time(*shown.cells["onTime"]);
  if (shown.cells["late"]) timeliness.set_late(*shown.cells["late"]);
  if (shown.cells["overdue"]) timeliness.set_overdue(*shown.cells["overdue"]);
  if (shown.cells["open"]) timeliness.set_open(*shown.cells["open"]);
}

// 12.10: the senior leadership group is told how many, nobody's name.
void PutStaffNamed(Session& session, const Scope& scope, const Actor& actor, v1::Statistics& out) {
  Scope whole = scope;
  whole.everything = false;
  const Query query = CasesOf(whole, actor, false);
  const int count = session.sql()
                        .exec_params1("select count(*) from incident i where i.staff_named and " + query.where,
                                      pqxx::prepare::make_dynamic_params(query.parameters))[0]
                        .as<int>();
  const bool leadership = actor.Has(Role::kStrategicDirector) || actor.Has(Role::kHealthSafetyAdviser) ||
                          actor.Has(Role::kHrBusinessPartner) || actor.Has(Role::kCommunicationsLead);
  if (const auto shown = leadership ? std::optional<int>(count) : ShownCount(count)) out.set_staff_named(*shown);
}

}  // namespace

Outcome<v1::Statistics> GetStatistics(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                      const v1::GetStatisticsRequest& request) {
  auto counted = work.Read<v1::Statistics>(call, [&](Session& session) -> Outcome<v1::Statistics> {
    Refusals no;
    const Dimension* by = DimensionNamed(request.by());
    if (by == nullptr) no.push_back({"13", "by", "Figures are given by service, behaviour, channel, month, state or followUpKind."});
    const Period period = ReadPeriod(request.from(), request.to(), no);
    if (!no.empty()) return Invalid(std::move(no));
    Scope scope;
    scope.everything = HasCaseAccess(call.actor);
    scope.before = period.before.value_or(EndOf(DateOf(session.now())));
    scope.from = period.from.value_or(StartOf(AddMonths(DateOf(scope.before - absl::Microseconds(1)), -12)));
    if (scope.from >= scope.before) return Invalid({{"13", "from", "The time must begin before it ends."}});
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
    PutRegister(session, scope, call.actor, reply);
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
