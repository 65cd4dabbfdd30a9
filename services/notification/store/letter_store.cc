#include "services/notification/store/letter_store.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "services/notification/store/notification_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"
#include "services/platform/pg/document.h"

namespace evenhand::notification {
namespace {

const std::string& StateName(const v1::Letter& letter) { return v1::Letter::State::Value_Name(letter.state()); }

// Lines as a JSON array of strings, made by PostgreSQL so that quoting is its own.
constexpr char kLines[] = "to_jsonb(string_to_array(nullif($%d, ''), E'\\n'))";

std::vector<std::string> IdsOf(const pqxx::result& rows) {
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.emplace_back(row[0].c_str());
  return ids;
}

}  // namespace

bool InsertLetter(Session& session, KeptLetter& kept) {
  v1::Letter& letter = kept.letter;
  const auto there = session.sql().exec_params("select 1 from letter where event_id = $1 and kind = $2", kept.event_id,
                                               LetterKind::Value_Name(letter.kind()));
  if (!there.empty()) return false;
  letter.set_id(NewUuid());
  const auto number = session.sql().exec1("select nextval('letter_reference')")[0].as<std::int64_t>();
  letter.set_reference(absl::StrFormat("LET-%d-%06d", DateOf(session.now()).year(), number));
  letter.set_etag(EtagOf(1));
  return session.sql()
             .exec_params(
                 absl::StrCat(
                     "insert into letter (id, reference, version, state, kind, restriction_id, decision_id, appeal_id, person_id, "
                     "service_area, event_id, addressee, "
                     "address, document, created_at, updated_at, words) values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce(",
                     absl::StrFormat(kLines, 12), ", '[]'), $13, $14, $14, nullif($15, '')::jsonb) on conflict do nothing"),
                 letter.id(), letter.reference(), StateName(letter), LetterKind::Value_Name(letter.kind()), letter.restriction_id(),
                 letter.decision_id(), letter.appeal_id(), letter.person_id(), letter.service_area(), kept.event_id, kept.addressee,
                 absl::StrJoin(kept.address, "\n"), ToDocument(letter), FormatInstant(session.now()), kept.words)
             .affected_rows() == 1;
}

std::optional<KeptLetter> FindLetter(Session& session, const std::string& id, bool for_update) {
  const auto rows = session.sql().exec_params(
      absl::StrCat("select document, event_id, addressee, coalesce((select string_agg(line, E'\\n') from "
                   "jsonb_array_elements_text(address) line), ''), pdf, coalesce(words::text, '') from letter where ",
                   IsUuid(id) ? "id = $1::uuid" : "reference = $1", for_update ? " for update" : ""),
      id);
  if (rows.empty()) return std::nullopt;
  KeptLetter kept{FromDocument<v1::Letter>(rows[0][0].c_str()), rows[0][1].c_str(), rows[0][2].c_str(), {}, "", rows[0][5].c_str()};
  if (const std::string lines = rows[0][3].c_str(); !lines.empty()) kept.address = absl::StrSplit(lines, '\n');
  if (!rows[0][4].is_null()) kept.pdf = pqxx::binarystring(rows[0][4]).str();
  return kept;
}

void SaveLetter(Session& session, KeptLetter& kept) {
  v1::Letter& letter = kept.letter;
  const std::int64_t version = std::stoll(letter.etag().substr(1)) + 1;
  letter.set_etag(EtagOf(version));
  const pqxx::binarystring pdf(kept.pdf);
  session.sql().exec_params(
      absl::StrCat("update letter set version = $2, state = $3, addressee = $4, address = coalesce(", absl::StrFormat(kLines, 5),
                   ", '[]'), document = $6, updated_at = $7, pdf = case when length($8::bytea) > 0 then $8::bytea end, "
                   "words = coalesce(nullif($9, '')::jsonb, words) where id = $1"),
      letter.id(), version, StateName(letter), kept.addressee, absl::StrJoin(kept.address, "\n"), ToDocument(letter),
      FormatInstant(session.now()), pdf, kept.words);
}

std::vector<v1::Letter> ListLetters(Session& session, const v1::ListLettersRequest& w, const std::optional<std::vector<std::string>>& areas,
                                    std::string& next) {
  const Page page = PageOf(w.page());
  std::vector<v1::Letter> letters;
  for (const auto& row : session.sql().exec_params(
           "select document from letter where ($1 = '' or restriction_id = $1) and ($2 = '' or appeal_id = $2) and ($3 = '' or person_id = "
           "standing($3)) and ($4 = '' or state = $4) "
           "and ($5::text[] is null or service_area = any($5)) and ($6 = '' or id < nullif($6, '')::uuid) order by id desc limit $7",
           w.restriction_id(), w.appeal_id(), w.person_id(),
           w.state() == v1::Letter::State::STATE_UNSPECIFIED ? std::string() : v1::Letter::State::Value_Name(w.state()),
           areas ? TextArray(*areas).c_str() : static_cast<const char*>(nullptr), page.after, page.one_more())) {
    letters.push_back(FromDocument<v1::Letter>(row[0].c_str()));
  }
  next = CutToPage(letters, page, [](const v1::Letter& last) { return last.id(); });
  return letters;
}

std::vector<v1::Letter> LettersToSeeTo(Session& session, const std::vector<std::string>& areas) {
  std::vector<v1::Letter> letters;
  for (const auto& row : session.sql().exec_params(
           "select document from letter where state in ('AWAITING_ADDRESS', 'PRINTED') and notify_id = '' and service_area = "
           "any($1::text[]) order by id",
           TextArray(areas)))
    letters.push_back(FromDocument<v1::Letter>(row[0].c_str()));
  return letters;
}

LettersWaiting CountLettersWaiting(Session& session) {
  const auto row = session.sql().exec_params1(
      "select coalesce(extract(epoch from $1::timestamptz - min(updated_at) filter (where notify_id = '')), 0), count(*) filter (where "
      "notify_missing >= 3) from letter where state = 'PRINTED'",
      FormatInstant(session.now()));
  return {row[0].as<double>(), row[1].as<int>()};
}

std::vector<std::string> UnsentLettersTo(Session& session, const std::string& person_id) {
  return IdsOf(
      session.sql().exec_params("select id from letter where person_id = $1 and (state in ('AWAITING_ADDRESS', "
                                "'AWAITING_FORMAT', 'QUEUED', 'RETURNED', 'FAILED') or (state = 'PRINTED' and notify_id = "
                                "'')) for update",
                                person_id));
}

std::vector<std::string> LettersStoppedBecause(Session& session, const std::string& person_id, const std::string& why) {
  return IdsOf(session.sql().exec_params(
      "select id from letter where person_id = $1 and state = 'STOPPED' and document->>'why' = $2 order by id for update", person_id, why));
}

std::vector<std::string> NotToBePosted(Session& session, const std::vector<std::string>& references) {
  std::vector<std::string> found;
  for (const auto& row : session.sql().exec_params(
           "select reference from letter where reference = any($1::text[]) and state not in ('QUEUED', 'PRINTED')", TextArray(references)))
    found.emplace_back(row[0].c_str());
  return found;
}

void NoteAtNotify(Session& session, const std::string& letter_id, const std::string& notify_id) {
  session.sql().exec_params(
      "update letter set notify_id = $2, notify_look_at = $3::timestamptz + interval '2 seconds', notify_looks = 0, notify_missing = 0 "
      "where "
      "id = $1::uuid",
      letter_id, notify_id, FormatInstant(session.now()));
}

std::vector<AtNotify> TakeLooksAtNotify(Session& session) {
  std::vector<AtNotify> letters;
  // 2 s, 4 s, 8 s, … an hour: a letter takes days, and Notify takes 3,000 questions a minute of all of them.
  for (const auto& row : session.sql().exec_params(
           "update letter set notify_looks = notify_looks + 1, notify_look_at = $1::timestamptz + least(interval '1 hour', interval '4 "
           "seconds' * power(2, least(notify_looks, 12))) where id in (select id from letter where notify_id <> '' and state = 'PRINTED' "
           "and "
           "notify_look_at <= $1::timestamptz order by notify_look_at limit 50 for update skip locked) returning id, notify_id, "
           "document->>'notificationId'",
           FormatInstant(session.now()))) {
    letters.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str()});
  }
  return letters;
}

