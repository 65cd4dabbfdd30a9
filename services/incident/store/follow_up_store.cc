#include "services/incident/store/follow_up_store.h"

#include "services/incident/store/array_literal.h"
#include "services/platform/base/check.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

HeldFollowUp FromRow(const pqxx::row& row) {
  HeldFollowUp held;
  EVENHAND_CHECK(held.follow_up.ParseFromString(pqxx::binarystring(row["document"]).str()), "a kept follow-up must parse");
  held.version = row["version"].as<std::int64_t>();
  held.staff_named = row["staff_named"].as<bool>();
  held.follow_up.set_etag(EtagOf(held.version));
  return held;
}

constexpr Role kRanked[] = {Role::kTeamLeader, Role::kSeniorManager, Role::kStrategicDirector};
constexpr Role kAnywhere[] = {Role::kHrBusinessPartner, Role::kCommunicationsLead, Role::kHealthSafetyAdviser};

}  // namespace

std::optional<HeldFollowUp> LoadFollowUp(Session& session, const std::string& id, bool for_update) {
  if (!IsUuid(id)) return std::nullopt;
  const auto rows = session.sql().exec_params(
      std::string("select version, staff_named, document from follow_up where id = $1::uuid") + (for_update ? " for update" : ""), id);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::string MineSql(const Actor& actor, Query& query) {
  std::vector<std::string> in_my_areas, anywhere;
  for (const Role role : kRanked) {
    if (actor.RanksAtLeast(role)) in_my_areas.emplace_back(NameOf(role));
  }
  for (const Role role : kAnywhere) {
    if (actor.Has(role)) anywhere.emplace_back(NameOf(role));
  }
  return "(f.owner = " + query.Bind(actor.id) + "::text or (f.owner = '' and ((f.owner_role = any(" + query.Bind(TextArray(in_my_areas)) +
         "::text[]) and not f.staff_named and f.service_area = any(" + query.Bind(TextArray(actor.areas)) +
         "::text[])) or f.owner_role = any(" + query.Bind(TextArray(anywhere)) + "::text[]))))";
}

void OnlyVisibleFollowUps(const Actor& actor, const Closure& closure, Query& query) {
  const std::string mine = MineSql(actor, query);
  const std::string me = query.Bind(actor.id) + "::text";
  const std::string areas = query.Bind(TextArray(actor.areas)) + "::text[]";
  const bool hr = actor.Has(Role::kHrBusinessPartner), communications = actor.Has(Role::kCommunicationsLead);
  std::string ordinary = "i.line_manager_id = " + me;
  std::string named = "i.line_manager_id = " + me;
  if (actor.Has(Role::kHealthSafetyAdviser))
    ordinary = "true";
  else if (actor.RanksAtLeast(Role::kTeamLeader))
    ordinary += " or i.service_area = any(" + areas + ")";
  if (hr || communications)
    named = "true";
  else if (actor.Has(Role::kStrategicDirector))
    named += " or (i.director_stands_in and i.service_area = any(" + areas + "))";
  const std::string full = "case when i.staff_named then " + named + " else " + ordinary + " end";
  const std::string affected = "f.staff_id = '' and " + me + " = any(i.affected)";
  query.And(areas + " is not null and " + me + " is not null and " + mine + " is not null");  // every parameter is used, whoever asks
  const ClosedSql closed = ClosedTo(actor, closure, query);
  query.And("not (" + closed.always + ")");
  query.And("f.staff_id = " + me + " or not (" + closed.to_the_team + ")");
  query.And("case when f.kind = 'STAFF_NAMED_PERSONAL_RECORD' then f.staff_id = " + me + (hr ? " or true" : "") + " else " + mine +
            " or f.staff_id = " + me + " or (" + affected + ") or (" + full + ") end");
}

std::vector<HeldFollowUp> FetchFollowUps(Session& session, const Query& query, int limit) {
  std::vector<HeldFollowUp> found;
  const std::string sql = "select f.version, f.staff_named, f.document from follow_up f join incident i on i.id = f.incident_id where " +
                          query.where + " order by (f.state <> 'OPEN'), f.due_at, f.id limit " + std::to_string(limit);
  for (const auto& row : session.sql().exec_params(sql, pqxx::prepare::make_dynamic_params(query.parameters)))
    found.push_back(FromRow(row));
  return found;
}

int CountFollowUps(Session& session, const Query& query) {
  const std::string sql = "select count(*) from follow_up f join incident i on i.id = f.incident_id where " + query.where;
  return session.sql().exec_params1(sql, pqxx::prepare::make_dynamic_params(query.parameters))[0].as<int>();
}

}  // namespace evenhand::incident
