#include "services/restriction/app/facts.h"

#include <algorithm>

namespace evenhand::restriction {

std::vector<MeasureFacts> FactsOf(const google::protobuf::RepeatedPtrField<v1::Measure>& measures) {
  std::vector<MeasureFacts> facts;
  for (const auto& m : measures) {
    MeasureFacts f;
    if (m.kind() != 0) f.kind = v1::Measure::Kind::Value_Name(m.kind());
    if (m.channel() != 0) f.channel = v1::Channel::Value_Name(m.channel());
    if (m.has_max_contacts()) f.max_contacts = m.max_contacts();
    if (m.period() != 0) f.period = v1::Measure::Period::Value_Name(m.period());
    f.from = m.from();
    f.to = m.to();
    f.name = m.name();
    f.description = m.description();
    facts.push_back(std::move(f));
  }
  return facts;
}

std::vector<GroundFacts> FactsOf(const google::protobuf::RepeatedPtrField<v1::Ground>& grounds, const Evidence& evidence,
                                 const std::set<std::string>& person_ids) {
  std::vector<GroundFacts> facts;
  for (const auto& g : grounds) {
    GroundFacts f;
    if (g.behaviour() != 0) f.behaviour = v1::Behaviour::Value_Name(g.behaviour());
    for (const auto& id : g.incident_ids()) {
      const auto found = evidence.find(id);
      if (found == evidence.end()) {
        f.incidents.push_back({id});
      } else {
        f.incidents.push_back({id, true, found->second.stands, person_ids.contains(found->second.person_id)});
      }
    }
    f.summary = g.summary();
    f.effect = g.effect();
    f.requests_made = g.requests_made();
    f.help_offered = g.help_offered();
    facts.push_back(std::move(f));
  }
  return facts;
}

ReviewFacts FactsOf(const v1::Review& review, bool said) {
  return {said, review.date(), review.interval(), review.has_none(), review.none().reason(), review.none().explanation()};
}

ExplanationFacts FactsOf(const v1::Explanation& explanation) {
  return {explanation.to_person(), explanation.has_withheld(), explanation.withheld().record(), explanation.withheld().look_again_on()};
}

Subject SubjectOf(const v1::Person& person) {
  if (!person.is_employee()) return {};
  return {person.employment().staff_id(), person.employment().team(), person.employment().line_manager_id()};
}

std::set<std::string> IncidentIdsOf(const google::protobuf::RepeatedPtrField<v1::Ground>& grounds) {
  std::set<std::string> ids;
  for (const auto& ground : grounds) ids.insert(ground.incident_ids().begin(), ground.incident_ids().end());
  return ids;
}

std::set<std::string> HarmedIn(const Evidence& evidence) {
  std::set<std::string> harmed;
  for (const auto& [asked, fact] : evidence) harmed.insert(fact.harmed_staff.begin(), fact.harmed_staff.end());
  return harmed;
}

bool AnyInfected(const Evidence& evidence) {
  return std::ranges::any_of(evidence, [](const auto& item) { return item.second.infected; });
}

std::vector<std::string> BehavioursOf(const v1::Restriction& restriction) {
  std::set<std::string> names;
  for (const auto& ground : restriction.grounds())
    if (ground.behaviour() != 0) names.insert(v1::Behaviour::Value_Name(ground.behaviour()));
  return {names.begin(), names.end()};
}

std::vector<std::set<std::string>> UsableByAdjustment(const v1::Person& person) {
  std::vector<std::set<std::string>> usable;
  for (const auto& adjustment : person.adjustments()) {
    if (adjustment.has_ended_at()) continue;
    std::set<std::string> channels;
    for (const int channel : adjustment.usable_channels())
      channels.insert(v1::Channel::Value_Name(static_cast<v1::Channel::Value>(channel)));
    usable.push_back(std::move(channels));
  }
  return usable;
}

}  // namespace evenhand::restriction
