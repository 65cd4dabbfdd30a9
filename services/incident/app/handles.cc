#include "services/incident/app/handles.h"

#include "services/handles/handles.h"

#include "services/incident/app/convert.h"
#include "services/platform/base/canonical.h"

namespace evenhand::incident {

void FlagHandles(v1::Incident& incident) {
  const auto flag = [&](const char* code, const char* field, const char* message) {
    for (const v1::Flag& there : incident.flags()) {
      if (there.code() == code) return;
    }
    v1::Flag& added = *incident.add_flags();
    added.set_code(code);
    added.set_field(field);
    added.set_message(message);
  };
  for (const v1::StaffMember& one : incident.staff()) {
    if (!IsOneStaffNumber(one.staff_id()))
      flag("STAFF_NUMBER_NOT_READ", "staff",
           "This is no single staff number; kept as written, and none of the numbers in it may decide (7.3).");
  }
  const v1::Subject& person = incident.person();
  if (!person.phone().empty() && !NormalisePhone(person.phone()))
    flag("PHONE_NOT_NORMALISED", "person.phone", "This is no phone number that can be dialled; kept as written.");
  if (!person.email().empty() && !NormaliseEmail(person.email()))
    flag("EMAIL_NOT_NORMALISED", "person.email", "This is no e-mail address; kept as written.");
  if (!person.crm_ref().empty() && !NormaliseCrmRef(person.crm_ref()))
    flag("CRM_REF_NOT_NORMALISED", "person.crmRef", "This can't be read as a reference; kept as written.");
  if (!person.uprn().empty() && !NormaliseUprn(person.uprn()))
    flag("UPRN_NOT_NORMALISED", "person.uprn", "This is no property reference number; kept as written.");
  if (!person.social_handle().empty() && !NormaliseSocial(person.social_handle()))
    flag("SOCIAL_NOT_NORMALISED", "person.socialHandle", "This can't be read as an account; kept as written.");
}

void FlagArea(const AreaDirectory& areas, v1::Incident& incident) {
  auto& flags = *incident.mutable_flags();
  for (int i = flags.size() - 1; i >= 0; --i)
    if (flags[i].code() == kAreaUnknown) flags.DeleteSubrange(i, 1);
  if (areas.Knows(incident.service_area())) return;
  v1::Flag& flag = *incident.add_flags();
  flag.set_code(kAreaUnknown);
  flag.set_field("serviceArea");
  flag.set_message(areas.SentenceOfUnknown(incident.service_area()) + " Health and safety looks after it until the area is corrected.");
}

}  // namespace evenhand::incident
