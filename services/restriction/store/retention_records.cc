#include "services/restriction/store/retention_records.h"

#include "services/platform/pg/document.h"
#include "services/restriction/store/array.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {
namespace {

// $1 due by, $2 idle since, $3 areas or null. Only what time alone or a hold still keeps is listed; the rule decides which.
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

std::optional<LocalDate> DayIn(const pqxx::field& field) { return field.is_null() ? std::nullopt : ParseDate(field.as<std::string>()); }

// The last instant at which something may have been recorded.
absl::Time IdleSince(LocalDate today, int months) { return StartOf(AddMonths(today, -months) + 1) - absl::Microseconds(1); }

}  // namespace

std::vector<RetentionRecords::Found> RetentionRecords::List(const RetentionFilter& filter) {
  const std::string areas = filter.areas ? ArrayOf(*filter.areas) : "";
  const auto rows = sql_.exec_params(kRecords, FormatDate(filter.due_by), FormatInstant(IdleSince(filter.due_by, PersonMonths())),
                                     filter.areas ? areas.c_str() : nullptr, PersonMonths(), filter.after, filter.held, filter.limit);
  const LocalDate today = DateOf(session_.now());
  std::vector<Found> found;
  for (const auto& row : rows) {
    Found one;
    retention::v1::RetentionRecord::Kind::Value kind{};
    retention::v1::RetentionRecord::Kind::Value_Parse(row[0].as<std::string>(), &kind);
    one.record.set_kind(kind);
    one.record.set_id(row[1].as<std::string>());
    one.record.set_reference(row[2].as<std::string>());
    one.record.set_service_area(row[3].as<std::string>());
    one.record.set_retention_ends_on(row[4].as<std::string>().substr(0, 10));
    one.person_id = row[5].as<std::string>();
    // Of each kind, what the query finds is in use by nobody.
    one.record.set_due(
        WhatKeeps(RestrictionKept{.in_force = false, .until = ParseDate(one.record.retention_ends_on()), .held = row[6].as<bool>()},
                  today) == Keeps::kNothing);
    if (row[6].as<bool>()) {
      Restrictions restrictions(session_);
      for (auto& restriction : restrictions.OfPerson(one.person_id))
        if (kind == retention::v1::RetentionRecord::Kind::MARKER || restriction.id() == one.record.id())
          for (auto& hold : *restriction.mutable_holds()) *one.record.add_holds() = std::move(hold);
    }
    one.token = one.record.retention_ends_on() + one.record.id();
    found.push_back(std::move(one));
  }
  return found;
}

RestrictionKept RetentionRecords::RestrictionFacts(const std::string& id) {
  const auto rows = sql_.exec_params(
      "select state = 'IN_FORCE', retain_until, exists (select from restriction_hold h where h.restriction_id = r.id and h.released_at is "
      "null) "
      "from restriction r where id = $1 for update",
      id);
  if (rows.empty()) return {};
  return {.in_force = rows[0][0].as<bool>(), .until = DayIn(rows[0][1]), .held = rows[0][2].as<bool>()};
}

MarkerKept RetentionRecords::MarkerFacts(const std::string& id) {
  const auto rows = sql_.exec_params(
      "select state = 'REMOVED', retain_until, exists (select from restriction_hold h join restriction r on r.id = h.restriction_id "
      "where r.person_id = m.person_id and h.released_at is null) from marker m where id = $1 for update",
      id);
  if (rows.empty()) return {};
  return {.removed = rows[0][0].as<bool>(), .until = DayIn(rows[0][1]), .held = rows[0][2].as<bool>()};
}

PersonKept RetentionRecords::PersonFacts(const std::string& id) {
  const auto rows = sql_.exec_params(R"(
      with same as (select records_of($1::uuid) as id)
      select (select merged_into is not null from person where id = $1),
             (select (max(coalesce(touched_at, created_at)) at time zone 'Europe/London')::date from person join same using (id)),
             exists (select from restriction where person_id in (select id from same)),
             exists (select from marker where person_id in (select id from same)),
             exists (select from person_merge g join merge_question q on q.merge_id = g.id
                     where g.unmerged_at is not null and g.survivor_id in (select id from same) and q.person_id is null))",
                                     id);
  if (rows[0][0].is_null()) return {};
  return {.folded = rows[0][0].as<bool>(),
          .last_entry = DayIn(rows[0][1]),
          .restricted = rows[0][2].as<bool>(),
          .on_register = rows[0][3].as<bool>(),
          .merge_in_question = rows[0][4].as<bool>()};
}

bool RetentionRecords::EraseRestriction(const std::string& id) {
  return sql_.exec_params1("select erase_restriction($1, $2, $3)", id, FormatDate(DateOf(session_.now())), FormatInstant(session_.now()))[0]
      .as<bool>();
}

bool RetentionRecords::EraseMarker(const std::string& id) {
  return sql_.exec_params1("select erase_marker($1, $2)", id, FormatDate(DateOf(session_.now())))[0].as<bool>();
}

bool RetentionRecords::ErasePerson(const std::string& id) {
  const absl::Time since = IdleSince(DateOf(session_.now()), PersonMonths());
  return sql_.exec_params1("select erase_person($1, $2)", id, FormatInstant(since))[0].as<bool>();
}

}  // namespace evenhand::restriction
