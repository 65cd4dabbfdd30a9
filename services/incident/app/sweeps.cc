#include "services/incident/app/sweeps.h"

#include "services/incident/app/convert.h"
#include "services/incident/app/follow_up_sync.h"
#include "services/incident/app/recorder.h"
#include "services/incident/store/incident_store.h"
#include "services/platform/base/local_date.h"
#include "services/platform/calendar/holidays.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"

namespace evenhand::incident {
namespace {

constexpr int kBatch = 200;

void Complain(const std::string& job, const Refusal& refusal) {
  Log(Level::kWarning, "background work put off", {{"job", job}, {"reason", ErrorReason::Value_Name(refusal.reason)}});
}

HeldFollowUp EscalateOne(Session& session, const pqxx::row& row, WriteSet& set) {
  HeldFollowUp held;
  held.follow_up.ParseFromString(pqxx::binarystring(row[2]).str());
  held.version = row[0].as<std::int64_t>() + 1;
  held.staff_named = row[1].as<bool>();
  v1::FollowUp& f = held.follow_up;
  SetTime(f.mutable_escalated_at(), session.now());
  events::IncidentFollowUpOverdue overdue{
      .incident = events::IncidentRef{.incident_id = f.incident_id(), .service_area = f.service_area(), .staff_named = held.staff_named},
      .follow_up_id = f.id(),
      .kind = f.kind()};
  if (!f.owner().empty()) overdue.owner = f.owner();
  if (!f.owner_role().empty()) overdue.owner_role = f.owner_role();
  set.events.push_back(overdue);
  set.audit.push_back({"follow_up.escalated", "follow_up", f.id(), f.clause(), "", "OPEN", "OPEN"});
  return held;
}

}  // namespace

Call OwnCall(std::string job) {
  Call call;
  call.actor.id = "incident-service";
  call.actor.name = "incident-service";
  call.method = std::move(job);
  call.deadline = absl::Now() + absl::Seconds(30);
  return call;
}

void EscalateLateFollowUps(UnitOfWork& work) {
  const Call call = OwnCall("escalate late follow-ups");
  for (int done = kBatch; done == kBatch;) {
    const auto outcome = work.Write<v1::FollowUp>(call, [&](Session& session) -> Outcome<v1::FollowUp> {
      const auto rows = session.sql().exec_params(
          "select version, staff_named, document from follow_up where state = 'OPEN' and escalated_at is null and due_at < $1::timestamptz "
          "order by due_at limit $2::int for update skip locked",
          FormatInstant(session.now()), kBatch);
      done = static_cast<int>(rows.size());
      if (rows.empty()) return NotFound("follow-up that is late");  // a look that found nothing writes nothing
      WriteSet set;
      for (const auto& row : rows) set.changed_follow_ups.push_back(EscalateOne(session, row, set));
      Apply(session, set);
      return v1::FollowUp();
    });
    if (!outcome.ok() && done > 0) return Complain(call.method, outcome.refusal());
  }
}

void LookAtInjuriesAgain(UnitOfWork& work) {
  const Call call = OwnCall("look at injuries again");
  const auto outcome = work.Write<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    WriteSet set;
    const auto rows = session.sql().exec_params(
        "select id from incident where absence_lasts and state = 'RECORDED' limit $1::int for update skip locked", kBatch * 5);
    for (const auto& row : rows) {
      auto held = LoadIncident(session, row[0].as<std::string>(), true);
      PutInjuryClock(held->incident, session.now());
      if (!held->incident.injury().reportable()) continue;
      ++held->version;
      const std::string id = held->incident.id();
      SyncFollowUps(*held, FollowUpsOf(session, id), session, CouncilCalendar(session), set);
      set.updates.push_back(*held);
      set.audit.push_back({"incident.injury_reportable", "incident", id, "RIDDOR 2013", held->incident.person_id(), "",
                           held->incident.injury().report_due_on()});
      set.events.push_back(About<events::IncidentAmended>(held->incident));
    }
    Apply(session, set);
    return v1::Incident();
  });
  if (!outcome.ok()) Complain(call.method, outcome.refusal());
}

