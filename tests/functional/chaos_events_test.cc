// Events between the real services: one that can't be taken is parked, shown, and sent again; a wake-up that is lost costs a moment.
#include "tests/functional/harness.h"
#include "tests/functional/portal.h"

namespace evenhand::testing {
namespace {

Json EventsOf(Stack& stack, const std::string& subject) {
  Json found = Json::array();
  const Json outbox = Json::parse(stack.Tool({"outbox", "--output", "json"}));
  for (const Json& event : outbox.at("events")) {
    if (event.value("subject", "") == subject && event.value("destination", "") == "restriction") found.push_back(event);
  }
  return found;
}

double MetricOf(Stack& stack, const std::string& process, const std::string& name) {
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  for (const Json& row : status.at("processes")) {
    if (row["name"] != process) continue;
    const std::string text = Client(row["metricsPort"], "").Get("/metrics").body;
    const std::size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
  return -1;
}

TEST(Events, OneThatCannotBeTakenIsParkedShownAndSentAgainInItsOrder) {
  Stack stack;
  const Client employee = stack.As("employee");
  stack.Sql("alter table restriction.inbox add constraint poisoned check (type not like 'incident.%') not valid");
  const Reply incident = employee.Post("/v1/incidents", AnIncident());
  ASSERT_THAT(incident, Succeeds());
  const auto amend = [&](const std::string& narrative) {
    const Reply now = employee.Get("/v1/incidents/" + incident.id());
    return employee.Post("/v1/incidents/" + incident.id() + ":amend", {{"narrative", narrative}, {"reason", "Factual"}}, now.IfMatch());
  };
  ASSERT_THAT(amend("Shorter."), Succeeds());
  ASSERT_TRUE(Eventually([&] { return !EventsOf(stack, incident.id()).empty(); }));
  // Eleven failures later: the waits between them grow, and nobody wants to sit through them here.
  ASSERT_TRUE(Eventually([&] {
    stack.Sql("update incident.outbox set attempts = 11, next_attempt_at = '-infinity' where parked_at is null returning id");
    const Json events = EventsOf(stack, incident.id());
    return !events.empty() && events[0].value("state", "") == "PARKED";
  }));
  EXPECT_EQ(EventsOf(stack, incident.id())[0].value("lastError", ""), "gRPC 13") << "what went wrong, without anybody's data";
  EXPECT_TRUE(Eventually([&] { return MetricOf(stack, "incident-service", "evenhand_outbox_parked") >= 1; }, 15)) << "and an alarm sees it";
  ASSERT_THAT(amend("Shorter still."), Succeeds());
  stack.Sql("alter table restriction.inbox drop constraint poisoned");
  EXPECT_TRUE(Eventually([&] { return EventsOf(stack, incident.id()).size() == 2; }))
      << "what came later of the same subject waits behind it";
  EXPECT_THAT(stack.Tool({"outbox", "--resend"}), ::testing::HasSubstr("sent again"));
  EXPECT_TRUE(Eventually([&] { return EventsOf(stack, incident.id()).empty(); }, 20));
  EXPECT_EQ(stack.Sql("select string_agg(type, ' ' order by received_at) from restriction.inbox where type like 'incident.%'"),
            "incident.amended incident.amended");
  EXPECT_THAT(stack.Tool({"outbox", "--resend"}), ::testing::HasSubstr("Nothing was parked"));
}

TEST(Events, AListenerThatWasCutOffCostsASecondOrTwoAndNoEvent) {
  Stack stack;
  const Client employee = stack.As("employee");
  const auto arrived = [&] { return std::stoi(stack.Sql("select count(*) from restriction.inbox where type = 'incident.amended'")); };
  const auto amend = [&] {
    const Reply made = employee.Post("/v1/incidents", AnIncident());
    EXPECT_THAT(employee.Post("/v1/incidents/" + made.id() + ":amend", {{"narrative", "Shorter."}, {"reason", "Factual"}}, made.IfMatch()),
                Succeeds());
  };
  amend();
  ASSERT_TRUE(Eventually([&] { return arrived() == 1; }));
  for (int round = 2; round <= 4; ++round) {
    stack.Sql(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'evenhand_incident' and query ilike "
        "'listen%'");
    amend();
    EXPECT_TRUE(Eventually([&] { return arrived() == round; }, 8)) << round;
  }
}

TEST(Seen, EveryProcessCountsWhatItDoesUnderTheNamesThatAreDocumented) {
  Stack& stack = Stack::Shared();
  const std::string phone = FreshPhone();
  Impose(stack, RegisterPerson(stack, phone));
  ASSERT_THAT(stack.As("crm", "").Post("/v1/contacts:check", {{"phone", phone}}), Succeeds());
  ASSERT_THAT(stack.As("senior_manager").Get("/v1/appeals"), Succeeds());
  const Client adviser = stack.As("health_safety_adviser", "");
  ASSERT_THAT(adviser.Stream("/v1/incidents:import", PortalCsv(PortalRows(1, Unique("M"))), "text/csv"), Succeeds());
  std::map<std::string, std::string> metrics;
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  for (const Json& row : status.at("processes")) {
    if (row.contains("metricsPort")) metrics[row["name"]] = Client(row["metricsPort"], "").Get("/metrics").body;
  }
  const auto counts = [&](const std::string& process, const std::string& name) {
    EXPECT_THAT(metrics[process], ::testing::HasSubstr("\n" + name)) << process;
  };
  for (const char* service : {"incident-service", "restriction-service", "appeal-service", "notification-service"}) {
    for (const char* name : {"evenhand_rpc_total{", "evenhand_rpc_seconds_bucket{", "evenhand_pool_in_use ", "evenhand_pool_size ",
                             "evenhand_outbox_waiting ", "evenhand_outbox_oldest_seconds ", "evenhand_outbox_parked "})
      counts(service, name);
  }
  counts("incident-service", "evenhand_import_rows_total{");
  EXPECT_GE(MetricOf(stack, "restriction-service", "evenhand_check_index_age_seconds"), 0);
  counts("gateway", R"(evenhand_http_requests_total{method="POST",route="/v1/contacts:check",status="200"})");
  counts("gateway", R"(evenhand_http_seconds_bucket{method="POST",route="/v1/restrictions/{id}:impose",le="0.1"})");
  counts("gateway", "evenhand_http_connections ");
  EXPECT_THAT(metrics["gateway"], ::testing::Not(::testing::HasSubstr("/v1/restrictions/01"))) << "a route's template, never a path";
}

}  // namespace
}  // namespace evenhand::testing
