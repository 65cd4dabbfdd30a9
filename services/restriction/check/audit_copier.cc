#include "services/restriction/check/audit_copier.h"

#include <algorithm>
#include <array>
#include <typeinfo>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "services/platform/base/protection.h"
#include "services/platform/base/vocabulary.h"
#include "services/platform/obs/log.h"
#include "services/platform/rpc/turns.h"

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;

// While little waits, the copier rests after a portion as many times as long as the portion took: the database then holds an eighth of a
// processor at most, in strokes of less than half a millisecond, and a check that comes meanwhile does not wait behind the whole file.
constexpr int kRest = 7;
constexpr absl::Duration kLongestRest = absl::Milliseconds(5);
constexpr std::int64_t kLittle = 512 * 1024;  // bytes; some 1,500 records

// Of a record as text, in the order of TextsOf: what PostgreSQL reads with least work (JSON took it twice as long as all of these).
constexpr std::array<const char*, 10> kTypes = {"uuid", "float8", "text", "text", "text", "text", "text", "text", "uuid[]", "text"};

// ($1::uuid, …, $101::bytea), …: the texts of all records come first, then their answers.
std::string ValuesOf(std::size_t records) {
  std::string values;
  for (std::size_t record = 0; record < records; ++record) {
    absl::StrAppend(&values, record == 0 ? "(" : ", (");
    for (std::size_t i = 0; i < kTypes.size(); ++i) absl::StrAppend(&values, "$", record * kTypes.size() + i + 1, "::", kTypes[i], ", ");
    absl::StrAppend(&values, "$", records * kTypes.size() + record + 1, "::bytea)");
  }
  return values;
}

// Keeps that many records, or fewer: the rest is null. Both tables take a record or neither does, and a record that is there already is
// passed over: whatever is killed, each counts once. Only who is the last of a file (the last parameter) waits for the database's disk,
// and with it all before: commits reach it in their order.
std::string KeepOf(std::size_t records) {
  return absl::StrCat(R"(
  with kept as (
    insert into contact_check (id, at, actor, acting_through, channel, service_area, staff_id, outcome, person_ids, trace_id, answer)
    select id, to_timestamp(at), actor, through, channel, area, staff, outcome, people, trace, answer
    from (values )",
                      ValuesOf(records), R"() t (id, at, actor, through, channel, area, staff, outcome, people, trace, answer)
    where id is not null
    on conflict (id) do nothing
    returning id, at, actor, acting_through, person_ids, trace_id)
  insert into audit (at, actor, acting_through, action, subject_kind, subject_id, person_id, clause, after, trace_id)
  select at, actor, acting_through, 'contact.checked', 'person', p::text, p::text, '12.4', id::text, trace_id
  from kept, unnest(person_ids) p
  where case when $)",
                      records * (kTypes.size() + 1) + 1, R"(::boolean then true
             else (select set_config('synchronous_commit', 'off', true)) is not null end)");
}

// Seconds since 1970 with six decimals: a double tells microseconds apart for three centuries to come, and is read in no time.
std::string SecondsOf(const google::protobuf::Timestamp& at) {
  return absl::StrCat(at.seconds(), ".", absl::Dec(at.nanos() / 1000, absl::kZeroPad6));
}

std::string PeopleOf(const CheckContactResponse& answer) {
  std::string people = "{";
  for (const v1::ContactMatch& match : answer.matches())
    if (!match.person_id().empty()) absl::StrAppend(&people, people.size() > 1 ? "," : "", match.person_id());
  return people + "}";
}

void TextsOf(const v1::ContactCheckRecord& record, std::vector<std::string>& texts) {
  texts.push_back(record.id());
  texts.push_back(SecondsOf(record.at()));
  texts.push_back(record.actor());
  texts.push_back(record.acting_through());
  texts.push_back(Channel::Value_Name(record.channel()));
  texts.push_back(record.service_area());
  texts.push_back(record.staff_id());
  texts.push_back(CheckContactResponse::Outcome::Value_Name(record.answer().outcome()));
  texts.push_back(PeopleOf(record.answer()));
  texts.push_back(record.trace_id());
}

// The statement of the smallest size that takes them.
void Keep(pqxx::connection& connection, const std::vector<v1::ContactCheckRecord>& records, bool last) {
  const bool small = records.size() <= kPortion;
  const std::size_t missing = (small ? kPortion : kLargePortion) - records.size();
  std::vector<std::string> texts;
  std::vector<pqxx::binarystring> answers;
  texts.reserve(records.size() * kTypes.size());
  answers.reserve(records.size());
  for (const v1::ContactCheckRecord& record : records) {
    TextsOf(record, texts);
    answers.emplace_back(record.answer().SerializeAsString());
  }
  const std::vector<const char*> no_texts(missing * kTypes.size(), nullptr), no_answers(missing, nullptr);
  using pqxx::prepare::make_dynamic_params;
  pqxx::nontransaction sql(connection);  // the one statement is its own transaction
  sql.exec_prepared(small ? "keep" : "keep many", make_dynamic_params(texts), make_dynamic_params(no_texts), make_dynamic_params(answers),
                    make_dynamic_params(no_answers), last);
}

// Whatever is tried again, the database will not take it: it is the data (SQLSTATE classes 22, 23 and 54), not the moment.
bool IsForGood(const pqxx::sql_error& error) {
  const std::string state = error.sqlstate().substr(0, 2);
  return state == "22" || state == "23" || state == "54";
}

// How many of them can't be kept.
std::size_t KeepWhatCanBe(pqxx::connection& connection, const std::vector<v1::ContactCheckRecord>& records, bool last) {
  try {
    Keep(connection, records, last);
    return 0;
  } catch (const pqxx::sql_error& error) {
    if (!IsForGood(error)) throw;
  }
  // One of them is bad, and costs itself: each alone, and on the database's disk before the file is set aside.
  std::size_t refused = 0;
  for (const v1::ContactCheckRecord& record : records) {
    try {
      Keep(connection, {record}, true);
    } catch (const pqxx::sql_error& error) {
      if (!IsForGood(error)) throw;
      ++refused;
    }
  }
  return refused;
}

}  // namespace

void AuditCopier::Copy() {
  if (spool_.waiting_bytes() == 0) return;
  try {
    if (connection_ == nullptr) {
      TakeTurns();
      connection_ = pool_.Open();
      connection_->prepare("keep", KeepOf(kPortion));
      connection_->prepare("keep many", KeepOf(kLargePortion));
    }
    spool_.Drain([this](const std::vector<v1::ContactCheckRecord>& records, bool last) {
      const absl::Time began = absl::Now();
      const std::size_t refused = KeepWhatCanBe(*connection_, records, last);
      if (!last && !hurry_ && spool_.waiting_bytes() < kLittle) absl::SleepFor(std::min(kRest * (absl::Now() - began), kLongestRest));
      return refused;
    });
  } catch (...) {
    connection_ = nullptr;
    throw;
  }
}

void AuditCopier::CopyLast() {
  if (!ProtectionOn(Protection::kSpoolLastCopy)) return;
  hurry_ = true;
  try {
    Copy();
  } catch (const std::exception&) {
    // A connection that broke while nobody asked: once more with a fresh one.
    try {
      Copy();
    } catch (const std::exception& error) {
      Log(Level::kError, "the database is away at the end of the process: records of contact checks stay in the spool folder",
          {{"bytes", absl::StrCat(spool_.waiting_bytes())}, {"reason", typeid(error).name()}});
    }
  }
}

}  // namespace evenhand::restriction::check
