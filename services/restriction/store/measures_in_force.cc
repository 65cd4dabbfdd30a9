// Which measures hold: one for each person, area, kind and channel, by a unique index; from which instant, and what was used of a limit.
#include <algorithm>
#include <vector>

#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/base/vocabulary.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {
namespace {

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

std::string ChannelOf(const v1::Measure& m) { return m.channel() == 0 ? "" : Channel::Value_Name(m.channel()); }
// May it limit how many contacts are taken?
bool CountsContacts(MeasureKind::Value kind) {
  switch (kind) {
    case MeasureKind::LIMIT_VOLUME:
    case MeasureKind::LIMIT_TIME:
      return true;
    case MeasureKind::BLOCK_CHANNEL:
    case MeasureKind::NAMED_CONTACT:
    case MeasureKind::WITHHOLD_STAFF_DETAILS:
    case MeasureKind::THIRD_PARTY_ONLY:
    case MeasureKind::BLOCK_ONLINE_ACCOUNT:
    case MeasureKind::LIMIT_COMPLAINTS:
    case MeasureKind::OTHER:
    case MeasureKind::TAKE_CARE:
    case MeasureKind::PASS_TO_COLLEAGUE:
    case MeasureKind::MEASURE_KIND_UNSPECIFIED:
      break;
  }
  return false;
}
std::string KindOf(const v1::Measure& m) { return MeasureKind::Value_Name(m.kind()); }

}  // namespace

bool Restrictions::PutInForce(const v1::Restriction& restriction, const v1::Measure& m, absl::Time from, bool stands_by) {
  const std::string channel = ChannelOf(m), id = NewUuid();
  const bool counts = CountsContacts(m.kind());
  const std::string period = !counts || m.period() == 0 ? "" : Period::Value_Name(m.period());
  const std::string most = counts && m.has_max_contacts() ? std::to_string(m.max_contacts()) : "";
  const auto done = sql_.exec_params(
      "insert into restriction_measure (id, restriction_id, person_id, service_area, terms_version, kind, channel, max_contacts, period, "
      "from_time, to_time, name, description, in_force, valid_from, stands_by) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true, $14, $15) on conflict do nothing",
      id, restriction.id(), restriction.person_id(), restriction.service_area(), restriction.terms_version(), KindOf(m), OrNull(channel),
      OrNull(most), OrNull(period), OrNull(m.from()), OrNull(m.to()), m.name(), m.description(), FormatInstant(from), stands_by);
  if (done.affected_rows() == 0) return false;
  // What was used of the same limit stays used: new terms or a moved record are no new allowance.
  sql_.exec_params(
      "insert into contact_count (measure_id, window_start, used) select $1, c.window_start, c.used from contact_count c "
      "where c.measure_id = (select id from restriction_measure where restriction_id = $2 and kind = $3 and channel is not distinct from "
      "$4 "
      "and period is not distinct from $5 and id <> $1 order by valid_from desc, id desc limit 1)",
      id, restriction.id(), KindOf(m), OrNull(channel), OrNull(period));
  return true;
}

std::optional<Refusal> Restrictions::PutMeasuresInForce(const v1::Restriction& restriction) {
  EndMeasures(restriction.id(), session_.now());
  if (restriction.has_suspended_at()) return std::nullopt;  // whatever its terms are, they bind nobody for now
  for (const auto& m : restriction.measures()) {
    if (PutInForce(restriction, m, session_.now(), false)) continue;
    Refusal refusal = Conflict(ErrorReason::ALREADY_IN_FORCE, "council rule",
                               "This measure is already in force for this person, service area and channel.");
    const std::string channel = ChannelOf(m);
    const auto other = sql_.exec_params(
        "select r.id::text, r.reference from restriction_measure m join restriction r on r.id = m.restriction_id "
        "where m.person_id = $1 and m.service_area = $2 and m.kind = $3 and m.channel is not distinct from $4 and m.in_force "
        "and not m.stands_by",
        restriction.person_id(), restriction.service_area(), KindOf(m), OrNull(channel));
    if (!other.empty()) {
      refusal.other_id = other[0][0].as<std::string>();
      refusal.other_reference = other[0][1].as<std::string>();
      refusal.detail += " See " + refusal.other_reference + ".";
    }
    return refusal;
  }
  return std::nullopt;
}

// Others hold the same, one after the other. Where the last of them ends by itself, this one holds from that very instant, swept or not.
void Restrictions::StandBy(const v1::Restriction& restriction, const v1::Measure& m) {
  const std::string channel = ChannelOf(m);
  const auto last = sql_.exec_params(
      "select to_char(max(r.in_force_until) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from restriction_measure m "
      "join restriction r on r.id = m.restriction_id where m.person_id = $1 and m.service_area = $2 and m.kind = $3 "
      "and m.channel is not distinct from $4 and m.in_force having count(*) = count(r.in_force_until) and count(*) > 0",
      restriction.person_id(), restriction.service_area(), KindOf(m), OrNull(channel));
  if (last.empty()) return;
  const auto from = ParseInstant(last[0][0].as<std::string>());
  const auto last_day = ParseDate(restriction.ends_on());
  if (from && (!last_day || EndOf(*last_day) > *from)) PutInForce(restriction, m, std::max(*from, session_.now()), true);
}

void Restrictions::KeepMeasuresInForce(const v1::Restriction& restriction) {
  EndMeasures(restriction.id(), session_.now());
  if (restriction.has_suspended_at()) return;
  for (const auto& m : restriction.measures())
    if (!PutInForce(restriction, m, session_.now(), false)) StandBy(restriction, m);
}

// What stood by for an instant that has not come never held.
void Restrictions::Forget(const std::string& column, const std::string& id, absl::Time at) {
  const std::string which = column + " = $1 and in_force and stands_by and valid_from > $2";
  sql_.exec_params("delete from contact_count where measure_id in (select id from restriction_measure where " + which + ")", id,
                   FormatInstant(at));
  sql_.exec_params("delete from restriction_measure where " + which, id, FormatInstant(at));
}

void Restrictions::FillGaps(const std::string& person_id) {
  Forget("person_id", person_id, session_.now());
  // The one whose turn came first holds; the next of them when that has been told to have ended.
  sql_.exec_params(
      "update restriction_measure m set stands_by = false where person_id = $1 and in_force and stands_by and not exists "
      "(select from restriction_measure o where o.person_id = m.person_id and o.service_area = m.service_area and o.kind = m.kind "
      "and o.channel is not distinct from m.channel and o.in_force and (not o.stands_by or o.valid_from < m.valid_from))",
      person_id);
  for (const auto& restriction : InForceOf(person_id, "", "")) {
    for (const auto& m : restriction.measures()) {
      const std::string channel = ChannelOf(m);
      const auto held = sql_.exec_params(
          "select from restriction_measure where restriction_id = $1 and kind = $2 and channel is not distinct from $3 and in_force",
          restriction.id(), KindOf(m), OrNull(channel));
      if (held.empty() && !PutInForce(restriction, m, session_.now(), false)) StandBy(restriction, m);
    }
  }
}

void Restrictions::EndMeasures(const std::string& restriction_id, absl::Time at) {
  Forget("restriction_id", restriction_id, at);
  sql_.exec_params(
      "update restriction_measure set in_force = false, stands_by = false, valid_until = $2 where restriction_id = $1 and in_force",
      restriction_id, FormatInstant(at));
}

}  // namespace evenhand::restriction
