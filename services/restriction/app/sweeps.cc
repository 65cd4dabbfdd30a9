#include "services/restriction/app/sweeps.h"

#include <google/protobuf/empty.pb.h>

#include "services/platform/base/local_date.h"
#include "services/platform/obs/metrics.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/system_call.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

using Nothing = google::protobuf::Empty;

constexpr int kBatch = 100;  // a sweep's transaction holds the locks of so many restrictions at most

}  // namespace

void Sweeps::ExpireRestrictions() {
  for (bool more = true; more;) {
    more = false;
    (void)work_.Write<Nothing>(SystemCall("sweep/expire"), [&](Session& session) -> Outcome<Nothing> {
      const auto due = session.sql().exec_params(
          "select distinct person_id::text from restriction where state = 'IN_FORCE' and in_force_until <= $1 limit $2",
          FormatInstant(session.now()), kBatch);
      if (due.empty()) return Nothing();
      std::vector<std::string> people;
      for (const auto& row : due) {
        people.push_back(row[0].as<std::string>());
        ExpireDue(session, people.back(), kBatch);
      }
      BumpRevision(session, people);
      more = static_cast<int>(people.size()) == kBatch;
      return Nothing();
    });
  }
}

void Sweeps::AlarmOverdueReviews() {
  (void)work_.Write<Nothing>(SystemCall("sweep/reviews"), [&](Session& session) -> Outcome<Nothing> {
    const std::string today = FormatDate(DateOf(session.now()));
    const auto rows = session.sql().exec_params(
        "update restriction set review_alarmed_on = review_due_on where state = 'IN_FORCE' and (in_force_until is null or in_force_until > "
        "$2) "
        "and review_due_on < $1::date and review_alarmed_on is distinct from review_due_on returning id::text, person_id::text, "
        "service_area",
        today, FormatInstant(session.now()));
    for (const auto& row : rows) {
      const std::string id = row[0].as<std::string>();
      session.Audit({"restriction.review_overdue", "restriction", id, "7.4", row[1].as<std::string>(), "", ""});
      session.Emit({"restriction.review_overdue",
                    id,
                    {{"restrictionId", id}, {"personId", row[1].as<std::string>()}, {"serviceArea", row[2].as<std::string>()}}});
    }
    const auto markers = session.sql().exec_params(
        "update marker set review_alarmed_on = review_on where state = 'CONFIRMED' and review_on < $1::date and review_alarmed_on is "
        "distinct from review_on "
        "returning id::text, person_id::text, service_area",
        today);
    for (const auto& row : markers) {
      const std::string id = row[0].as<std::string>();
      session.Audit({"marker.review_overdue", "marker", id, "4.3", row[1].as<std::string>(), "", ""});
      session.Emit({"marker.review_overdue",
                    id,
                    {{"markerId", id}, {"personId", row[1].as<std::string>()}, {"serviceArea", row[2].as<std::string>()}}});
    }
    return Nothing();
  });
}

void Sweeps::LookAgain() {
  (void)work_.Write<Nothing>(SystemCall("sweep/look-again"), [&](Session& session) -> Outcome<Nothing> {
    const auto rows = session.sql().exec_params(
        "update restriction set look_again_told = true where state = 'IN_FORCE' and look_again_on <= $1::date and not look_again_told "
        "returning id::text, person_id::text, service_area",
        FormatDate(DateOf(session.now())));
    for (const auto& row : rows) {
      const std::string id = row[0].as<std::string>();
      session.Audit({"restriction.notice_withheld_due", "restriction", id, "6.4", row[1].as<std::string>(), "", ""});
      session.Emit({"restriction.notice_withheld_due",
                    id,
                    {{"restrictionId", id}, {"personId", row[1].as<std::string>()}, {"serviceArea", row[2].as<std::string>()}}});
    }
    return Nothing();
  });
}

void Sweeps::Measure() {
  (void)work_.Read<Nothing>(SystemCall("sweep/measure"), [&](Session& session) -> Outcome<Nothing> {
    static auto& in_force = GaugeNamed("evenhand_restrictions_in_force", "Restrictions in force now", {});
    static auto& overdue = GaugeNamed("evenhand_reviews_overdue", "Restrictions in force whose review is overdue (7.4)", {});
    static auto& markers = GaugeNamed("evenhand_markers_overdue", "Register entries whose review is overdue (4.3)", {});
    const std::string today = FormatDate(DateOf(session.now()));
    const auto row = session.sql().exec_params1(
        "select count(*), count(*) filter (where review_due_on < $1::date), (select count(*) from marker where state = 'CONFIRMED' and "
        "review_on < $1::date) "
        "from restriction where state = 'IN_FORCE' and (in_force_until is null or in_force_until > $2)",
        today, FormatInstant(session.now()));
    in_force.Set(row[0].as<double>());
    overdue.Set(row[1].as<double>());
    markers.Set(row[2].as<double>());
    return Nothing();
  });
}

}  // namespace evenhand::restriction