void ForgetAtNotify(Session& session, const std::string& letter_id) {
  session.sql().exec_params("update letter set notify_id = '' where id = $1::uuid", letter_id);
}

int NoteMissingAtNotify(Session& session, const std::string& letter_id, bool missing) {
  return session.sql()
      .exec_params1(
          "update letter set notify_missing = case when $2 then notify_missing + 1 else 0 end where id = $1::uuid returning "
          "notify_missing",
          letter_id, missing)[0]
      .as<int>();
}

void NoteReturnedAddress(Session& session, const std::string& person_id, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  session.sql().exec_params(absl::StrCat("insert into returned_address (person_id, lines, at) values ($1, ", absl::StrFormat(kLines, 2),
                                         ", $3) on conflict (person_id, lines) do update set at = excluded.at"),
                            person_id, absl::StrJoin(lines, "\n"), FormatInstant(session.now()));
}

void ForgetReturnedAddress(Session& session, const std::string& person_id, const std::vector<std::string>& lines) {
  session.sql().exec_params(
      absl::StrCat("delete from returned_address where person_id = $1 and ($2 = '' or lines = ", absl::StrFormat(kLines, 2), ")"),
      person_id, absl::StrJoin(lines, "\n"));
}

bool CameBackFrom(Session& session, const std::string& person_id, const std::vector<std::string>& lines) {
  return session.sql()
      .exec_params1(
          absl::StrCat("select exists (select from returned_address where person_id = $1 and lines = ", absl::StrFormat(kLines, 2), ")"),
          person_id, absl::StrJoin(lines, "\n"))[0]
      .as<bool>();
}

int EraseLetters(Session& session, const std::string& restriction_id, const std::string& person_id) {
  return session.sql().exec_params1("select erase_letters($1, $2)", restriction_id, person_id)[0].as<int>();
}

}  // namespace evenhand::notification
