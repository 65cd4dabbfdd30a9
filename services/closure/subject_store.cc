#include "services/closure/subject_store.h"

#include "services/platform/base/local_date.h"

namespace evenhand {

Subject FindSubject(Session& session, const std::string& person_id) {
  const auto rows = session.sql().exec_params("select staff_id, team, line_manager_id from subject where person_id = $1", person_id);
  if (rows.empty()) return {};
  return {rows[0][0].c_str(), rows[0][1].c_str(), rows[0][2].c_str()};
}

void KeepSubject(Session& session, const std::string& person_id, const Subject& subject) {
  if (subject.empty()) {
    session.sql().exec_params("delete from subject where person_id = $1", person_id);
    return;
  }
  session.sql().exec_params(
      "insert into subject (person_id, staff_id, team, line_manager_id, at) values ($1, $2, $3, $4, $5) on conflict (person_id) do update "
      "set staff_id = excluded.staff_id, team = excluded.team, line_manager_id = excluded.line_manager_id, at = excluded.at",
      person_id, subject.staff_id, subject.team, subject.line_manager_id, FormatInstant(session.now()));
}

}  // namespace evenhand
