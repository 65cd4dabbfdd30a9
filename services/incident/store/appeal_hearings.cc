#include "services/incident/store/appeal_hearings.h"

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

std::set<std::string> HeardBy(Session& session, const Actor& actor) {
  std::set<std::string> heard;
  if (!actor.Has(Role::kStrategicDirector)) return heard;
  for (const auto& row :
       session.sql().exec_params("select unnest(incident_ids) from appeal_hearing where staff_id = $1 and is_open", actor.id))
    heard.insert(row[0].as<std::string>());
  return heard;
}

}  // namespace evenhand::incident
