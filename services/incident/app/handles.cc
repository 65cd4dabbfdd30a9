#include "services/incident/app/handles.h"

#include <phonenumbers/phonenumberutil.h>

#include "services/incident/app/convert.h"

namespace evenhand::incident {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

std::string NormalisePhone(const std::string& written) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(written, "GB", &number) != PhoneNumberUtil::NO_PARSING_ERROR || !util.IsPossibleNumber(number)) return "";
  std::string text;
  util.Format(number, PhoneNumberUtil::E164, &text);
  return text;
}

bool LooksLikeEmail(const std::string& written) {
  const std::size_t at = written.find('@');
  return at != std::string::npos && at > 0 && at + 1 < written.size() && written.find('@', at + 1) == std::string::npos &&
         written.find_first_of(" \t\r\n") == std::string::npos;
}

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
  const v1::Subject& person = incident.person();
  if (!person.phone().empty() && NormalisePhone(person.phone()).empty())
    flag("PHONE_NOT_NORMALISED", "person.phone", "This is no phone number that can be dialled; kept as written.");
  if (!person.email().empty() && !LooksLikeEmail(person.email()))
    flag("EMAIL_NOT_NORMALISED", "person.email", "This is no e-mail address; kept as written.");
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
