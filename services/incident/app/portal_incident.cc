#include "services/incident/app/portal_incident.h"

#include "services/incident/app/convert.h"
#include "services/incident/domain/source_rights.h"

namespace evenhand::incident {
namespace {

void PutPeople(const PortalRow& row, const PortalRecord& record, v1::Incident& in) {
  if (!row[Column::kEmployeeNo].empty() || !row[Column::kEmployeeName].empty()) {
    v1::StaffMember& one = *in.add_staff();
    one.set_staff_id(row[Column::kEmployeeNo]);
    one.set_name(row[Column::kEmployeeName]);
    one.set_job_title(row[Column::kJobTitle]);
    one.set_role(v1::StaffMember::Role::AFFECTED);
  }
  in.set_line_manager_id(row[Column::kLineManagerNo]);
  in.set_person_unknown(record.person_unknown);
  if (record.person_unknown) return;
  v1::Subject& person = *in.mutable_person();
  person.set_name(row[Column::kPersonName]);
  person.set_phone(row[Column::kPersonPhone]);
  person.set_email(row[Column::kPersonEmail]);
  person.set_crm_ref(row[Column::kPersonRef]);
}

void PutThreatAndPolice(const PortalRow& row, const PortalRecord& record, v1::Incident& in) {
  if (record.threat == PortalRecord::Target::kStaff) in.mutable_threat()->set_target(v1::Threat::Target::STAFF);
  if (record.threat == PortalRecord::Target::kThirdParty) in.mutable_threat()->set_target(v1::Threat::Target::THIRD_PARTY);
  if (record.warning_given) in.mutable_warning()->set_given(*record.warning_given);
  if (!record.warning_reason.empty()) in.mutable_warning()->set_reason_not_given(record.warning_reason);
  if (record.contact_ended) in.set_contact_ended(*record.contact_ended);
  if (record.police_reported) in.mutable_police()->set_reported(*record.police_reported);
  if (!row[Column::kPoliceRef].empty()) in.mutable_police()->set_police_ref(row[Column::kPoliceRef]);
  if (record.injured) in.mutable_injury()->set_injured(true);
}

}  // namespace

v1::Incident FromPortal(const PortalRow& row, const PortalRecord& record) {
  v1::Incident in;
  in.set_state(record.withdrawn ? v1::IncidentState::WITHDRAWN : v1::IncidentState::RECORDED);
  in.set_source_system(kPortal);
  in.set_source_ref(record.record_no);
  in.set_source_version(record.version);
  SetTime(in.mutable_occurred_at(), record.occurred_at);
  if (record.reported_at) SetTime(in.mutable_reported_at(), *record.reported_at);
  in.set_channel(record.channel);
  for (const Behaviour::Value behaviour : record.behaviours) in.add_behaviours(behaviour);
  in.set_service_area(row[Column::kService]);
  in.set_team(row[Column::kTeam]);
  in.set_location(row[Column::kLocation]);
  in.set_uprn(row[Column::kUprn]);
  PutPeople(row, record, in);
  PutThreatAndPolice(row, record, in);
  in.set_web_link(row[Column::kWebLink]);
  for (const std::string& witness : record.witnesses) in.add_witnesses(witness);
  in.set_narrative(row[Column::kDescription]);
  in.set_immediate_action(row[Column::kImmediateAction]);
  for (const RowFlag& flag : record.flags) {
    v1::Flag& added = *in.add_flags();
    added.set_code(flag.code);
    added.set_field(std::string(NameOf(flag.column)));
    added.set_message(flag.message);
  }
  return in;
}

}  // namespace evenhand::incident
