#include "services/restriction/check/replay_contact.h"

#include <map>

#include "services/platform/base/local_date.h"
#include "services/restriction/check/people_loader.h"

namespace evenhand::restriction::check {
namespace {

// The newest facts that were known by $1 of everyone who has ever been a holder of the handle: ($2 kind, $3 value).
constexpr char kFacts[] = R"(
  with known as (
    select distinct on (h.person_id) h.person_id, h.facts, h.revision
    from check_history h
    where h.at <= $1 and h.person_id in (
      select person_id from check_history where facts -> 'handles' @> jsonb_build_array(jsonb_build_object('kind', $2::text, 'value', $3::text)))
    order by h.person_id, h.revision desc))";

constexpr char kHolders[] = R"(
  select k.person_id, h.shared, h.confirmed
  from known k, jsonb_to_recordset(k.facts -> 'handles') h (kind text, value text, shared boolean, confirmed boolean, since bigint, until bigint)
  where h.kind = $2 and h.value = $3 and h.since <= $4 and (h.until is null or h.until > $4)
  order by k.person_id)";

constexpr char kMeasures[] = R"(
  select k.person_id, m.id, m.restriction, m.area, m.kind, m.channel, m."maxContacts", m.period, m."fromTime", m."toTime", m.name, m.description,
         m.since, m.until, c.window_start, c.used
  from known k
  cross join jsonb_to_recordset(k.facts -> 'measures') m (id text, restriction text, area text, kind text, channel text, "maxContacts" int, period text,
       "fromTime" text, "toTime" text, name text, description text, since bigint, until bigint, counts jsonb)
  left join lateral (
    select "window" as window_start, used from jsonb_to_recordset(m.counts) n ("window" bigint, used int) where "window" <= $4
    order by "window" desc limit 1) c on true)";

constexpr char kMarkers[] = R"(
  select k.person_id, m.id, m.state, m.instruction
  from known k, jsonb_to_recordset(k.facts -> 'markers') m (id text, state text, instruction text, since bigint, until bigint)
  where m.since <= $4 and (m.until is null or m.until > $4))";

constexpr char kNoContact[] = R"(
  select k.person_id, n.staff
  from known k, jsonb_to_recordset(k.facts -> 'noContact') n (staff text, since bigint, until bigint)
  where n.since <= $4 and (n.until is null or n.until > $4))";

constexpr char kAdvocates[] = R"(
  select k.person_id, a.name, a."onlyContact", a.resigned, a.channel
  from known k, jsonb_to_recordset(k.facts -> 'advocate') a (name text, "onlyContact" boolean, resigned boolean, channel text, since bigint,
       until bigint)
  where a.since <= $4 and (a.until is null or a.until > $4))";

struct Moment {
  absl::Time at, known;
};

pqxx::result Ask(Session& session, const char* sql, const ContactQuery& query, const Moment& moment) {
  return session.sql().exec_params(std::string(kFacts) + sql, FormatInstant(moment.known), std::string(query.kind), query.normalised,
                                   absl::ToUnixMicros(moment.at));
}

Holders HoldersAt(Session& session, const ContactQuery& query, const Moment& moment) {
  Holders holders;
  std::vector<Guidance> guidance;
  std::map<std::string, std::size_t> place;
  for (const pqxx::row& row : Ask(session, kHolders, query, moment)) {
    const auto id = row[0].as<std::string>();
    if (!place.try_emplace(id, holders.size()).second) continue;
    holders.push_back({*ParsePersonId(id), row[1].as<bool>(), row[2].as<bool>(), nullptr});
    guidance.emplace_back();
  }
  const auto of = [&](const pqxx::row& row) -> Guidance* {
    const auto found = place.find(row[0].as<std::string>());
    return found == place.end() ? nullptr : &guidance[found->second];
  };
  for (const pqxx::row& row : Ask(session, kMeasures, query, moment))
    if (Guidance* own = of(row)) own->measures.push_back(ReadMeasure(row));
  for (const pqxx::row& row : Ask(session, kMarkers, query, moment))
    if (Guidance* own = of(row))
      own->markers.push_back({row[1].as<std::string>(), row[2].as<std::string>() == "CONFIRMED", row[3].as<std::string>()});
  for (const pqxx::row& row : Ask(session, kNoContact, query, moment))
    if (Guidance* own = of(row)) own->no_contact.push_back(row[1].as<std::string>());
  for (const pqxx::row& row : Ask(session, kAdvocates, query, moment))
    if (Guidance* own = of(row)) own->advocate = ReadAdvocate(row);
  for (std::size_t i = 0; i < holders.size(); ++i) holders[i].guidance = std::make_shared<const Guidance>(std::move(guidance[i]));
  return holders;
}

void AnswerAt(Session& session, const ContactQuery& query, const Moment& moment, v1::CheckContactResponse& answer) {
  AnswerFrom(HoldersAt(session, query, moment), query, moment.at, answer);
  for (const v1::ContactMatch& match : answer.matches())
    session.Audit({.action = "contact.replayed",
                   .subject_kind = "person",
                   .subject_id = match.person_id(),
                   .clause = "12.4",
                   .person_id = match.person_id()});
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

void ToProto(absl::Time time, google::protobuf::Timestamp& proto) {
  const std::int64_t micros = absl::ToUnixMicros(time);
  proto.set_seconds(micros / 1'000'000);
  proto.set_nanos(static_cast<int>(micros % 1'000'000 * 1000));
}

v1::CheckContactRequest CheckOf(const v1::ReplayContactRequest& request) {
  v1::CheckContactRequest check;
  check.set_channel(request.channel());
  check.set_phone(request.phone());
  check.set_email(request.email());
  check.set_crm_ref(request.crm_ref());
  check.set_uprn(request.uprn());
  check.set_social_handle(request.social_handle());
  check.set_service_area(request.service_area());
  check.set_staff_id(request.staff_id());
  return check;
}

}  // namespace

Outcome<v1::ReplayContactResponse> ReplayContact::operator()(const Call& call, const v1::ReplayContactRequest& request) {
  const v1::CheckContactRequest check = CheckOf(request);
  ContactQuery query;
  Refusals no = ReadQuery(check, query);
  const absl::Time now = clock_.Now();
  if (!request.has_at()) no.push_back({"", "at", "Say which moment is asked about."});
  if (request.has_at() && FromProto(request.at()) > now) no.push_back({"", "at", "This moment has not come yet."});
  if (request.has_known_at() && FromProto(request.known_at()) > now) no.push_back({"", "knownAt", "This moment has not come yet."});
  if (!no.empty()) return Invalid(std::move(no));
  const absl::Time at = FromProto(request.at());
  const absl::Time known = request.has_known_at() ? FromProto(request.known_at()) : at;
  return unit_of_work_.Read<v1::ReplayContactResponse>(call, [&](Session& session) -> Outcome<v1::ReplayContactResponse> {
    v1::ReplayContactResponse reply;
    ToProto(at, *reply.mutable_at());
    ToProto(known, *reply.mutable_known_at());
    AnswerAt(session, query, {at, known}, *reply.mutable_as_known_then());
    AnswerAt(session, query, {at, now}, *reply.mutable_as_known_now());
    return reply;
  });
}

}  // namespace evenhand::restriction::check
