// What stories about an incident start with: two people of the register, a threat, a post that names a colleague.
#pragma once

#include <string>
#include <vector>

#include "services/incident/testing/fixture.h"

namespace evenhand::incident {

inline constexpr char kPat[] = "0190f7a0-0000-7000-8000-000000000001";
inline constexpr char kSam[] = "0190f7a0-0000-7000-8000-000000000002";

class Stories : public WithDatabase {
 protected:
  std::vector<std::string> Clauses(const Refusal& refusal) {
    std::vector<std::string> clauses;
    for (const Violation& one : refusal.violations) clauses.push_back(one.clause);
    return clauses;
  }
  Outcome<v1::Incident> Link(const std::string& id, const std::string& person, const Actor& by) {
    v1::LinkPersonRequest link;
    link.set_id(id);
    link.set_person_id(person);
    return LinkPerson(work_, neighbours_, By(by), link);
  }
  Outcome<v1::Incident> Get(const std::string& id, const Actor& by) {
    v1::GetIncidentRequest get;
    get.set_id(id);
    return GetIncident(work_, neighbours_, By(by), get);
  }
  v1::Incident AThreat() {
    auto r = AnIncident();
    r.set_behaviours(0, Behaviour::PHYSICAL_THREAT);
    r.mutable_threat()->set_target(v1::Threat::Target::THIRD_PARTY);
    r.add_witnesses("E1500");
    return r;
  }
  v1::Incident AStaffNamedPost() {
    auto r = AnIncident();
    r.set_behaviours(0, Behaviour::NAMED_PUBLICLY);
    r.set_channel(Channel::SOCIAL_MEDIA);
    r.set_web_link("https://social.example.org/post/1");
    return r;
  }
};

}  // namespace evenhand::incident
