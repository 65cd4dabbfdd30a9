#include "services/restriction/check/replay_contact.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/platform/base/canonical.h"
#include "services/platform/base/local_date.h"
#include "services/restriction/check/people_loader.h"

namespace evenhand::restriction::check {
namespace {

// Everyone who has ever been a holder of the handle.
constexpr char kEver[] = R"(
  select distinct person_id from check_history
  where facts -> 'handles' @> jsonb_build_array(jsonb_build_object('kind', $1::text, 'value', $2::text)))";

// The newest facts about them ($2) that were known by $1. $3 is the moment.
constexpr char kFacts[] = R"(
  with known as materialized (
    select newest.* from unnest($2::uuid[]) ever (person_id) cross join lateral (
      select h.person_id, h.facts, h.revision from check_history h
      where h.person_id = ever.person_id and h.at <= $1
      order by h.revision desc limit 1) newest))";

constexpr char kHolders[] = R"(
  select k.person_id, h.shared, h.confirmed
  from known k, jsonb_to_recordset(k.facts -> 'handles') h (kind text, value text, shared boolean, confirmed boolean, since bigint, until bigint)
  where h.kind = $4 and h.value = $5 and h.since <= $3 and (h.until is null or h.until > $3)
  order by k.person_id)";

constexpr char kMeasures[] = R"(
  select k.person_id, m.id, m.restriction, m.area, m.kind, m.channel, m."maxContacts", m.period, m."fromTime", m."toTime", m.name, m.description,
         m.since, m.until, c.window_start, c.used, m.alternative
  from known k
  cross join jsonb_to_recordset(k.facts -> 'measures') m (id text, restriction text, area text, kind text, channel text, "maxContacts" int, period text,
       "fromTime" text, "toTime" text, name text, description text, since bigint, until bigint, counts jsonb,
       alternative text)
  left join lateral (
    select "window" as window_start, used from jsonb_to_recordset(m.counts) n ("window" bigint, used int) where "window" <= $3
    order by "window" desc limit 1) c on true)";

constexpr char kMarkers[] = R"(
  select k.person_id, m.id, m.state, m.instruction
  from known k, jsonb_to_recordset(k.facts -> 'markers') m (id text, state text, instruction text, since bigint, until bigint)
  where m.since <= $3 and (m.until is null or m.until > $3) and m.state <> 'SUSPENDED')";

constexpr char kNoContact[] = R"(
  select k.person_id, n.staff
  from known k, jsonb_to_recordset(k.facts -> 'noContact') n (staff text, since bigint, until bigint)
  where n.since <= $3 and (n.until is null or n.until > $3))";

constexpr char kAdvocates[] = R"(
  select k.person_id, a.name, a."onlyContact", a.resigned, a.channel
  from known k, jsonb_to_recordset(k.facts -> 'advocate') a (name text, "onlyContact" boolean, resigned boolean, channel text, since bigint,
       until bigint)
  where a.since <= $3 and (a.until is null or a.until > $3))";

// What the audit says was told, at that very instant and asked in the same way, of anybody who has ever been a holder of the handle. What
// was told is erased in time.
constexpr char kTold[] = R"(
  with that_instant as materialized (
    select answer, person_ids
    from contact_check
    where at = $1 and channel = $2 and service_area = $3 and staff_id = $4 and answer <> '')
  select answer
  from that_instant
  where person_ids && $5::uuid[])";

// When anything about them changed, around that instant.
constexpr char kChanges[] = R"(
  select distinct micros(at)
  from check_history
  where at > $1 and at <= $2 and person_id = any ($3::uuid[])
  order by 1)";

// The newest change that an answer with this revision had seen.
constexpr char kSeenBy[] = "select micros(max(at)) from check_history, revision r where revision <= $2 and life(r.epoch)::text = $1";

// Longer than an index can be behind without saying UNKNOWN.
constexpr absl::Duration kLongestBehind = absl::Seconds(5);

// A contact, and the people it may ever have been: "{id,id}".
struct Question {
  const ContactQuery& query;
  std::string ever;
};

struct Moment {
  absl::Time at, known;
};

template <typename... More>
pqxx::result Ask(Session& session, const char* sql, const Question& question, const Moment& moment, const More&... more) {
  return session.sql().exec_params(std::string(kFacts) + sql, FormatInstant(moment.known), question.ever, absl::ToUnixMicros(moment.at),
                                   more...);
}

std::string EverHolders(Session& session, const ContactQuery& query) {
  std::vector<std::string> ids;
  for (const pqxx::row& row : session.sql().exec_params(kEver, std::string(query.kind), query.normalised))
    ids.push_back(row[0].as<std::string>());
  return UuidArray(ids);
}

