#include "services/restriction/check/record_contact.h"

#include <algorithm>

#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/restriction/check/change_clock.h"
#include "services/restriction/check/people_loader.h"

namespace evenhand::restriction::check {
namespace {

std::vector<std::string> HolderIds(Session& session, const ContactQuery& query) {
  std::vector<std::string> ids;
  const auto rows = session.sql().exec_params(
      "select person_id from person_handle where kind = $1 and value = $2 and ended_at is null "
      "union select m.person_id from marker m where $1 = 'UPRN' and m.uprn = $2 and m.state in ('PROVISIONAL', 'CONFIRMED') "
      "and not exists (select from person_handle h where h.person_id = m.person_id and h.kind = 'UPRN' and h.value = m.uprn) order by 1",
      std::string(query.kind), query.normalised);
  for (const pqxx::row& row : rows) ids.push_back(row[0].as<std::string>());
  return ids;
}

Holders HoldersOf(Session& session, const ContactQuery& query, const std::vector<std::string>& ids) {
  Holders holders;
  for (IndexedPerson& person : LoadPeople(session.sql(), ids))
    for (const HandleFact& fact : person.handles)
      if (fact.handle == query.handle) holders.push_back({person.id, fact.shared, fact.confirmed, person.guidance});
  return holders;
}

// This contact's limits, where it is certain whose it is.
std::vector<Measure> LimitsOf(const ContactQuery& query, const Holders& holders, absl::Time now) {
  std::vector<Measure> limits;
  if (holders.size() != 1 || !holders[0].confirmed || holders[0].shared || holders[0].guidance == nullptr) return limits;
  for (const Measure& measure : holders[0].guidance->measures)
    if (measure.InForce(now) && measure.Concerns(query.area) && measure.Counts(query.channel)) limits.push_back(measure);
  std::ranges::sort(limits, {}, &Measure::id);  // always the same order: two contacts never wait for each other's rows crosswise
  return limits;
}

// A decision about the person and a contact that is counted wait for each other, in the order in which they came: what was used of a limit
// goes with it into its new terms, to the last contact. (A shared lock would let contact after contact pass a decision that waits.)
void HoldStill(Session& session, const std::string& person_id) {
  session.sql().exec_params("select from person where id = $1 for no key update", person_id);
}

void Count(Session& session, const std::vector<Measure>& limits, absl::Time now) {
  for (const Measure& measure : limits)
    session.sql().exec_params(
        "insert into contact_count (measure_id, window_start, used) values ($1, $2, 1) "
        "on conflict (measure_id, window_start) do update set used = contact_count.used + 1",
        measure.id, FormatInstant(WindowOf(measure.limit->period, now).start));
}

void KeepContact(Session& session, const ContactQuery& query, const std::string& person_id) {
  session.sql().exec_params("insert into contact (id, at, person_id, channel, service_area, recorded_by) values ($1, $2, $3, $4, $5, $6)",
                            NewUuid(), FormatInstant(session.now()), person_id, Channel::Value_Name(query.channel), query.area,
                            session.actor().id);
}

// The last statement of the transaction: from here until the commit no other writer passes.
Revision Bump(Session& session, const std::vector<std::string>& ids) {
  session.sql().exec("select from revision for update");
  const pqxx::row row = session.sql().exec_params1(
      "with r as (update revision set n = n + 1 returning life(epoch) as epoch, n), "
      "c as (insert into index_change (revision, person_id, at) select n, unnest($1::uuid[]), $2 from r) select epoch, n from r",
      UuidArray(ids), FormatInstant(InstantOfChange(session.now())));
  session.sql().exec("notify evenhand_index");
  return {row[0].as<std::string>(), row[1].as<std::int64_t>()};
}

Revision CurrentRevision(Session& session) {
  const pqxx::row row = session.sql().exec1("select life(epoch), n from revision");
  return {row[0].as<std::string>(), row[1].as<std::int64_t>()};
}

Outcome<v1::CheckContactResponse> CountAndAnswer(Session& session, ContactQuery query) {
  // Before anything is read: a token of the future waits for nobody here, the database itself is asked.
  const Revision before = CurrentRevision(session);
  if (query.at_least && query.at_least->epoch != before.epoch) return OtherEpochRefusal();
  const std::vector<std::string> ids = HolderIds(session, query);
  Holders holders = HoldersOf(session, query, ids);
  absl::Time now = session.now();
  if (!LimitsOf(query, holders, now).empty()) {
    HoldStill(session, ids.front());
    now = InstantOfChange(now);  // what it waited for may have begun since
    const auto limits = LimitsOf(query, HoldersOf(session, query, ids), now);
    Count(session, limits, now);
    query.counted = !limits.empty();
    holders = HoldersOf(session, query, ids);
  }
  v1::CheckContactResponse answer;
  AnswerFrom(holders, query, now, answer);
  for (const std::string& id : ids) {
    if (answer.outcome() == v1::CheckContactResponse::Outcome::GUIDANCE)
      session.Audit({.action = query.counted ? "contact.recorded" : "contact.checked",
                     .subject_kind = "person",
                     .subject_id = id,
                     .clause = "12.4",
                     .person_id = id});
  }
  if (query.counted) KeepContact(session, query, ids.front());
  Published stamp;
  stamp.as_of = session.now();
  stamp.token = FormatToken(query.counted ? Bump(session, ids) : before);
  stamp.Stamp(answer);
  return answer;
}

}  // namespace

Outcome<v1::CheckContactResponse> RecordContact::operator()(const Call& call, const v1::CheckContactRequest& request) {
  ContactQuery query;
  if (auto no = RefusalToAsk(*call.areas, call.actor, request, query)) return *std::move(no);
  return unit_of_work_.Write<v1::CheckContactResponse>(call, [&](Session& session) { return CountAndAnswer(session, query); });
}

}  // namespace evenhand::restriction::check
