#include "services/appeal/store/appeal_store.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "services/appeal/domain/appeal_states.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"
#include "services/platform/pg/document.h"

namespace evenhand::appeal {
namespace {

constexpr char kOpen[] = "('LODGED', 'LATE', 'ACKNOWLEDGED', 'ASSIGNED', 'INFORMATION_REQUESTED', 'EFFECT_PENDING')";

std::int64_t VersionOf(const v1::Appeal& appeal) { return appeal.etag().empty() ? 0 : std::stoll(appeal.etag().substr(1)); }

const std::string& StateName(const v1::Appeal& appeal) { return AppealState::Value_Name(appeal.state()); }

std::string Instant(const google::protobuf::Timestamp& time) {
  return FormatInstant(absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()));
}

// A PostgreSQL text array of values that are ours or bound as one parameter.
std::string Array(const std::vector<std::string>& values) {
  return absl::StrCat("{",
                      absl::StrJoin(values, ",",
                                    [](std::string* out, const std::string& value) {
                                      out->push_back('"');
                                      for (const char c : value) {
                                        if (c == '"' || c == '\\') out->push_back('\\');
                                        out->push_back(c);
                                      }
                                      out->push_back('"');
                                    }),
                      "}");
}

std::vector<v1::Appeal> Documents(const pqxx::result& rows) {
  std::vector<v1::Appeal> appeals;
  for (const auto& row : rows) appeals.push_back(FromDocument<v1::Appeal>(row[0].c_str()));
  return appeals;
}

std::vector<std::string> Column(const pqxx::result& rows) {
  std::vector<std::string> values;
  for (const auto& row : rows) values.emplace_back(row[0].c_str());
  return values;
}

// The appeals out of `which` are this person's from now on: a version each, as with every change.
int PutPerson(Session& session, const std::string& person, const std::string& which, const std::string& survivor,
              const std::string& merged) {
  const auto ids = Column(session.sql().exec_params(
      absl::StrCat("select id from appeal where person_id <> $1 and person_id <> '' and $2 <> '' and id in (", which, ") order by id"),
      person, person, survivor, merged));
  AppealStore store(session);
  for (const std::string& id : ids) {
    auto appeal = store.Find(id, /*for_update=*/true);
    appeal->set_person_id(person);
    store.Save(*appeal);
    session.Audit({.action = "appeal.person_changed", .subject_kind = "appeal", .subject_id = id, .clause = "12.2", .person_id = person});
  }
  return static_cast<int>(ids.size());
}

}  // namespace

std::optional<v1::Appeal> AppealStore::Find(const std::string& id, bool for_update) {
  const auto rows = session_.sql().exec_params(
      absl::StrCat("select document from appeal where ", IsUuid(id) ? "id = $1::uuid" : "reference = $1", for_update ? " for update" : ""),
      id);
  if (rows.empty()) return std::nullopt;
  return FromDocument<v1::Appeal>(rows[0][0].c_str());
}

std::optional<v1::Appeal> AppealStore::OfDecision(const std::string& decision_id) {
  const auto rows = session_.sql().exec_params("select document from appeal where decision_id = $1 and state <> 'WITHDRAWN'", decision_id);
  if (rows.empty()) return std::nullopt;
  return FromDocument<v1::Appeal>(rows[0][0].c_str());
}

bool AppealStore::Insert(v1::Appeal& appeal) {
  const auto number = session_.sql().exec1("select nextval('appeal_reference')")[0].as<std::int64_t>();
  appeal.set_reference(absl::StrFormat("APL-%d-%06d", DateOf(session_.now()).year(), number));
  appeal.set_etag(EtagOf(1));
  const auto inserted = session_.sql().exec_params(
      "insert into appeal (id, reference, version, state, restriction_id, decision_id, person_id, service_area, received_at, "
      "acknowledge_by, decide_by, "
      "document, created_at, updated_at) values ($1, $2, 1, $3, $4, $5, $6, $7, $8, nullif($9, '')::date, nullif($10, '')::date, $11, $12, "
      "$12) "
      "on conflict (decision_id) where state <> 'WITHDRAWN' do nothing",
      appeal.id(), appeal.reference(), StateName(appeal), appeal.restriction_id(), appeal.decision_id(), appeal.person_id(),
      appeal.service_area(), Instant(appeal.received_at()), appeal.deadlines().acknowledge_due_on(), appeal.deadlines().decide_due_on(),
      ToDocument(appeal), FormatInstant(session_.now()));
  if (inserted.affected_rows() == 0) return false;
  session_.sql().exec_params("insert into appeal_version (appeal_id, version, at, by, document) values ($1, 1, $2, $3, $4)", appeal.id(),
                             FormatInstant(session_.now()), session_.actor().id, ToDocument(appeal));
  return true;
}

