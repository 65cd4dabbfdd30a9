#include "services/incident/app/convert.h"

#include <sodium.h>

#include <algorithm>

#include <absl/strings/str_join.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "evenhand/incident/v1/follow_up.pb.h"
#include "services/platform/base/characters.h"

namespace evenhand::incident {
namespace {

std::vector<Behaviour::Value> BehavioursOf(const v1::Incident& incident) {
  std::vector<Behaviour::Value> behaviours = ListOf<Behaviour>(incident.behaviours());
  std::erase(behaviours, Behaviour::BEHAVIOUR_UNSPECIFIED);
  return behaviours;
}

InjuryFacts InjuryOf(const v1::Injury& injury) {
  InjuryFacts facts;
  facts.injured = injury.injured() || injury.specified() || injury.absence_days() > 0 || !injury.absent_from().empty();
  facts.specified = injury.specified();
  facts.absent_from = ParseDate(injury.absent_from());
  facts.absent_until = ParseDate(injury.absent_until());
  facts.absence_days = injury.absence_days();
  return facts;
}

std::size_t LongestText(const google::protobuf::Message& message) {
  std::size_t longest = 0;
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->name() == "narrative") continue;
    using Field = google::protobuf::FieldDescriptor;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == Field::CPPTYPE_STRING) {
        longest = std::max(longest, CharactersIn(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                                                      : reflection->GetString(message, field)));
      } else if (field->cpp_type() == Field::CPPTYPE_MESSAGE) {
        longest = std::max(longest, LongestText(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                                     : reflection->GetMessage(message, field)));
      }
    }
  }
  return longest;
}

}  // namespace

void SetTime(google::protobuf::Timestamp* out, absl::Time at) {
  const std::int64_t micros = absl::ToUnixMicros(at);
  std::int64_t seconds = micros / 1'000'000, rest = micros % 1'000'000;
  if (rest < 0) {
    --seconds;
    rest += 1'000'000;
  }
  out->set_seconds(seconds);
  out->set_nanos(static_cast<std::int32_t>(rest * 1000));
}

absl::Time TimeOf(const google::protobuf::Timestamp& at) { return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos()); }

IncidentFacts FactsOf(const v1::Incident& in) {
  IncidentFacts facts;
  facts.occurred_at = TimeOf(in.occurred_at());
  facts.channel = in.channel();
  facts.behaviours = BehavioursOf(in);
  facts.service_area = in.service_area();
  facts.line_manager_id = in.line_manager_id();
  for (const v1::StaffMember& one : in.staff()) {
    if (one.staff_id().empty() || Contains(facts.involved, one.staff_id())) continue;
    facts.involved.push_back(one.staff_id());
    if (one.role() == v1::StaffMember::Role::AFFECTED) facts.affected.push_back(one.staff_id());
    if (one.time_away_requested()) facts.time_away.push_back(one.staff_id());
  }
  for (const std::string& witness : in.witnesses()) {
    if (!witness.empty() && !Contains(facts.witnesses, witness)) facts.witnesses.push_back(witness);
  }
  facts.recorded_by = in.recorded_by();
  facts.stands = in.state() == v1::IncidentState::RECORDED;
  for (const v1::Flag& flag : in.flags()) facts.area_known = facts.area_known && flag.code() != kAreaUnknown;
  facts.old_history = in.source_system() == kOldRegister;
  facts.threat_named = in.threat().target() != v1::Threat::Target::TARGET_UNSPECIFIED;
  facts.contact_ended = in.contact_ended();
  facts.warning_missing = in.warning().has_given() && !in.warning().given() && in.warning().reason_not_given().empty();
  facts.impact_missing = facts.Has(Behaviour::OTHER) && in.impact().empty();
  facts.online_action_recorded = in.online_actions_size() > 0;
  if (in.police().has_reported()) facts.police_reported = in.police().reported();
  facts.high_end = in.correspondence().high_end();
  facts.repeated_after_warning = in.correspondence().repeated_after_warning();
  facts.injury = InjuryOf(in.injury());
  return facts;
}

