#include "services/restriction/store/handle_form.h"

#include <google/protobuf/empty.pb.h>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "services/handles/handles.h"
#include "services/platform/base/local_date.h"
#include "services/platform/obs/log.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

using Nothing = google::protobuf::Empty;

constexpr absl::Duration kLongest = absl::Minutes(10);  // once for each new form, over millions

// Numbers are E.164 under every form, and plain words are their own form: what is left is looked at one by one.
constexpr char kNotPlain[] = R"(
  select id::text, kind, value, written from person_handle
  where kind <> 'PHONE'
    and (value !~ '^[A-Za-z0-9_]([A-Za-z0-9_.@+-]*[A-Za-z0-9_])?$' or value like '%xn--%' or (kind = 'SOCIAL' and value ~ '@|^www[.]')))";

}  // namespace

bool BringHandlesToForm(UnitOfWork& work) {
  Call call;
  call.actor.id = "system:restriction";
  call.peer = "restriction";
  call.method = "start/handle-form";
  call.deadline = absl::Now() + kLongest;
  return work
      .Write<Nothing>(call,
                      [](Session& session) -> Outcome<Nothing> {
                        auto& sql = session.sql();
                        if (sql.exec1("select n from handle_form for update")[0].as<int>() >= kHandleForm) return Nothing();
                        sql.exec("set local statement_timeout = 0");
                        std::vector<std::string> people;
                        int unreadable = 0;
                        for (const pqxx::row& row : sql.exec(kNotPlain)) {
                          const auto form = Normalise(row[1].as<std::string>(), row[3].as<std::string>());
                          unreadable += form ? 0 : 1;
                          if (!form || *form == row[2].as<std::string>()) continue;
                          people.push_back(sql.exec_params1("select rename_handle($1, $2, $3)::text", row[0].as<std::string>(), *form,
                                                            FormatInstant(session.now()))[0]
                                               .as<std::string>());
                        }
                        sql.exec_params("update handle_form set n = $1", kHandleForm);
                        Log(unreadable > 0 ? Level::kWarning : Level::kInfo, "handles stand in their new normal form",
                            {{"changed", absl::StrCat(people.size())}, {"unreadable", absl::StrCat(unreadable)}});
                        if (!people.empty()) BumpRevision(session, people);
                        return Nothing();
                      })
      .ok();
}

}  // namespace evenhand::restriction