void AppealStore::Save(v1::Appeal& appeal) {
  const std::int64_t version = VersionOf(appeal) + 1;
  appeal.set_etag(EtagOf(version));
  const std::string document = ToDocument(appeal);
  const std::string now = FormatInstant(session_.now());
  session_.sql().exec_params(
      "update appeal set version = $2, state = $3, assignee = $4, received_at = $5, person_id = $11, acknowledge_by = nullif($6, "
      "'')::date, "
      "decide_by = "
      "nullif($7, '')::date, "
      "effect_state = $8, next_effect_at = case when $8 = 'PENDING' then coalesce(next_effect_at, '-infinity') end, document = $9, "
      "updated_at = $10 where id = $1",
      appeal.id(), version, StateName(appeal), appeal.assignee(), Instant(appeal.received_at()), appeal.deadlines().acknowledge_due_on(),
      appeal.deadlines().decide_due_on(), v1::Effect::State::Value_Name(appeal.effect().state()), document, now, appeal.person_id());
  session_.sql().exec_params("insert into appeal_version (appeal_id, version, at, by, document) values ($1, $2, $3, $4, $5)", appeal.id(),
                             version, now, session_.actor().id, document);
}

AppealPage AppealStore::List(const AppealFilter& filter) {
  const v1::ListAppealsRequest& wanted = filter.request;
  const Page wanted_page = PageOf(wanted.page());
  const auto rows = session_.sql().exec_params(
      absl::StrCat("select document from appeal where ($1 = '' or restriction_id = $1 or document->>'restrictionReference' = $1) and ($2 = "
                   "'' or person_id = standing($2)) "
                   "and ($3 = '' or service_area = $3) and ($4 = '' or state = $4) and ($5 = '' or assignee = $5) and ($6::text[] is null "
                   "or service_area = any($6)) "
                   "and ($7 = '' or id < $7::uuid) and (not $8 or (state in ",
                   kOpen,
                   " and ((acknowledge_by < $9::date and document->>'acknowledgedAt' is null) or decide_by < $9::date))) "
                   "order by id desc limit $10"),
      wanted.restriction_id(), wanted.person_id(), wanted.service_area(),
      wanted.state() == AppealState::STATE_UNSPECIFIED ? std::string() : AppealState::Value_Name(wanted.state()), wanted.assignee(),
      filter.areas ? Array(*filter.areas).c_str() : static_cast<const char*>(nullptr), wanted_page.after, wanted.late(),
      FormatDate(DateOf(session_.now())), wanted_page.one_more());
  AppealPage page{Documents(rows), ""};
  page.next = CutToPage(page.appeals, wanted_page, [](const v1::Appeal& last) { return last.id(); });
  return page;
}

std::vector<v1::Appeal> AppealStore::Undecided(const std::optional<std::vector<std::string>>& areas) {
  return Documents(session_.sql().exec_params(
      "select document from appeal where state in ('LODGED', 'LATE', 'ACKNOWLEDGED', 'ASSIGNED') and ($1::text[] is null or service_area = "
      "any($1)) order by id",
      areas ? Array(*areas).c_str() : static_cast<const char*>(nullptr)));
}

std::vector<v1::Appeal> AppealStore::Of(const std::vector<std::string>& restriction_ids, const std::string& person_id) {
  return Documents(session_.sql().exec_params(
      "select document from appeal where restriction_id = any($1::text[]) or ($2 <> '' and person_id = standing($2)) order by id desc",
      Array(restriction_ids), person_id));
}

std::vector<std::string> AppealStore::OpenIds(const std::string& decision_id) {
  return Column(
      session_.sql().exec_params(absl::StrCat("select id from appeal where ($1 = '' and state in ", kOpen,
                                              ") or (decision_id = $1 and (state = 'REFUSED' or state in ", kOpen, ")) order by id"),
                                 decision_id));
}

std::vector<std::string> AppealStore::OpenRestrictions(const std::vector<std::string>& restriction_ids) {
  return Column(session_.sql().exec_params(
      absl::StrCat("select distinct restriction_id from appeal where state in ", kOpen, " and restriction_id = any($1::text[])"),
      Array(restriction_ids)));
}

std::vector<std::string> AppealStore::DueEffects() {
  return Column(session_.sql().exec_params(
      "select id from appeal where effect_state = 'PENDING' and next_effect_at <= $1 order by next_effect_at limit 32",
      FormatInstant(session_.now())));
}

int AppealStore::CountEffectTry(const std::string& id) {
  return session_.sql()
      .exec_params1("update appeal set effect_tries = effect_tries + 1 where id = $1 returning effect_tries", id)[0]
      .as<int>();
}

void AppealStore::PutOffEffect(const std::string& id, absl::Time until) {
  session_.sql().exec_params("update appeal set next_effect_at = $2 where id = $1 and effect_state = 'PENDING'", id, FormatInstant(until));
}

std::vector<std::pair<std::string, std::string>> AppealStore::MissedDeadlines(const std::string& today) {
  const auto rows = session_.sql().exec_params(
      "select id, 'ACKNOWLEDGE' from appeal where state in ('LODGED', 'LATE', 'ASSIGNED', 'INFORMATION_REQUESTED') and acknowledge_by < "
      "$1::date "
      "and document->>'acknowledgedAt' is null and not alarmed @> '{ACKNOWLEDGE}' "
      "union all select id, 'DECIDE' from appeal where state in ('LODGED', 'LATE', 'ACKNOWLEDGED', 'ASSIGNED') and decide_by < $1::date "
      "and not "
      "alarmed @> '{DECIDE}' limit 100",
      today);
  std::vector<std::pair<std::string, std::string>> missed;
  for (const auto& row : rows) missed.emplace_back(row[0].c_str(), row[1].c_str());
  return missed;
}

