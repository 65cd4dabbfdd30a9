#include "services/notification/store/person_store.h"

#include <absl/strings/str_cat.h>

namespace evenhand::notification {
namespace {

constexpr const char* kThings[] = {"letter", "notification", "task"};

// The next state of the thing is somebody else's: its version and its etag say so.
constexpr char kPointAt[] =
    "version = t.version + 1, document = t.document || jsonb_build_object('personId', $1::text, 'etag', '\"' || (t.version + 1) || '\"')";

}  // namespace

void MoveToSurvivor(Session& session, const std::string& survivor, const std::string& merged) {
  for (const char* thing : kThings) {
    session.sql().exec_params(
        absl::StrCat("with moved as (update ", thing, " t set person_id = $1, ", kPointAt,
                     " where t.person_id = $2 returning t.id) insert into person_moved (thing, id, survivor_id, merged_id) "
                     "select '",
                     thing, "', id, $1, $2 from moved on conflict do nothing"),
        survivor, merged);
  }
  // What the post brought back from, and a death, are true of the one person they are now.
  session.sql().exec_params(
      "insert into returned_address (person_id, lines, at) select $1, lines, at from returned_address where person_id = $2 on conflict do "
      "nothing",
      survivor, merged);
}

void MoveBack(Session& session, const std::string& survivor, const std::string& merged) {
  for (const char* thing : kThings) {
    session.sql().exec_params(absl::StrCat("update ", thing, " t set person_id = $1, ", kPointAt, " from person_moved m where m.thing = '",
                                           thing, "' and m.id = t.id and m.survivor_id = $2 and m.merged_id = $1 and t.person_id = $2"),
                              merged, survivor);
  }
  session.sql().exec_params("delete from person_moved where survivor_id = $1 and merged_id = $2", survivor, merged);
}

int EraseMentions(Session& session, const std::string& restriction_id, const std::string& person_id) {
  return session.sql().exec_params1("select erase_mentions($1, $2)", restriction_id, person_id)[0].as<int>();
}

}  // namespace evenhand::notification
