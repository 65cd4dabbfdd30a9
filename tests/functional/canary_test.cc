// Personal data planted in every field is found in no log, metric, event, audit entry or error text.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/functional/harness.h"

namespace evenhand::testing {
namespace {

constexpr char kCanary[] = "Canaryfinch";
constexpr char kPhone[] = "07700900787";
constexpr char kEmail[] = "canaryfinch@example.org";

// Every shape in which what was planted could come out again.
const std::vector<std::string> kShapes = {"anaryfinch", "7700900787", "7700 900787"};

std::vector<std::string> FoundIn(const std::string& text) {
  std::vector<std::string> found;
  for (const std::string& shape : kShapes) {
    const std::size_t at = text.find(shape);
    if (at != std::string::npos) found.push_back(text.substr(at < 200 ? 0 : at - 200, 300));
  }
  return found;
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Planted(const std::string& field) { return std::string(kCanary) + " " + field; }

Json Incident() {
  return AnIncident({{"behaviours", {"PHYSICAL_THREAT", "ABUSE"}},
                     {"threat", {{"target", "STAFF"}}},
                     {"staff", {{{"staffId", "E1001"}, {"name", Planted("staff")}, {"role", "AFFECTED"}}}},
                     {"person", {{"name", Planted("person")}, {"phone", kPhone}, {"email", kEmail}, {"crmRef", "Canaryfinch-1"}}},
                     {"narrative", Planted("narrative")},
                     {"immediateAction", Planted("action")},
                     {"contactEndedHow", Planted("ended")}});
}

Json Restriction(const std::string& person, const std::string& incident) {
  return ARestriction(person, {incident},
                      {{"necessity", Planted("necessity")},
                       {"proportionality", Planted("proportionality")},
                       {"adjustmentsConsidered", Planted("adjustments")},
                       {"explanation", {{"toPerson", Planted("explanation")}}},
                       {"alternativesConsidered", {{{"alternative", Planted("alternative")}, {"whyNotSufficient", Planted("why")}}}}});
}

// Neither logs, audit, events nor metrics hold what was planted.
void ExpectNothingLeaks(Stack& stack) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(stack.data_dir() + "/logs")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(FoundIn(ReadAll(entry.path())), ::testing::IsEmpty()) << entry.path();
  }
  for (const char* schema : {"incident", "restriction", "appeal", "notification"}) {
    const std::string of(schema);
    EXPECT_THAT(FoundIn(stack.Sql("select coalesce(string_agg(a::text, ' '), '') from " + of + ".audit a")), ::testing::IsEmpty())
        << of << "'s audit";
    EXPECT_THAT(FoundIn(stack.Sql("select coalesce(string_agg(o::text, ' '), '') from " + of + ".outbox o")), ::testing::IsEmpty())
        << of << "'s events";
  }
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  int seen = 0;
  for (const Json& process : status.at("processes")) {
    if (!process.contains("metricsPort")) continue;
    const std::string metrics = Client(process["metricsPort"], "").Get("/metrics").body;
    EXPECT_THAT(metrics, ::testing::HasSubstr("evenhand_")) << process["name"];
    EXPECT_THAT(FoundIn(metrics), ::testing::IsEmpty()) << process["name"];
    ++seen;
  }
  EXPECT_EQ(seen, 5);
}

// A body with the canary in every text of the request's schema, whatever the text is for; enums and the like take a value that is allowed.
Json Filled(const Json& document, const Json& schema, const std::string& field, int depth) {
  if (schema.contains("$ref")) {
    const std::string name = schema["$ref"].get<std::string>().substr(std::string("#/components/schemas/").size());
    return Filled(document, document["components"]["schemas"][name], field, depth);
  }
  for (const char* several : {"allOf", "oneOf", "anyOf"}) {
    if (schema.contains(several)) return Filled(document, schema[several][0], field, depth);
  }
  if (schema.contains("enum")) return schema["enum"].back();
  const std::string type = !schema.contains("type")    ? "object"
                           : schema["type"].is_array() ? schema["type"][0].get<std::string>()
                                                       : schema["type"].get<std::string>();
  if (type == "string") return Planted(field);
  if (type == "integer" || type == "number") return 1;
  if (type == "boolean") return true;
  if (type == "array") return depth == 0 ? Json::array() : Json::array({Filled(document, schema["items"], field, depth - 1)});
  Json body = Json::object();
  if (depth == 0 || !schema.contains("properties")) return body;
  for (const auto& [name, of] : schema["properties"].items()) body[name] = Filled(document, of, name, depth - 1);
  return body;
}

TEST(Clause12_4, PersonalDataIsInNoLogMetricEventAuditOrErrorText) {
  Stack& stack = Stack::Shared();
  const Client employee = stack.As("employee", "Housing", "E1001"), leader = stack.As("team_leader"), manager = stack.As("senior_manager");
  std::string errors;
  const auto refused = [&](const Reply& reply) {
    EXPECT_GE(reply.status, 400);
    errors += reply.body;
  };

  const Reply incident = employee.Post("/v1/incidents", Incident());
  ASSERT_THAT(incident, Succeeds());
  const Reply person =
      leader.Post("/v1/people", {{"displayName", Planted("display")},
                                 {"crmRefs", {"Canaryfinch-1"}},
                                 {"handles", {{{"kind", "PHONE"}, {"value", kPhone}}, {{"kind", "EMAIL"}, {"value", kEmail}}}}});
  ASSERT_THAT(person, Succeeds());
  ASSERT_THAT(leader.Post("/v1/incidents/" + incident.id() + ":linkPerson", {{"personId", person.id()}}, incident.IfMatch()), Succeeds());
  const Reply proposed = leader.Post("/v1/restrictions", Restriction(person.id(), incident.id()));
  ASSERT_THAT(proposed, Succeeds());
  const Reply imposed = manager.Post("/v1/restrictions/" + proposed.id() + ":impose", Json::object(), proposed.IfMatch());
  ASSERT_THAT(imposed, Succeeds());
  ASSERT_THAT(stack.As("crm", "").Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", kPhone}}), Succeeds());
  ASSERT_THAT(
      leader.Post(
          "/v1/appeals",
          {{"restrictionId", proposed.id()}, {"receivedAt", imposed.Text("imposedAt")}, {"by", "PERSON"}, {"grounds", Planted("grounds")}}),
      Succeeds());

  Json unreadable = Incident();
  unreadable["zz"] = Planted("unknown");
  unreadable["channel"] = Planted("enum");
  refused(employee.Post("/v1/incidents", unreadable));
  Json short_of = Incident();
  short_of["behaviours"] = Json::array();
  refused(employee.Post("/v1/incidents", short_of));
  refused(leader.Post("/v1/people", {{"displayName", ""}, {"handles", {{{"kind", "PHONE"}, {"value", Planted("phone")}}}}}));
  // Who puts a name into a URL reads it again in the problem's `instance`; no log keeps it.
  EXPECT_EQ(leader.Get("/v1/people/" + std::string(kCanary)).status, 404);
  refused(stack.As("crm", "").Post("/v1/contacts:check", {{"channel", Planted("channel")}, {"phone", kPhone}}));
  EXPECT_THAT(FoundIn(errors), ::testing::IsEmpty()) << "an error text repeats what was sent";

  ASSERT_TRUE(Eventually([&] { return stack.Sql("select count(*) from notification.inbox") != "0"; }));
  ExpectNothingLeaks(stack);
}

// Every text of every write, by every role: what is refused is not repeated, what is taken leaks nowhere.
TEST(Clause12_4, NoTextOfAnyWriteIsRepeatedOrLogged) {
  Stack& stack = Stack::Shared();
  const Client leader = stack.As("team_leader");
  const Reply incident = leader.Post("/v1/incidents", AnIncident());
  const Reply person = leader.Post("/v1/people", {{"displayName", Planted("display")}});
  ASSERT_THAT(person, Succeeds());
  const Json document = leader.Get("/openapi.json").json;
  int tried = 0, taken = 0;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const char* method : {"post", "patch", "put"}) {
      if (!methods.contains(method) || !methods[method].contains("requestBody")) continue;
      const Json& content = methods[method]["requestBody"]["content"];
      if (!content.contains("application/json")) continue;
      std::string target = path;
      const std::string known = path.starts_with("/v1/incidents/") ? incident.id() : person.id();
      for (std::size_t open; (open = target.find('{')) != std::string::npos;)
        target.replace(open, target.find('}', open) - open + 1, known);
      const Json body = Filled(document, content["application/json"]["schema"], "field", 5);
      for (const char* role :
           {"employee", "team_leader", "senior_manager", "strategic_director", "hr_business_partner", "administrator", "crm"}) {
        const Client client = stack.As(role);
        const Headers headers = {{"If-Match", "*"}};
        const Reply reply = method == std::string("post")  ? client.Post(target, body, headers)
                            : method == std::string("put") ? client.Put(target, body, headers)
                                                           : client.Patch(target, body, headers);
        ++tried;
        if (reply.status < 400) {
          ++taken;
        } else {
          EXPECT_LT(reply.status, 500) << path << " by " << role << ": " << reply.body;
          EXPECT_THAT(FoundIn(reply.body), ::testing::IsEmpty()) << path << " by " << role << " repeats what was sent";
        }
      }
    }
  }
  EXPECT_GT(tried, 300);
  EXPECT_GT(taken, 0);
  ExpectNothingLeaks(stack);
}

}  // namespace
}  // namespace evenhand::testing
