#include "services/restriction/app/count_statistics.h"

#include "services/platform/base/local_date.h"

namespace evenhand::restriction {
namespace {

// The group of a restriction for each way of grouping; one restriction may stand in several groups of behaviours or measures.
const char* GroupsOf(const std::string& by) {
  if (by == "behaviour") return "unnest(r.behaviours)";
  if (by == "measure") return "unnest(r.measure_kinds)";
  if (by == "state") return "(select r.now_state)";
  if (by == "month") return "(select to_char(r.proposed_at at time zone 'Europe/London', 'YYYY-MM'))";
  if (by == "service") return "(select r.service_area)";
  return "(select '')";
}

// Restrictions, and what was kept of those whose records are erased.
constexpr char kCounted[] = R"(
  from (
    select person_id, service_area, state, case when state = 'IN_FORCE' and in_force_until <= $3 then 'EXPIRED' else state end as now_state,
           proposed_at, in_force_from, review_due_on,
           (select coalesce(array_agg(distinct g ->> 'behaviour'), '{}') from jsonb_array_elements(document -> 'grounds') g) as behaviours,
           (select coalesce(array_agg(distinct m ->> 'kind'), '{}') from jsonb_array_elements(document -> 'measures') m) as measure_kinds,
           (select count(*) from restriction_decision d where d.restriction_id = restriction.id and d.kind in ('CONTINUATION', 'VARIATION'))
             as reviews_decided
    from restriction where proposed_at >= $1 and proposed_at < $2
    union all
    select null, service_area, state, state, proposed_at, in_force_from, null, behaviours, measure_kinds, reviews_decided
    from erased_restriction where proposed_at >= $1 and proposed_at < $2) r
  cross join lateral )";

struct Figure {
  const char* name;
  const char* value;  // an aggregate over r
};

// Decisions are comparable by service and ground (6.5); equality of adjustments; an overdue review is counted once (case B).
constexpr Figure kFigures[] = {
    {"restrictionsProposed", "count(*)"},
    {"restrictionsImposed", "count(*) filter (where r.in_force_from is not null)"},
    {"restrictionsDeclined", "count(*) filter (where r.state = 'DECLINED')"},
    {"restrictionsInForce", "count(*) filter (where r.now_state = 'IN_FORCE')"},
    {"restrictionsLifted", "count(*) filter (where r.state = 'LIFTED')"},
    {"restrictionsOverturned", "count(*) filter (where r.state = 'OVERTURNED')"},
    {"restrictionsExpired", "count(*) filter (where r.now_state = 'EXPIRED')"},
    {"reviewsOverdue", "count(*) filter (where r.now_state = 'IN_FORCE' and r.review_due_on < $4::date)"},
    {"reviewsDecided", "coalesce(sum(r.reviews_decided), 0)"},
    {"hoursToDecisionMedian",
     "coalesce(round(percentile_cont(0.5) within group (order by extract(epoch from r.in_force_from - r.proposed_at) / 3600)), 0)"},
    {"peopleWithAdjustments",
     "count(distinct r.person_id) filter (where exists (select from person p where p.id = r.person_id and p.document->'adjustments' <> "
     "'[]'))"},
    {"people", "count(distinct r.person_id)"},
};

}  // namespace

Outcome<v1::StatisticsPart> CountStatistics::operator()(const Call& call, const v1::GetStatisticsPartRequest& request) {
  const auto from = ParseDate(request.from()), to = ParseDate(request.to());
  if ((!request.from().empty() && !from) || (!request.to().empty() && !to))
    return Invalid({{"council rule", "from", "Write the dates as YYYY-MM-DD."}});
  return work_.Read<v1::StatisticsPart>(call, [&](Session& session) -> Outcome<v1::StatisticsPart> {
    const absl::Time start = from ? StartOf(*from) : absl::UnixEpoch();
    const absl::Time end = to ? EndOf(*to) : session.now() + absl::Microseconds(1);
    std::string select = "select coalesce(g.name, '')";
    for (const Figure& figure : kFigures) select += std::string(", ") + figure.value;
    const auto rows = session.sql().exec_params(select + kCounted + GroupsOf(request.by()) + " g (name) group by g.name order by g.name",
                                                FormatInstant(start), FormatInstant(end), FormatInstant(session.now()),
                                                FormatDate(DateOf(session.now())));
    v1::StatisticsPart part;
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < std::size(kFigures); ++i) {
        auto* out = part.add_rows();
        out->set_figure(kFigures[i].name);
        out->set_group(row[0].as<std::string>());
        out->set_value(static_cast<std::int32_t>(row[static_cast<int>(i) + 1].as<double>()));
      }
    }
    return part;
  });
}

}  // namespace evenhand::restriction
