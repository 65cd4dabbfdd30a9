#include "services/restriction/app/sweeps.h"

#include <google/protobuf/empty.pb.h>

#include "evenhand/events/v1/restriction_events.h"
#include "services/platform/base/local_date.h"
#include "services/platform/obs/metrics.h"
#include "services/restriction/app/story.h"
#include "services/restriction/app/suspend_restriction.h"
#include "services/restriction/app/system_call.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/revision.h"

namespace evenhand::restriction {
namespace {

// Of a row of id, person and area.
events::RestrictionRef RestrictionIn(const pqxx::row& row) {
  return {.restriction_id = row[0].as<std::string>(), .person_id = row[1].as<std::string>(), .service_area = row[2].as<std::string>()};
}
events::MarkerRef MarkerIn(const pqxx::row& row) {
  return {.marker_id = row[0].as<std::string>(), .person_id = row[1].as<std::string>(), .service_area = row[2].as<std::string>()};
}

using Nothing = google::protobuf::Empty;

constexpr int kAtOnce = 100;  // ends of one person in one transaction; people of one look

// The next people with an end that has come, after one of them.
std::vector<std::string> DueAfter(UnitOfWork& work, const std::string& after) {
  std::vector<std::string> people;
  (void)work.Read<Nothing>(SystemCall("sweep/expire"), [&](Session& session) -> Outcome<Nothing> {
    people.clear();
    for (const auto& row : session.sql().exec_params(
             "select distinct person_id from restriction where state = 'IN_FORCE' and suspended_at is null and in_force_until <= $1 "
             "and person_id > $2 order by person_id limit $3",
             FormatInstant(session.now()), after, kAtOnce))
      people.push_back(row[0].as<std::string>());
    return Nothing();
  });
  return people;
}

// The person first, as every decision does it: a sweep in the middle of one would see half of it. One that can't be done spoils no other.
void ExpireOf(UnitOfWork& work, const std::string& person) {
  (void)work.Write<Nothing>(SystemCall("sweep/expire"), [&](Session& session) -> Outcome<Nothing> {
    const auto locked = People(session).FindForUpdate(person);
    if (!locked) return Nothing();
    ExpireDue(session, locked->doc.id(), kAtOnce);
    BumpRevision(session, {locked->doc.id()});
    return Nothing();
  });
}

}  // namespace

void Sweeps::ExpireRestrictions() {
  std::string after = "00000000-0000-0000-0000-000000000000";
  for (auto people = DueAfter(work_, after); !people.empty(); people = DueAfter(work_, after)) {
    for (const std::string& person : people) ExpireOf(work_, person);
    after = people.back();
  }
}

// What somebody is deciding on at this moment is passed over: it is told at the next sweep, if it is still so.
void Sweeps::AlarmOverdueReviews() {
  (void)work_.Write<Nothing>(SystemCall("sweep/reviews"), [&](Session& session) -> Outcome<Nothing> {
    const std::string today = FormatDate(DateOf(session.now()));
    const auto rows = session.sql().exec_params(
        "update restriction set review_alarmed_on = review_due_on where id in (select id from restriction where state = 'IN_FORCE' "
        "and (in_force_until is null or in_force_until > $2) and review_due_on < $1::date "
        "and review_alarmed_on is distinct from review_due_on order by id for update skip locked) "
        "returning id::text, person_id::text, coalesce(deciding_area, service_area)",
        today, FormatInstant(session.now()));
    for (const auto& row : rows) {
      const std::string id = row[0].as<std::string>();
      session.Audit({"restriction.review_overdue", "restriction", id, "7.4", row[1].as<std::string>(), "", ""});
      session.Emit(events::RestrictionReviewOverdue{.restriction = RestrictionIn(row)});
    }
    const auto markers = session.sql().exec_params(
        "update marker set review_alarmed_on = review_on where id in (select id from marker where state <> 'REMOVED' "
        "and review_on < $1::date and review_alarmed_on is distinct from review_on order by id for update skip locked) "
        "returning id::text, person_id::text, service_area",
        today);
    for (const auto& row : markers) {
      const std::string id = row[0].as<std::string>();
      session.Audit({"marker.review_overdue", "marker", id, "4.3", row[1].as<std::string>(), "", ""});
      session.Emit(events::MarkerReviewOverdue{.marker = MarkerIn(row)});
    }
    return Nothing();
  });
}

void Sweeps::LookAgain() {
  (void)work_.Write<Nothing>(SystemCall("sweep/look-again"), [&](Session& session) -> Outcome<Nothing> {
    const auto rows = session.sql().exec_params(
        "update restriction set look_again_told = true where id in (select id from restriction where state = 'IN_FORCE' "
        "and look_again_on <= $1::date and not look_again_told order by id for update skip locked) "
        "returning id::text, person_id::text, coalesce(deciding_area, service_area)",
        FormatDate(DateOf(session.now())));
    for (const auto& row : rows) {
      const std::string id = row[0].as<std::string>();
      session.Audit({"restriction.notice_withheld_due", "restriction", id, "6.4", row[1].as<std::string>(), "", ""});
      session.Emit(events::RestrictionNoticeWithheldDue{.restriction = RestrictionIn(row)});
    }
    return Nothing();
  });
}

void Sweeps::AlarmUndecidedEvidence() {
  (void)work_.Write<Nothing>(SystemCall("sweep/evidence"), [&](Session& session) -> Outcome<Nothing> {
    const auto rows = session.sql().exec_params(
        "update restriction set suspension_alarmed = true where id in (select id from restriction where state = 'IN_FORCE' "
        "and suspended_at <= $1 and not suspension_alarmed order by id for update skip locked) "
        "returning id::text, person_id::text, coalesce(deciding_area, service_area)",
        FormatInstant(session.now() - kDecideWithin));
    for (const auto& row : rows) {
      const std::string id = row[0].as<std::string>();
      session.Audit({"restriction.evidence_overdue", "restriction", id, "7.3", row[1].as<std::string>(), "", ""});
      session.Emit(events::RestrictionEvidenceOverdue{.restriction = RestrictionIn(row)});
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
        "select count(*), count(*) filter (where review_due_on < $1::date), (select count(*) from marker where state <> 'REMOVED' and "
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
