#include "services/restriction/check/people_loader.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "services/platform/base/canonical.h"
#include "services/platform/base/check.h"
#include "services/platform/base/local_date.h"

namespace evenhand::restriction::check {
namespace {

// Instants travel as microseconds since 1970, so that no text format comes between; null means `otherwise`.
constexpr char kHandles[] = R"(
  select person_id, kind, value, shared, confirmed
  from person_handle
  where ended_at is null and person_id = any($1::uuid[])
  union all
  -- A register entry holds for its address as well, until the person has moved out of it (scenario 6).
  select m.person_id, 'UPRN', m.uprn, true, false
  from marker m
  where m.uprn is not null and m.state in ('PROVISIONAL', 'CONFIRMED') and m.person_id = any($1::uuid[])
    and not exists (select from person_handle h where h.person_id = m.person_id and h.kind = 'UPRN' and h.value = m.uprn))";

constexpr char kMeasures[] = R"(
  select m.person_id, m.id, m.restriction_id, m.service_area, m.kind, m.channel, m.max_contacts, m.period, m.from_time, m.to_time,
         m.name, m.description,
         (extract(epoch from m.valid_from) * 1000000)::bigint, (extract(epoch from r.in_force_until) * 1000000)::bigint,
         (extract(epoch from c.window_start) * 1000000)::bigint, c.used, r.document ->> 'alternativeChannel'
  from restriction_measure m
  join restriction r on r.id = m.restriction_id
  left join lateral (select window_start, used from contact_count where measure_id = m.id order by window_start desc limit 1) c on true
  where m.in_force and m.person_id = any($1::uuid[])
  order by m.restriction_id, m.kind, m.id)";

constexpr char kMarkers[] = R"(
  select person_id, id, state, instruction
  from marker
  where state in ('PROVISIONAL', 'CONFIRMED') and person_id = any($1::uuid[])
  order by id)";

constexpr char kNoContact[] = R"(
  select person_id, staff_id
  from no_contact_request
  where withdrawn_at is null and kind = 'NO_CONTACT' and person_id = any($1::uuid[]))";

constexpr char kAdvocates[] = R"(
  select person_id, name, only_contact, resigned, temporary_channel
  from advocate_arrangement
  where ended_at is null and person_id = any($1::uuid[]))";

std::string Text(const pqxx::field& field) { return field.is_null() ? std::string() : field.as<std::string>(); }

absl::Time Instant(const pqxx::field& field, absl::Time otherwise) {
  return field.is_null() ? otherwise : absl::FromUnixMicros(field.as<std::int64_t>());
}

bool IsTrue(std::string_view text) { return text == "t"; }

// COPY's text format: backslash escapes.
void Unescape(std::string& text) {
  if (text.find('\\') == std::string::npos) return;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char c = text[++i];
    plain += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c == 'v' ? '\v' : c;
  }
  text = std::move(plain);
}

std::string_view NextColumn(std::string_view& line) {
  const auto tab = line.find('\t');
  const std::string_view column = line.substr(0, tab);
  line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  return column;
}

}  // namespace

Measure ReadMeasure(const pqxx::row& row) {
  Measure measure{.id = Text(row[1]), .restriction_id = Text(row[2]), .service_area = Text(row[3])};
  wording::MeasureWords& words = measure.words;
  words.kind = Named<MeasureKind>(Text(row[4]), MeasureKind::OTHER);
  words.channel = Named<Channel>(Text(row[5]));
  words.max_contacts = row[6].is_null() ? 0 : row[6].as<int>();
  words.period = Named<Period>(Text(row[7]));
  words.from = Text(row[8]);
  words.to = Text(row[9]);
  words.name = Text(row[10]);
  words.description = Text(row[11]);
  measure.from = Instant(row[12], absl::InfinitePast());
  measure.until = Instant(row[13], absl::InfiniteFuture());
  if (words.max_contacts > 0)
    measure.limit =
        Limit{words.max_contacts, words.period, row[15].is_null() ? 0 : row[15].as<int>(), Instant(row[14], absl::InfinitePast())};
  if (words.kind == MeasureKind::LIMIT_TIME) {
    const auto from = ParseTimeOfDay(words.from), to = ParseTimeOfDay(words.to);
    if (from && to) measure.times = TimesOfDay{*from, *to};
  }
  measure.alternative = wording::NamedWay(Text(row[16]));
  return measure;
}

