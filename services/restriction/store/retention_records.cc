#include "services/restriction/store/retention_records.h"

#include "services/platform/pg/document.h"
#include "services/restriction/store/array.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {
namespace {

// $1 due by, $2 idle since, $3 areas or null. A person is due when nothing rests on them: no restriction, no entry, no open question.
constexpr char kRecords[] = R"(
  select * from (
    select 'RESTRICTION' as kind, r.id, r.reference, r.service_area, r.retain_until, r.person_id,
           exists (select from restriction_hold h where h.restriction_id = r.id and h.released_at is null) as held
    from restriction r
    where r.retain_until <= $1::date and r.state <> 'IN_FORCE' and ($3::text[] is null or r.service_area = any ($3))
    union all
    select 'MARKER', m.id, m.reference, m.service_area, m.retain_until, m.person_id,
           exists (select from restriction_hold h join restriction r on r.id = h.restriction_id
                   where r.person_id = m.person_id and h.released_at is null)
    from marker m
    where m.retain_until <= $1::date and m.state = 'REMOVED' and ($3::text[] is null or m.service_area = any ($3))
    union all
    select 'PERSON', p.id, p.reference, '', (coalesce(p.touched_at, p.created_at) at time zone 'Europe/London')::date
             + make_interval(months => $4::int), p.id, false
    from person p
    where $3::text[] is null and p.merged_into is null and coalesce(p.touched_at, p.created_at) <= $2::timestamptz
      and not exists (select from person o where o.id in (select records_of(p.id)) and coalesce(o.touched_at, o.created_at) > $2::timestamptz)
      and not exists (select from restriction r where r.person_id in (select records_of(p.id)))
      and not exists (select from marker m where m.person_id in (select records_of(p.id)))
      and not exists (select from person_merge g join merge_question q on q.merge_id = g.id
                      where g.survivor_id = p.id and g.unmerged_at is not null and q.person_id is null)) due
  where ($5 = '' or to_char(retain_until, 'YYYY-MM-DD') || id::text > $5) and (not $6 or held)
  order by to_char(retain_until, 'YYYY-MM-DD') || id::text
  limit $7)";

// The last instant at which something may have been recorded.
absl::Time IdleSince(LocalDate today, int months) { return StartOf(AddMonths(today, -months) + 1) - absl::Microseconds(1); }

}  // namespace

std::vector<RetentionRecords::Found> RetentionRecords::List(const RetentionFilter& filter) {
  const std::string areas = filter.areas ? ArrayOf(*filter.areas) : "";
  const auto rows = sql_.exec_params(kRecords, FormatDate(filter.due_by), FormatInstant(IdleSince(filter.due_by, filter.person_months)),
                                     filter.areas ? areas.c_str() : nullptr, filter.person_months, filter.after, filter.held, filter.limit);
  const std::string today = FormatDate(DateOf(session_.now()));
  std::vector<Found> found;
  for (const auto& row : rows) {
    Found one;
    v1::RetentionRecord::Kind::Value kind{};
    v1::RetentionRecord::Kind::Value_Parse(row[0].as<std::string>(), &kind);
    one.record.set_kind(kind);
    one.record.set_id(row[1].as<std::string>());
    one.record.set_reference(row[2].as<std::string>());
    one.record.set_service_area(row[3].as<std::string>());
    one.record.set_retain_until(row[4].as<std::string>().substr(0, 10));
    one.person_id = row[5].as<std::string>();
    one.record.set_due(!row[6].as<bool>() && one.record.retain_until() <= today);
    if (row[6].as<bool>()) {
      Restrictions restrictions(session_);
      for (auto& restriction : restrictions.OfPerson(one.person_id))
        if (kind == v1::RetentionRecord::Kind::MARKER || restriction.id() == one.record.id())
          for (auto& hold : *restriction.mutable_holds()) *one.record.add_holds() = std::move(hold);
    }
    one.token = one.record.retain_until() + one.record.id();
    found.push_back(std::move(one));
  }
  return found;
}

void RetentionRecords::DateProposals(const std::function<LocalDate(const v1::Restriction&)>& date_of) {
  const auto rows = sql_.exec(
      "select id, document::text from restriction where state = 'PROPOSED' and retain_until is null order by id for update skip locked");
  for (const auto& row : rows) {
    const std::string until = FormatDate(date_of(FromDocument<v1::Restriction>(row[1].as<std::string>())));
    sql_.exec_params(
        "update restriction set retain_until = $2::date, document = jsonb_set(document, '{retainUntil}', to_jsonb($2::text)) where id = $1",
        row[0].as<std::string>(), until);
  }
}

bool RetentionRecords::EraseRestriction(const std::string& id) {
  return sql_.exec_params1("select erase_restriction($1, $2, $3)", id, FormatDate(DateOf(session_.now())), FormatInstant(session_.now()))[0]
      .as<bool>();
}

bool RetentionRecords::EraseMarker(const std::string& id) {
  return sql_.exec_params1("select erase_marker($1, $2)", id, FormatDate(DateOf(session_.now())))[0].as<bool>();
}

bool RetentionRecords::ErasePerson(const std::string& id, int person_months) {
  const absl::Time since = IdleSince(DateOf(session_.now()), person_months);
  return sql_.exec_params1("select erase_person($1, $2)", id, FormatInstant(since))[0].as<bool>();
}

}  // namespace evenhand::restriction
