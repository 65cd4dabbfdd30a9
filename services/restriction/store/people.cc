#include "services/restriction/store/people.h"

#include <algorithm>
#include <map>

#include <absl/strings/str_format.h>

#include "services/platform/base/uuid.h"
#include "services/platform/pg/document.h"
#include "services/restriction/handles/handles.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr int kMostHops = 1000;  // no record is folded into itself; this is against a loop all the same

struct Wanted {
  std::string written;
  bool shared = false;
  bool confirmed = true;
};

// kind and normal form → how it is held.
std::map<std::pair<std::string, std::string>, Wanted> HandlesOf(const v1::Person& person) {
  std::map<std::pair<std::string, std::string>, Wanted> wanted;
  if (person.state() == v1::Person::State::MERGED) return wanted;  // the record that stands holds them
  for (const auto& handle : person.handles()) {
    const std::string kind = v1::Handle::Kind::Value_Name(handle.kind());
    const auto normal = Normalise(kind, handle.value());
    if (normal) wanted[{kind, *normal}] = {handle.value(), handle.shared(), !handle.has_confirmed() || handle.confirmed()};
  }
  for (const auto& ref : person.crm_refs())
    if (const auto normal = NormaliseCrmRef(ref)) wanted[{"CRM_REF", *normal}] = {ref, false, true};
  return wanted;
}

// While this waited, the record was folded into another or given back. To lock the other as well could end in waiting for each other: the
// unit of work begins anew.
pqxx::serialization_failure Moved() { return pqxx::serialization_failure("a record was folded or unfolded while it was waited for"); }

}  // namespace

std::string NextReference(Session& session, std::string_view prefix, std::string_view sequence) {
  const auto n = session.sql().exec_params1("select nextval($1::regclass)", std::string(sequence))[0].as<std::int64_t>();
  return absl::StrFormat("%s-%d-%06d", std::string(prefix), DateOf(session.now()).year(), n);
}

std::optional<PersonRecord> People::Load(const std::string& id, bool lock, bool follow) {
  std::string key = id;
  for (int hops = 0; hops < kMostHops; ++hops) {  // merges of merges; each hop is one record older
    const std::string by = IsUuid(key) ? "id = $1::uuid" : "reference = $1";
    const auto rows =
        sql_.exec_params("select document::text, version, merged_into::text from person where " + by + (lock ? " for update" : ""), key);
    if (rows.empty()) return std::nullopt;
    if (!follow || rows[0][2].is_null()) {
      PersonRecord record{FromDocument<v1::Person>(rows[0][0].as<std::string>()), rows[0][1].as<std::int64_t>(),
                          rows[0][2].as<std::string>("")};
      record.doc.set_etag(EtagOf(record.version));
      return record;
    }
    key = rows[0][2].as<std::string>();
  }
  return std::nullopt;
}

std::optional<PersonRecord> People::Find(const std::string& id) { return Load(id, false, true); }

// Only the record that stands is locked, never one that was folded into it: to undo a merge locks the two the other way round. Whoever
// holds the record that stands holds its merges still, so that what an old reference leads to is certain then.
std::optional<PersonRecord> People::FindForUpdate(const std::string& id) {
  const auto seen = Load(id, false, true);
  if (!seen) return std::nullopt;
  auto locked = Load(seen->doc.id(), true, false);
  const auto now = Load(id, false, true);
  if (!locked || !now) return std::nullopt;
  if (now->doc.id() != locked->doc.id()) throw Moved();
  return locked;
}

std::pair<std::optional<PersonRecord>, std::optional<PersonRecord>> People::FindBothForUpdate(const std::string& id,
                                                                                              const std::string& other) {
  const auto a = Find(id), b = Find(other);
  if (!a || !b) return {};
  const auto low = FindForUpdate(std::min(a->doc.id(), b->doc.id()));
  const auto high = FindForUpdate(std::max(a->doc.id(), b->doc.id()));
  if (!low || !high) return {};
  if (low->doc.id() != std::min(a->doc.id(), b->doc.id()) || high->doc.id() != std::max(a->doc.id(), b->doc.id())) throw Moved();
  return low->doc.id() == a->doc.id() ? std::pair(low, high) : std::pair(high, low);
}

std::optional<PersonRecord> People::FindItself(const std::string& id) { return Load(id, true, false); }

void People::Insert(v1::Person& person) {
  person.set_id(NewUuid());
  person.set_reference(NextReference(session_, "PER", "person_number"));
  person.set_state(v1::Person::State::ACTIVE);
  person.set_etag(EtagOf(1));
  *person.mutable_created_at() = ToProto(session_.now());
  sql_.exec_params(
      "insert into person (id, reference, state, is_employee, document, created_at, touched_at) values ($1, $2, 'ACTIVE', $3, $4, $5, $5)",
      person.id(), person.reference(), person.is_employee(), ToDocument(person), FormatInstant(session_.now()));
  KeepVersion(person, 1);
  SaveHandles(person);
  SaveAdvocate(person);
}