Advocate ReadAdvocate(const pqxx::row& row) {
  return {.name = Text(row[1]), .only_contact = row[2].as<bool>(), .resigned = row[3].as<bool>(), .open = wording::NamedWay(Text(row[4]))};
}

std::string UuidArray(const std::vector<std::string>& ids) { return absl::StrCat("{", absl::StrJoin(ids, ","), "}"); }

std::vector<IndexedPerson> LoadPeople(pqxx::transaction_base& sql, const std::vector<std::string>& ids) {
  std::vector<IndexedPerson> people(ids.size());
  std::vector<Guidance> guidance(ids.size());
  absl::flat_hash_map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = ParsePersonId(ids[i]);
    EVENHAND_CHECK(id.has_value(), "a person's id is a UUID");
    people[i].id = *id;
    place[ids[i]] = i;
  }
  const std::string array = UuidArray(ids);
  for (const pqxx::row& row : sql.exec_params(kHandles, array)) {
    const auto kind = HandleKindNamed(Text(row[1]));
    if (kind) people[place.at(Text(row[0]))].handles.push_back({FingerprintOf(*kind, Text(row[2])), row[3].as<bool>(), row[4].as<bool>()});
  }
  for (const pqxx::row& row : sql.exec_params(kMeasures, array)) guidance[place.at(Text(row[0]))].measures.push_back(ReadMeasure(row));
  for (const pqxx::row& row : sql.exec_params(kMarkers, array))
    guidance[place.at(Text(row[0]))].markers.push_back(
        {.id = Text(row[1]), .confirmed = Text(row[2]) == "CONFIRMED", .instruction = Text(row[3])});
  for (const pqxx::row& row : sql.exec_params(kNoContact, array))
    guidance[place.at(Text(row[0]))].no_contact.push_back(CanonicalStaffNumber(Text(row[1])));
  for (const pqxx::row& row : sql.exec_params(kAdvocates, array)) guidance[place.at(Text(row[0]))].advocate = ReadAdvocate(row);
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (!guidance[i].empty()) people[i].guidance = std::make_shared<const Guidance>(std::move(guidance[i]));
  return people;
}

std::vector<std::string> IdsWithGuidance(pqxx::transaction_base& sql) {
  std::vector<std::string> ids;
  for (const pqxx::row& row : sql.exec("select person_id from restriction_measure where in_force "
                                       "union select person_id from marker where state in ('PROVISIONAL', 'CONFIRMED') "
                                       "union select person_id from no_contact_request where withdrawn_at is null "
                                       "union select person_id from advocate_arrangement where ended_at is null"))
    ids.push_back(row[0].as<std::string>());
  return ids;
}

void CopyHandles(pqxx::transaction_base& sql, const std::function<void(const PersonId&, const HandleFact&)>& take) {
  // libpqxx 6 copies tables, not queries: handles that have ended come along and are left out here.
  pqxx::stream_from stream(sql, "person_handle", std::vector<std::string>{"person_id", "kind", "value", "shared", "confirmed", "ended_at"});
  std::string line;
  while (stream.get_raw_line(line)) {
    std::string_view rest = line;
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    const auto person = ParsePersonId(NextColumn(rest));
    const auto kind = HandleKindNamed(NextColumn(rest));
    std::string value(NextColumn(rest));
    const bool shared = IsTrue(NextColumn(rest));
    const bool confirmed = IsTrue(NextColumn(rest));
    if (!person || !kind || NextColumn(rest) != "\\N") continue;
    Unescape(value);
    take(*person, {FingerprintOf(*kind, value), shared, confirmed});
  }
  stream.complete();
}

std::size_t EstimateHandles(pqxx::transaction_base& sql) {
  const auto estimate =
      sql.exec1("select greatest(reltuples, 0)::bigint from pg_class where oid = 'person_handle'::regclass")[0].as<std::int64_t>();
  return static_cast<std::size_t>(estimate);
}

}  // namespace evenhand::restriction::check
