#include "services/restriction/app/facts.h"

#include <algorithm>

namespace evenhand::restriction {

std::vector<MeasureFacts> FactsOf(const google::protobuf::RepeatedPtrField<v1::Measure>& measures) {
  std::vector<MeasureFacts> facts;
  for (const auto& m : measures) {
    MeasureFacts f;
    f.kind = m.kind();
    f.channel = m.channel();
    if (m.has_max_contacts()) f.max_contacts = m.max_contacts();
    f.period = m.period();
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
    f.behaviour = g.behaviour();
    for (const auto& id : g.incident_ids()) {
      const auto found = evidence.find(id);
      if (found == evidence.end()) {
        f.incidents.push_back({id});
      } else {
        f.incidents.push_back({id, true, found->second.stands, person_ids.contains(found->second.person_id), found->second.behaviours});
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

std::vector<std::set<std::string>> CirclesOf(const Evidence& evidence) {
  std::vector<std::set<std::string>> circles;
  for (const auto& [asked, fact] : evidence)
    if (fact.staff_named) circles.push_back({fact.line_manager_id});
  return circles;
}

Evidence KnownTo(const Actor& actor, Evidence evidence, const std::set<std::string>& person_ids) {
  std::erase_if(evidence, [&](const auto& item) {
    const EvidenceFact& fact = item.second;
    const bool of_circle = actor.id == fact.line_manager_id ||
                           std::ranges::find(fact.affected_staff, actor.id) != fact.affected_staff.end() ||
                           actor.Holds(Role::kStrategicDirector, fact.service_area);
    if (fact.staff_named) return !of_circle;
    return !person_ids.contains(fact.person_id) && !of_circle && !actor.WorksIn(fact.service_area);
  });
  return evidence;
}

bool IsAboutComplaints(const google::protobuf::RepeatedPtrField<v1::Measure>& measures,
                       const google::protobuf::RepeatedPtrField<v1::Ground>& grounds) {
  return IsAboutComplaints(FactsOf(measures), BehavioursOf(grounds));
}

std::vector<Behaviour::Value> BehavioursOf(const google::protobuf::RepeatedPtrField<v1::Ground>& grounds) {
  std::set<Behaviour::Value> behaviours;
  for (const auto& ground : grounds)
    if (ground.behaviour() != Behaviour::BEHAVIOUR_UNSPECIFIED) behaviours.insert(ground.behaviour());
  return {behaviours.begin(), behaviours.end()};
}

std::vector<wording::Channels> UsableByAdjustment(const v1::Person& person) {
  std::vector<wording::Channels> usable;
  for (const auto& adjustment : person.adjustments()) {
    if (adjustment.has_ended_at()) continue;
    wording::Channels channels;
    for (const Channel::Value channel : ListOf<Channel>(adjustment.usable_channels())) channels.Add(channel);
    usable.push_back(channels);
  }
  return usable;
}

}  // namespace evenhand::restriction