namespace {

// Counting takes as long as there is to count: never more than a fiftieth of the time, however many are open.
class Paced {
 public:
  bool Due() const { return absl::Now() >= next_; }
  void Took(absl::Duration time) { next_ = absl::Now() + 50 * time; }

 private:
  absl::Time next_ = absl::InfinitePast();
};

}  // namespace

void SetGauges(UnitOfWork& work) {
  static Paced paced;  // one thread sets the gauges
  if (!paced.Due()) return;
  const absl::Time started = absl::Now();
  static prometheus::Gauge& incidents = GaugeNamed("evenhand_incidents_open", "Incidents that stand and have an open follow-up");
  static prometheus::Gauge& open = GaugeNamed("evenhand_follow_ups_open", "Follow-ups to be done");
  static prometheus::Gauge& overdue = GaugeNamed("evenhand_follow_ups_overdue", "Follow-ups past their due time");
  static prometheus::Gauge& rejections = GaugeNamed("evenhand_import_rejections_open", "Refused rows that wait to be mended");
  static prometheus::Gauge& unscanned = GaugeNamed("evenhand_evidence_unscanned", "Files that no scanner has looked at");
  static prometheus::Gauge& quarantined = GaugeNamed("evenhand_evidence_quarantined", "Files that wait for the scanner");
  static prometheus::Gauge& infected = GaugeNamed("evenhand_evidence_infected", "Files found infected");
  static prometheus::Gauge& to_register =
      GaugeNamed("evenhand_register_seconds", "Median time from an incident to the decision on the register, over 90 days");
  static prometheus::Gauge& to_entry =
      GaugeNamed("evenhand_register_entry_seconds", "Median time from an incident to its confirmed entry on the register, over 90 days");
  const Call call = OwnCall("set gauges");
  const auto outcome = work.Read<v1::Incident>(call, [&](Session& session) -> Outcome<v1::Incident> {
    const auto row = session.sql().exec_params1(
        "select (select count(distinct incident_id) from follow_up where state = 'OPEN'), (select count(*) from follow_up where state = "
        "'OPEN'), "
        "(select count(*) from follow_up where state = 'OPEN' and due_at < $1::timestamptz), (select count(*) from import_rejection where "
        "state = 'OPEN'), "
        "(select count(*) from evidence where state = 'UNSCANNED'), (select count(*) from evidence where state = 'QUARANTINED'), "
        "(select count(*) from evidence where state = 'INFECTED'), "
        "(select coalesce(percentile_cont(0.5) within group (order by extract(epoch from f.closed_at - i.occurred_at)), 0) from follow_up "
        "f "
        "join incident i on i.id = f.incident_id where f.kind = 'REGISTER_DECISION' and f.state = 'COMPLETED' and f.closed_at > "
        "$1::timestamptz - interval '90 days'), "
        "(select coalesce(percentile_cont(0.5) within group (order by extract(epoch from e.at - i.occurred_at)), 0) from (select "
        "incident_id, min(confirmed_at) as at from register_entry where confirmed_at > $1::timestamptz - interval '90 days' group by 1) e "
        "join incident i on i.id = e.incident_id)",
        FormatInstant(session.now()));
    incidents.Set(row[0].as<double>());
    open.Set(row[1].as<double>());
    overdue.Set(row[2].as<double>());
    rejections.Set(row[3].as<double>());
    unscanned.Set(row[4].as<double>());
    quarantined.Set(row[5].as<double>());
    infected.Set(row[6].as<double>());
    to_register.Set(row[7].as<double>());
    to_entry.Set(row[8].as<double>());
    return v1::Incident();
  });
  paced.Took(absl::Now() - started);
  if (!outcome.ok()) Complain(call.method, outcome.refusal());
}

}  // namespace evenhand::incident