RecordFacts RecordFactsOf(const v1::Incident& in) {
  RecordFacts facts;
  facts.source_system = in.source_system();
  facts.source_ref = in.source_ref();
  facts.source_version = in.source_version();
  if (in.has_occurred_at()) facts.occurred_at = TimeOf(in.occurred_at());
  facts.channel = in.channel();
  facts.behaviours = BehavioursOf(in);
  facts.service_area = in.service_area();
  for (const v1::StaffMember& one : in.staff()) facts.staff_ids.push_back(one.staff_id());
  facts.witnesses.assign(in.witnesses().begin(), in.witnesses().end());
  facts.person_given = in.has_person() && in.person().ByteSizeLong() > 0;
  facts.person_unknown = in.person_unknown();
  facts.person_id = in.person().person_id();
  facts.threat_target_given = in.threat().target() != v1::Threat::Target::TARGET_UNSPECIFIED;
  if (in.warning().has_given()) facts.warning_given = in.warning().given();
  facts.warning_reason = in.warning().reason_not_given();
  if (in.has_contact_ended()) facts.contact_ended = in.contact_ended();
  facts.narrative = in.narrative();
  for (const v1::OnlineAction& action : in.online_actions()) {
    if (action.reason().empty() || action.kind() == v1::OnlineAction::Kind::KIND_UNSPECIFIED) facts.online_action_without_reason = true;
  }
  facts.recording_exception_without_explanation =
      in.recording().exception() == v1::Recording::Exception::OTHER_BUSINESS_NEED && in.recording().explanation().empty();
  facts.absent_from = in.injury().absent_from();
  facts.absent_until = in.injury().absent_until();
  facts.longest_text = LongestText(in);
  return facts;
}

std::string PersonOf(const v1::Incident& in) {
  if (!in.person_id().empty()) return in.person_id();
  return in.link().state() == v1::PersonLink::State::UNCONFIRMED ? in.link().person_id() : "";
}

Closeness ClosenessOf(const Closure& closure, const Actor& actor, const v1::Incident& in, bool director_stands_in) {
  const IncidentFacts facts = FactsOf(in);
  Closeness c{.actor = actor,
              .service_area = in.service_area(),
              .line_manager_id = in.line_manager_id(),
              .affected = facts.affected,
              .involved = facts.involved,
              .witnesses = facts.witnesses,
              .recorded_by = in.recorded_by(),
              .staff_named = IsStaffNamed(in),
              .director_stands_in = director_stands_in};
  const auto& reported = in.person().employee();
  for (const std::string& team : {reported.service_area(), reported.team()}) {
    const Subject subject{reported.staff_id(), team, reported.line_manager_id()};
    if (!subject.empty()) c.subjects.push_back(subject);
  }
  if (const std::string person = PersonOf(in); !person.empty()) {
    c.subject_unknown = closure.Unknown();
    if (const Subject registered = closure.Of(person); !registered.empty()) c.subjects.push_back(registered);
  }
  return c;
}

v1::Incident TextOf(const v1::Incident& incident) {
  v1::Incident text = incident;
  text.clear_etag();
  text.clear_recorded_at();
  text.clear_updated_at();
  text.clear_text_differs();
  text.clear_view();
  text.clear_versions();
  text.clear_follow_ups();
  text.clear_evidence();
  text.clear_statements();
  text.clear_circle();
  text.clear_outside_pattern();
  return text;
}

std::string TextHash(const v1::Incident& incident) {
  v1::Incident said = TextOf(incident);
  said.clear_id();
  said.clear_reference();
  said.clear_recorded_by();
  said.clear_link();
  said.clear_person_id();
  said.clear_flags();
  said.clear_duplicate_of();
  said.clear_source_version();
  said.mutable_injury()->clear_reportable();
  said.mutable_injury()->clear_report_due_on();
  if (said.state() != v1::IncidentState::WITHDRAWN) said.clear_state();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    said.SerializeToCodedStream(&coded);
  }
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hash;
}

bool IsStaffNamed(const v1::Incident& incident) {
  return std::find(incident.behaviours().begin(), incident.behaviours().end(), Behaviour::NAMED_PUBLICLY) != incident.behaviours().end();
}

events::IncidentRef RefOf(const v1::Incident& incident) {
  return {.incident_id = incident.id(), .service_area = incident.service_area(), .staff_named = IsStaffNamed(incident)};
}

events::IncidentFacts KnownOf(const v1::Incident& incident) {
  std::optional<std::string> person;
  if (!incident.person_id().empty()) person = incident.person_id();
  return {.behaviours = ListOf<Behaviour>(incident.behaviours()), .person_id = person};
}

}  // namespace evenhand::incident
