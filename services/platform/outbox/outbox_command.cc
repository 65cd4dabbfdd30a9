#include "services/platform/outbox/outbox_command.h"

#include <cstdio>

#include "services/platform/pg/pool.h"

namespace evenhand {
namespace {

void List(pqxx::work& sql) {
  const auto rows = sql.exec(
      "select jsonb_build_object('id', id, 'eventId', event_id, 'type', type, 'subject', subject, 'destination', destination, "
      "'state', case when parked_at is null then 'WAITING' else 'PARKED' end, 'attempts', attempts, 'occurredAt', occurred_at, "
      "'lastError', last_error)::text "
      "from outbox order by id limit 10000");
  for (const auto& row : rows) std::printf("%s\n", row[0].c_str());
}

int SendAgain(pqxx::work& sql, const std::string& id) {
  const auto done = sql.exec_params(
      "update outbox set parked_at = null, attempts = 0, next_attempt_at = '-infinity' where parked_at is not null and ($1 = 'all' or "
      "id::text = $1)",
      id);
  sql.exec("select pg_notify('outbox_' || current_schema(), '')");
  std::printf("%lu sent again\n", static_cast<unsigned long>(done.affected_rows()));
  return done.affected_rows() > 0 || id == "all" ? 0 : 1;
}

}  // namespace

int OutboxCommand(const Settings& settings, const std::string& schema, std::string_view id) {
  try {
    const auto connection = Pool({.connection = settings.database, .schema = schema}).Open();
    pqxx::work sql(*connection);
    if (id.empty()) {
      List(sql);
      return 0;
    }
    const int code = SendAgain(sql, std::string(id));
    sql.commit();
    return code;
  } catch (const std::exception&) {
    std::fputs("the database can't be reached\n", stderr);
    return 2;
  }
}

}  // namespace evenhand