void People::Save(PersonRecord& record) {
  ++record.version;
  record.doc.set_etag(EtagOf(record.version));
  sql_.exec_params(
      "update person set version = $2, state = $3, is_employee = $4, document = $5, merged_into = $6, touched_at = $7 where id = $1",
      record.doc.id(), record.version, v1::Person::State::Value_Name(record.doc.state()), record.doc.is_employee(), ToDocument(record.doc),
      record.merged_into.empty() ? nullptr : record.merged_into.c_str(), FormatInstant(session_.now()));
  KeepVersion(record.doc, record.version);
  SaveHandles(record.doc);
  SaveAdvocate(record.doc);
}

void People::KeepVersion(const v1::Person& person, std::int64_t version) {
  sql_.exec_params("insert into person_version (person_id, version, at, by, document) values ($1, $2, $3, $4, $5)", person.id(), version,
                   FormatInstant(session_.now()), session_.actor().id, ToDocument(person));
}

void People::SaveHandles(const v1::Person& person) {
  auto wanted = HandlesOf(person);
  const std::string now = FormatInstant(session_.now());
  const auto held = sql_.exec_params(
      "select id::text, kind, value, shared, confirmed from person_handle where person_id = $1 and ended_at is null", person.id());
  for (const auto& row : held) {
    const auto found = wanted.find({row[1].as<std::string>(), row[2].as<std::string>()});
    const bool same = found != wanted.end() && found->second.shared == row[3].as<bool>() && found->second.confirmed == row[4].as<bool>();
    if (same) {
      wanted.erase(found);
    } else {
      // What changed begins anew, so that a replay sees how it was held at the time.
      sql_.exec_params("update person_handle set ended_at = $2 where id = $1", row[0].as<std::string>(), now);
    }
  }
  for (const auto& [key, handle] : wanted) {
    sql_.exec_params(
        "insert into person_handle (id, person_id, kind, value, written, shared, confirmed, since) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        NewUuid(), person.id(), key.first, key.second, handle.written, handle.shared, handle.confirmed, now);
  }
}

void People::SaveAdvocate(const v1::Person& person) {
  const auto& advocate = person.advocate();
  const bool resigned = !advocate.resigned_on().empty();
  const bool wanted = person.state() != v1::Person::State::MERGED && person.has_advocate() && (advocate.only_contact() || resigned);
  const std::string now = FormatInstant(session_.now());
  const auto same = sql_.exec_params(
      "select from advocate_arrangement where person_id = $1 and ended_at is null and name = $2 and only_contact = $3 and resigned = $4 "
      "and "
      "temporary_channel = $5",
      person.id(), advocate.name(), advocate.only_contact(), resigned, advocate.temporary_channel());
  if (wanted && !same.empty()) return;
  sql_.exec_params("update advocate_arrangement set ended_at = $2 where person_id = $1 and ended_at is null", person.id(), now);
  if (!wanted) return;
  sql_.exec_params(
      "insert into advocate_arrangement (id, person_id, name, only_contact, resigned, temporary_channel, since) values ($1, $2, $3, $4, "
      "$5, "
      "$6, $7)",
      NewUuid(), person.id(), advocate.name(), advocate.only_contact(), resigned, advocate.temporary_channel(), now);
}

void People::Touch(const std::string& person_id) {
  sql_.exec_params("update person set touched_at = $2 where id = $1", person_id, FormatInstant(session_.now()));
}

std::vector<FoundPerson> People::WithHandle(const std::string& kind, const std::string& normal) {
  std::vector<FoundPerson> found;
  const auto rows = sql_.exec_params(
      "select p.id::text, p.reference, p.document->>'displayName', h.shared, h.confirmed from person_handle h join person p on p.id = "
      "h.person_id "
      "where h.kind = $1 and h.value = $2 and h.ended_at is null and p.merged_into is null order by p.id",
      kind, normal);
  for (const auto& row : rows)
    found.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(""), row[3].as<bool>(), row[4].as<bool>()});
  return found;
}

std::vector<v1::Person> People::Employees() {
  std::vector<v1::Person> employees;
  for (const auto& row : sql_.exec("select document::text from person where is_employee order by id"))
    employees.push_back(FromDocument<v1::Person>(row[0].as<std::string>()));
  return employees;
}

std::vector<std::string> People::IdsOf(const std::string& person_id) {
  std::vector<std::string> ids;
  const auto rows = sql_.exec_params(
      "with recursive same (id) as (select $1::uuid union select p.id from person p join same on p.merged_into = same.id) select id::text "
      "from same",
      person_id);
  for (const auto& row : rows) ids.push_back(row[0].as<std::string>());
  return ids;
}

}  // namespace evenhand::restriction
