#include "services/restriction/app/move_records.h"

#include "services/platform/base/local_date.h"
#include "services/restriction/app/story.h"
#include "services/restriction/store/markers.h"

namespace evenhand::restriction {

std::set<std::string> IdsIn(Session& session, const std::string& table, const std::string& person_id) {
  std::set<std::string> ids;
  for (const pqxx::row& row : session.sql().exec_params("select id::text from " + table + " where person_id = $1", person_id))
    ids.insert(row[0].as<std::string>());
  return ids;
}

std::string JsonList(const std::set<std::string>& ids) {
  std::string text = "[";
  for (const std::string& id : ids) text += (text.size() > 1 ? ",\"" : "\"") + id + "\"";
  return text + "]";
}

void MoveRestriction(Session& session, RestrictionRecord& record, const std::string& to) {
  Restrictions restrictions(session);
  restrictions.EndMeasures(record.doc.id(), session.now());
  const std::string before = record.doc.etag();
  record.doc.set_person_id(to);
  Note(session, record.doc, v1::HistoryAction::MOVED, "council rule", "The person's record changed.");
  restrictions.Save(record, v1::HistoryAction::MOVED);
  session.Audit({"restriction.moved", "restriction", record.doc.id(), "council rule", to, before, record.doc.etag()});
}

void MoveRows(Session& session, const std::string& table, const std::set<std::string>& ids, const std::string& to) {
  for (const std::string& id : ids) session.sql().exec_params("update " + table + " set person_id = $2 where id = $1", id, to);
}

void MoveMarkers(Session& session, const std::string& from, const std::set<std::string>& ids, const std::string& to) {
  Markers markers(session);
  for (const std::string& id : ids) {
    auto record = markers.Find(from, id, true);
    if (!record) continue;
    const std::string before = record->doc.etag();
    record->doc.set_person_id(to);
    markers.Save(*record);
    session.Audit({"marker.moved", "marker", id, "council rule", to, before, record->doc.etag()});
  }
}

// Requests of staff for no contact: what the other record holds already is not asked twice.
void MoveRequests(Session& session, const std::set<std::string>& ids, const std::string& to) {
  for (const std::string& id : ids) {
    session.sql().exec_params(
        "update no_contact_request r set withdrawn_at = $3 where id = $1 and withdrawn_at is null and exists "
        "(select from no_contact_request o where o.person_id = $2 and o.staff_id = r.staff_id and o.kind = r.kind and o.withdrawn_at is "
        "null)",
        id, to, FormatInstant(session.now()));
    session.sql().exec_params("update no_contact_request set person_id = $2 where id = $1 and withdrawn_at is null", id, to);
  }
}

// Contacts used up allowances of two records that are one person: what was used of the same limit counts together, and apart again when
// they are two after all.
void UniteCounts(Session& session, const std::string& survivor, const std::set<std::string>& of_duplicate, bool together) {
  const std::string used =
      "select s.id as measure, c.window_start, c.used from restriction_measure s "
      "join lateral (select d.id from restriction_measure d where d.restriction_id = $2 and d.kind = s.kind "
      "and d.service_area = s.service_area and d.channel is not distinct from s.channel and d.period is not distinct from s.period "
      "order by d.valid_from desc, d.id desc limit 1) d on true "
      "join contact_count c on c.measure_id = d.id where s.person_id = $1 and s.in_force and s.restriction_id <> $2";
  const std::string change = together
                                 ? "insert into contact_count (measure_id, window_start, used) " + used +
                                       " on conflict (measure_id, window_start) do update set used = contact_count.used + excluded.used"
                                 : "update contact_count t set used = greatest(0, t.used - u.used) from (" + used +
                                       ") u where t.measure_id = u.measure and t.window_start = u.window_start";
  for (const std::string& id : of_duplicate) session.sql().exec_params(change, survivor, id);
}

}  // namespace evenhand::restriction
