#include "services/restriction/store/revision.h"

#include <algorithm>

#include "services/platform/base/local_date.h"
#include "services/restriction/check/change_clock.h"
#include "services/restriction/check/consistency_token.h"

namespace evenhand::restriction {

std::string BumpRevision(Session& session, std::vector<std::string> person_ids) {
  std::ranges::sort(person_ids);
  person_ids.erase(std::unique(person_ids.begin(), person_ids.end()), person_ids.end());
  std::string array = "{";
  for (const std::string& id : person_ids) array += (array.size() > 1 ? "," : "") + id;
  array += "}";
  session.sql().exec("select from revision for update");  // from here until the commit no other writer passes
  const auto row = session.sql().exec_params1(
      "with bumped as (update revision set n = n + 1 returning life(epoch) as epoch, n), "
      "     told as (insert into index_change (revision, person_id, at) select n, unnest($1::uuid[]), $2 from bumped) "
      "select epoch::text, n, pg_notify('evenhand_index', n::text) from bumped",
      array, FormatInstant(InstantOfChange(session.now())));
  return FormatToken({row[0].as<std::string>(), row[1].as<std::int64_t>()});
}

}  // namespace evenhand::restriction
