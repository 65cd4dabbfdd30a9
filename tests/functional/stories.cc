// What most stories start with.
#include <atomic>
#include <ctime>

#include "tests/functional/harness.h"

namespace evenhand::testing {

// Ofcom keeps these ranges for drama: they reach nobody.
std::string FreshPhone() {
  static const char* const kRanges[] = {"+447700900", "+441632960", "+441314960", "+441414960", "+441174960", "+442079460", "+441154960"};
  static std::atomic<int> count{0};
  const int n = count++;
  char last[8];
  snprintf(last, sizeof last, "%03d", n % 1000);
  return kRanges[(n / 1000) % std::size(kRanges)] + std::string(last);
}

std::string DayFromNow(int days, const char* format) {
  const std::time_t then = std::time(nullptr) + days * 86400;
  char text[40];
  std::strftime(text, sizeof text, format, std::gmtime(&then));
  return text;
}

std::string InstantFromNow(int days) { return DayFromNow(days) + "T12:00:00Z"; }

Json AnIncident(const Json& over) {
  Json body = {{"sourceSystem", "CRM"},
               {"sourceRef", Unique("T")},
               {"occurredAt", "2026-11-02T10:15:00Z"},
               {"channel", "PHONE"},
               {"behaviours", {"ABUSE"}},
               {"serviceArea", "Housing"},
               {"team", "Repairs"},
               {"staff", {{{"staffId", "E1001"}, {"name", "A. Officer"}, {"role", "AFFECTED"}}}},
               {"lineManagerId", "E2001"},
               {"warning", {{"given", true}}},
               {"contactEnded", true},
               {"person", {{"name", "Pat Example"}}},
               {"narrative", "Shouted and swore for several minutes."}};
  body.merge_patch(over);
  return body;
}

Json ARestriction(const std::string& person_id, const std::vector<std::string>& incident_ids, const Json& over) {
  Json body = {
      {"personId", person_id},
      {"serviceArea", "Housing"},
      {"measures", {{{"kind", "BLOCK_CHANNEL"}, {"channel", "PHONE"}}}},
      {"grounds", {{{"behaviour", "ABUSE"}, {"incidentIds", incident_ids}, {"summary", "Three abusive calls in a week"}}}},
      {"necessity", "Staff harmed; warnings did not help"},
      {"proportionality", "Phone only; e-mail and letters stay open"},
      {"alternativesConsidered", {{{"alternative", "Named contact"}, {"whyNotSufficient", "Abuse continued to two named contacts"}}}},
      {"restorative", {{"notAttempted", {{"reason", "NOT_APPROPRIATE"}, {"explanation", "Threatening language from the first call"}}}}},
      {"adjustmentsConsidered", "None recorded; asked on 2 November"},
      {"review", {{"date", DayFromNow(150)}}},
      {"explanation", {{"toPerson", "Calls in October were abusive to staff. Please write to us instead."}}}};
  body.merge_patch(over);
  return body;
}

std::string RegisterPerson(Stack& stack, std::string phone, const std::string& area) {
  if (phone.empty()) phone = FreshPhone();
  const Reply person = stack.As("team_leader", area)
                           .Post("/v1/people", {{"displayName", Unique("Pat")}, {"handles", {{{"kind", "PHONE"}, {"value", phone}}}}});
  EXPECT_THAT(person, Succeeds());
  return person.id();
}

std::string EvidenceAbout(Stack& stack, const std::string& person_id, const Json& over) {
  const Json body = AnIncident(over);
  const std::string area = body.at("serviceArea");
  const Reply incident = stack.As("employee", area).Post("/v1/incidents", body);
  EXPECT_THAT(incident, Succeeds());
  const Reply linked =
      stack.As("team_leader", area).Post("/v1/incidents/" + incident.id() + ":linkPerson", {{"personId", person_id}}, incident.IfMatch());
  EXPECT_THAT(linked, Succeeds());
  return incident.id();
}

Reply Propose(Stack& stack, const std::string& person_id, const Json& over) {
  const std::string area = over.value("serviceArea", "Housing");
  const std::string incident = EvidenceAbout(stack, person_id, {{"serviceArea", area}});
  const Reply proposed = stack.As("team_leader", area).Post("/v1/restrictions", ARestriction(person_id, {incident}, over));
  EXPECT_THAT(proposed, Succeeds());
  return proposed;
}

Reply Impose(Stack& stack, const std::string& person_id, const Json& over) {
  const Reply proposed = Propose(stack, person_id, over);
  const Reply imposed = stack.As("senior_manager", over.value("serviceArea", "Housing"))
                            .Post("/v1/restrictions/" + proposed.id() + ":impose", {}, proposed.IfMatch());
  EXPECT_THAT(imposed, Succeeds());
  return imposed;
}

void Post(Stack& stack, const Json& letter) {
  const Reply posted =
      stack.As("team_leader").Post("/v1/letters/" + letter["id"].get<std::string>() + ":recordPosted", Json::object(), {{"If-Match", "*"}});
  ASSERT_TRUE(posted.ok()) << posted;
  EXPECT_EQ(posted.Text("state"), "POSTED");
}

void HandOver(Stack& stack, const std::string& restriction_id) {
  const Client leader = stack.As("team_leader");
  Json letter;
  ASSERT_TRUE(Eventually([&] {
    const Json decisions = leader.Get("/v1/restrictions/" + restriction_id).json.value("decisions", Json::array());
    for (const Json& one : leader.Get("/v1/letters?restrictionId=" + restriction_id).json.value("letters", Json::array()))
      if (!decisions.empty() && one.value("decisionId", "") == decisions.back()["id"]) letter = one;
    return !letter.is_null();
  })) << "no letter about "
      << restriction_id;
  // Soon after the letter was written, by whatever clock the stack keeps.
  const Reply told =
      leader.Post("/v1/letters/" + letter["id"].get<std::string>() + ":recordTold",
                  {{"how", "HANDED_OVER"}, {"by", "E2001"}, {"at", letter["createdAt"]}, {"note", "At the counter"}}, {{"If-Match", "*"}});
  ASSERT_TRUE(told.ok()) << told;
  ASSERT_TRUE(Eventually([&] {
    return stack.Sql("select count(*) from appeal.decision_told where told_on is not null and decision_id = '" +
                     letter["decisionId"].get<std::string>() + "'") == "1";
  }));
}

}  // namespace evenhand::testing
