#include "services/incident/store/task_readers.h"

#include "services/incident/store/array_literal.h"
#include "services/platform/base/local_date.h"

namespace evenhand::incident {

void NoteHearing(Session& session, const Hearing& hearing) {
  session.sql().exec_params(
      "insert into appeal_hearing (appeal_id, staff_id, incident_ids, is_open, updated_at) values ($1, $2, $3::uuid[], true, $4) "
      "on conflict (appeal_id) do update set staff_id = excluded.staff_id, incident_ids = excluded.incident_ids, is_open = true, "
      "updated_at = excluded.updated_at",
      hearing.appeal_id, hearing.staff_id, TextArray(hearing.incident_ids), FormatInstant(session.now()));
}

void OpenHearing(Session& session, const std::string& appeal_id, const std::string& staff_id) {
  session.sql().exec_params("update appeal_hearing set staff_id = $2, is_open = true, updated_at = $3 where appeal_id = $1", appeal_id,
                            staff_id, FormatInstant(session.now()));
}

void CloseHearing(Session& session, const std::string& appeal_id) {
  session.sql().exec_params("update appeal_hearing set is_open = false, updated_at = $2 where appeal_id = $1", appeal_id,
                            FormatInstant(session.now()));
}

void NoteGrounds(Session& session, const std::string& restriction_id, const std::string& service_area,
                 const std::vector<std::string>& incidents) {
  session.sql().exec_params("delete from decision_ground where restriction_id = $1", restriction_id);
  if (incidents.empty()) return;
  session.sql().exec_params(
      "insert into decision_ground (restriction_id, service_area, incident_id) select distinct $1, $2, id from incident where id::text = "
      "any($3::text[]) or reference = any($3::text[])",
      restriction_id, service_area, TextArray(incidents));
}

void NoteLent(Session& session, const std::string& delegation_id, const std::string& staff_id, const std::string& service_area,
              const std::string& from, const std::string& until) {
  session.sql().exec_params(
      "insert into authority_lent (delegation_id, staff_id, service_area, starts_at, ends_at) values ($1, $2, $3, $4::timestamptz, "
      "$5::timestamptz) on conflict do nothing",
      delegation_id, staff_id, service_area, from, until);
}

void NoteTakenBack(Session& session, const std::string& delegation_id) {
  session.sql().exec_params("delete from authority_lent where delegation_id = $1", delegation_id);
}

namespace {

void Add(const pqxx::result& rows, std::set<std::string>& ids) {
  for (const auto& row : rows) ids.insert(row[0].as<std::string>());
}

}  // namespace

TaskReadings ReadingsOf(Session& session, const Actor& actor, const std::string& incident_id) {
  TaskReadings readings;
  if (actor.Has(Role::kStrategicDirector)) {
    Add(session.sql().exec_params("select id from (select unnest(incident_ids) as id from appeal_hearing where staff_id = $1 and is_open) "
                                  "heard where $2 = '' or id::text = $2",
                                  actor.id, incident_id),
        readings.heard);
  }
  // One incident is found by its index; of all, what managers of the area read anyway is left out, and what is left is little.
  const std::string which = incident_id.empty() ? " and $2 = ''" : " and g.incident_id = $2::uuid";
  if (actor.RanksAtLeast(Role::kSeniorManager) && !actor.areas.empty()) {
    Add(session.sql().exec_params("select g.incident_id from decision_ground g join incident i on i.id = g.incident_id where "
                                  "g.service_area = any($1::text[]) and not i.service_area = any($1::text[]) and not i.staff_named" +
                                      which,
                                  TextArray(actor.areas), incident_id),
        readings.decided);
  }
  Add(session.sql().exec_params("select g.incident_id from authority_lent l join decision_ground g on g.service_area = l.service_area join "
                                "incident i on i.id = g.incident_id where l.staff_id = $1 and l.starts_at <= $3::timestamptz and l.ends_at "
                                "> $3::timestamptz and not i.staff_named" +
                                    which,
                                actor.id, incident_id, FormatInstant(session.now())),
      readings.decided);
  return readings;
}

}  // namespace evenhand::incident