std::vector<std::string> AppealStore::AwaitingInformation() {
  return Column(session_.sql().exec("select id from appeal where state = 'INFORMATION_REQUESTED' order by id"));
}

std::pair<int, int> AppealStore::CountOpen(const std::string& today) {
  const auto row =
      session_.sql().exec_params1(absl::StrCat("select count(*), count(*) filter (where decide_by < $1::date or (acknowledge_by < $1::date "
                                               "and document->>'acknowledgedAt' is null)) from appeal where state in ",
                                               kOpen),
                                  today);
  return {row[0].as<int>(), row[1].as<int>()};
}

void AppealStore::NoteAlarm(const std::string& id, const std::string& kind) {
  session_.sql().exec_params("update appeal set alarmed = array_append(alarmed, $2) where id = $1 and not alarmed @> array[$2]", id, kind);
}

void AppealStore::ForgetAlarms(const std::string& id) { session_.sql().exec_params("update appeal set alarmed = '{}' where id = $1", id); }

bool AppealStore::NoteEffectProblem(const std::string& id) {
  return session_.sql()
             .exec_params("update appeal set effect_problem_told = true where id = $1 and not effect_problem_told", id)
             .affected_rows() == 1;
}

std::optional<Told> FindTold(Session& session, const std::string& decision_id) {
  const auto rows = session.sql().exec_params(
      "select told_on, appeal_by_told from decision_told where decision_id = $1 and told_on is not null", decision_id);
  if (rows.empty()) return std::nullopt;
  return Told{rows[0][0].c_str(), rows[0][1].c_str()};
}

void NoteTold(Session& session, const Telling& telling) {
  session.sql().exec_params(
      "insert into decision_telling (decision_id, letter_id, how, restriction_id, on_day, told_on, appeal_by) "
      "values ($1, $2, $3, $4, $5::date, $6::date, $7::date) on conflict (decision_id, letter_id, how) do update set "
      "on_day = excluded.on_day, told_on = excluded.told_on, appeal_by = excluded.appeal_by, undone_at = null",
      telling.decision_id, telling.letter_id, telling.how, telling.restriction_id, telling.on, telling.told_on, telling.appeal_by);
}

void NoteToldUndone(Session& session, const std::string& decision_id, const std::string& letter_id, const std::string& how) {
  // Before tellings were kept one by one, none named its letter.
  session.sql().exec_params(
      "update decision_telling set undone_at = $4 where decision_id = $1 and letter_id in ($2, '') and how = $3 and undone_at is null",
      decision_id, letter_id, how, FormatInstant(session.now()));
}

std::optional<bool> SeenAsDirector(Session& session, const std::string& staff_id) {
  const auto rows = session.sql().exec_params("select director from staff_seen where staff_id = $1", staff_id);
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<bool>();
}

void NoteSeen(Session& session, const std::string& staff_id, bool director) {
  session.sql().exec_params(
      "insert into staff_seen (staff_id, director, at) values ($1, $2, $3) on conflict (staff_id) do update set director = "
      "excluded.director, at = excluded.at where staff_seen.director <> excluded.director",
      staff_id, director, FormatInstant(session.now()));
}

int MoveAppeals(Session& session, const std::string& survivor, const std::string& merged) {
  const std::string now = FormatInstant(session.now());
  session.sql().exec_params("insert into person_merge (survivor_id, merged_id, merged_at) values ($1, $2, $3) on conflict do nothing",
                            survivor, merged, now);
  session.sql().exec_params(
      "insert into appeal_moved (appeal_id, survivor_id, merged_id) select id, $1, $2 from appeal where person_id = $2 on conflict do "
      "nothing",
      survivor, merged);
  return PutPerson(session, survivor, "select appeal_id from appeal_moved where survivor_id = $3 and merged_id = $4", survivor, merged);
}

int ReturnAppeals(Session& session, const std::string& survivor, const std::string& merged) {
  // What was lodged meanwhile about a restriction whose appeals go back is about the same person.
  const int moved = PutPerson(session, merged,
                              "select id from appeal where restriction_id in (select restriction_id from appeal join appeal_moved on "
                              "appeal_id = id where survivor_id = $3 and merged_id = $4)",
                              survivor, merged);
  session.sql().exec_params("delete from appeal_moved where survivor_id = $1 and merged_id = $2", survivor, merged);
  session.sql().exec_params("delete from person_merge where survivor_id = $1 and merged_id = $2", survivor, merged);
  return moved;
}

int EraseAppeals(Session& session, const std::string& restriction_id, const std::string& person_id) {
  return session.sql().exec_params1("select erase_appeals($1, $2)", restriction_id, person_id)[0].as<int>();
}

}  // namespace evenhand::appeal