Holders HoldersAt(Session& session, const Question& question, const Moment& moment) {
  Holders holders;
  std::vector<Guidance> guidance;
  std::map<std::string, std::size_t> place;
  for (const pqxx::row& row : Ask(session, kHolders, question, moment, std::string(question.query.kind), question.query.normalised)) {
    const auto id = row[0].as<std::string>();
    if (!place.try_emplace(id, holders.size()).second) continue;
    holders.push_back({*ParsePersonId(id), row[1].as<bool>(), row[2].as<bool>(), nullptr});
    guidance.emplace_back();
  }
  const auto of = [&](const pqxx::row& row) -> Guidance* {
    const auto found = place.find(row[0].as<std::string>());
    return found == place.end() ? nullptr : &guidance[found->second];
  };
  for (const pqxx::row& row : Ask(session, kMeasures, question, moment))
    if (Guidance* own = of(row)) own->measures.push_back(ReadMeasure(row));
  for (const pqxx::row& row : Ask(session, kMarkers, question, moment))
    if (Guidance* own = of(row))
      own->markers.push_back({row[1].as<std::string>(), row[2].as<std::string>() == "CONFIRMED", row[3].as<std::string>()});
  for (const pqxx::row& row : Ask(session, kNoContact, question, moment))
    if (Guidance* own = of(row)) own->no_contact.push_back(CanonicalStaffNumber(row[1].as<std::string>()));
  for (const pqxx::row& row : Ask(session, kAdvocates, question, moment))
    if (Guidance* own = of(row)) own->advocate = ReadAdvocate(row);
  for (std::size_t i = 0; i < holders.size(); ++i) holders[i].guidance = std::make_shared<const Guidance>(std::move(guidance[i]));
  return holders;
}

void AnswerAt(Session& session, const Question& question, const Moment& moment, v1::CheckContactResponse& answer) {
  AnswerFrom(HoldersAt(session, question, moment), question.query, moment.at, answer);
}

// What an answer says of whom, without its words, its order and when it was given: words may be put better one day, and two that say the
// same are the same answer.
std::string GistOf(v1::CheckContactResponse answer) {
  answer.clear_as_of();
  answer.clear_consistency_token();
  for (v1::ContactMatch& match : *answer.mutable_matches()) {
    match.clear_open_channels();
    match.mutable_marker()->clear_instruction();
    for (v1::Instruction& instruction : *match.mutable_instructions()) {
      instruction.clear_text();
      instruction.clear_channel();
      instruction.clear_applies();
    }
    std::ranges::sort(*match.mutable_instructions(), {}, [](const v1::Instruction& i) { return std::pair(i.code(), i.restriction_id()); });
  }
  std::ranges::sort(*answer.mutable_matches(), {}, [](const v1::ContactMatch& match) { return match.person_id(); });
  return answer.SerializeAsString();
}

struct Told {
  std::map<std::string, v1::CheckContactResponse> answers;  // by their gist; without when and by which state
  std::set<absl::Time> known{};                             // up to when that which answered can have known
};

Told ToldAt(Session& session, const Question& question, absl::Time at) {
  const ContactQuery& query = question.query;
  Told told;
  for (const pqxx::row& row :
       session.sql().exec_params(kTold, FormatInstant(at), Channel::Value_Name(query.channel), query.area, query.staff, question.ever)) {
    v1::CheckContactResponse answer;
    if (!answer.ParseFromString(pqxx::binarystring(row[0]).str())) continue;
    if (const auto revision = ParseToken(answer.consistency_token())) {
      const pqxx::row seen = session.sql().exec_params1(kSeenBy, revision->epoch, revision->n);
      if (!seen[0].is_null()) told.known.insert(absl::FromUnixMicros(seen[0].as<std::int64_t>()));
    }
    answer.clear_as_of();
    answer.clear_consistency_token();
    told.answers.try_emplace(GistOf(answer), std::move(answer));
  }
  if (told.answers.empty()) return told;
  told.known.insert(at - kLongestBehind);
  for (const pqxx::row& row :
       session.sql().exec_params(kChanges, FormatInstant(at - kLongestBehind), FormatInstant(at + kLongestBehind), question.ever))
    told.known.insert(absl::FromUnixMicros(row[0].as<std::int64_t>()));
  return told;
}

// A change is on every replica a few milliseconds after its instant. What was told in between stands in the audit: the state it was told
// from is the one that gives just that answer. `answer` is what would have been told by the instants alone.
void AsToldAt(Session& session, const Question& question, absl::Time at, v1::CheckContactResponse& answer) {
  const Told told = ToldAt(session, question, at);
  const auto was_told = [&](const v1::CheckContactResponse& candidate) {
    const auto found = told.answers.find(GistOf(candidate));
    if (found == told.answers.end()) return false;
    answer = found->second;  // to the letter
    return true;
  };
  if (told.answers.empty() || was_told(answer)) return;
  std::vector<v1::CheckContactResponse> candidates{answer};
  for (const absl::Time known : told.known) AnswerAt(session, question, {at, known}, candidates.emplace_back());
  for (v1::CheckContactResponse& candidate : candidates) {
    if (was_told(candidate)) return;
    MakeUnknown(candidate);
    if (was_told(candidate)) return;
  }
}

void Audit(Session& session, const v1::CheckContactResponse& answer) {
  for (const v1::ContactMatch& match : answer.matches())
    if (!match.person_id().empty())
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

}  // namespace

Outcome<v1::ReplayContactResponse> ReplayContact::operator()(const Call& call, const v1::ReplayContactRequest& request) {
  ContactQuery query;
  Refusals no = ReadQuery(*call.areas, request.check(), query);
  // An auditor asks as whoever it was asked.
  if (!call.actor.Has(Role::kAuditor))
    if (auto other = RefusalToName(call.actor, query.staff)) return *other;
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
    const Question question{query, EverHolders(session, query)};
    AnswerAt(session, question, {at, known}, *reply.mutable_as_known_then());
    if (!request.has_known_at()) AsToldAt(session, question, at, *reply.mutable_as_known_then());
    AnswerAt(session, question, {at, now}, *reply.mutable_as_known_now());
    Audit(session, reply.as_known_then());
    Audit(session, reply.as_known_now());
    return reply;
  });
}

}  // namespace evenhand::restriction::check
