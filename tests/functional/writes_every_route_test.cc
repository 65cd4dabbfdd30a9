// Every write route of the contract, with a request that holds: a dry run changes nothing but leaves its trace; the etag is asked for where
// a state changes; the write happens, and what it makes is told as made and where; sent again it happens no second time and says so; its
// key with another payload is refused.
#include <algorithm>
#include <set>
#include <sstream>

#include "tests/functional/harness.h"
#include "tests/functional/routes.h"

namespace evenhand::testing {
namespace {

using ::testing::IsEmpty;
using Tables = std::map<std::string, std::string>;

constexpr char kNobody[] = "00000000-0000-7000-8000-000000000000";

// Every table of ours with its content's hash; what the platform keeps of requests themselves is not content, nor the trail of looks.
// What everything holds, and how many looks and writes the trail tells of, read at once: a read for each would take minutes in all.
struct Content {
  Tables tables;
  int waiting = 0, tried = 0, replayed = 0, traces = 0;
};

Content ContentOf(Stack& stack) {
  std::string waiting, traces;
  for (const char* service : {"incident", "restriction", "appeal", "notification"}) {
    const std::string of(service);
    waiting += (waiting.empty() ? "" : " union all ") + ("select 1 from " + of + ".outbox");
    traces += (traces.empty() ? "" : " union all ") + ("select action from " + of + ".audit");
  }
  waiting += " union all select 1 from notification.occasion where done_at is null";  // heard, and not acted on yet
  waiting += " union all select 1 from notification.notification where kind = 'WEBHOOK' and state in ('QUEUED', 'SENDING')";
  std::istringstream rows(stack.Sql(
      "select '#|' || (select count(*) from (" + waiting +
      ") w) || ' ' || (select count(*) filter (where action like '%.tried') || ' ' || count(*) filter (where action like '%.replayed') || "
      "' ' || count(*) from (" +
      traces +
      ") a) union all "
      "select schemaname || '.' || tablename || '|' || md5(query_to_xml(format('select t::text from %I.%I t order by ctid', schemaname, "
      "tablename), "
      "true, true, '')::text) from pg_tables where schemaname in ('incident', 'restriction', 'appeal', 'notification') and tablename not "
      "in ('idempotency', 'inbox', 'outbox', 'audit') order by 1"));
  Content content;
  for (std::string row; std::getline(rows, row);) content.tables[row.substr(0, row.find('|'))] = row.substr(row.find('|') + 1);
  std::istringstream(content.tables["#"]) >> content.waiting >> content.tried >> content.replayed >> content.traces;
  content.tables.erase("#");
  return content;
}

std::vector<std::string> Changed(const Tables& before, const Tables& after) {
  std::vector<std::string> changed;
  for (const auto& [table, hash] : after) {
    if (!before.contains(table) || before.at(table) != hash) changed.push_back(table);
  }
  return changed;
}

std::set<std::string> FieldsOf(const Json& reply) {
  std::set<std::string> names;
  for (const auto& [name, value] : reply.items()) names.insert(name);
  names.erase("consistencyToken");  // of a decision that took effect
  return names;
}

// What a step's route promises.
enum class Etag { kAsked, kNot };

class EveryWrite : public ::testing::Test {
 protected:
  // No sweeps: nothing changes but by what the test sends.
  static Stack& stack() {
    static Stack one(Environment{{"EVENHAND_BACKGROUND", "off"}});
    return one;
  }

  // Once all events have arrived.
  static Content Settled() {
    Content content;
    EXPECT_TRUE(Eventually(
        [&] {
          content = ContentOf(stack());
          return content.waiting == 0;
        },
        30));
    return content;
  }

  // Another payload under the same key: one text changed, or the same asked of another thing.
  static std::pair<std::string, Json> Other(const std::string& path, Json body) {
    for (const char* field : {"reason", "reasons", "note", "description", "narrative", "text", "why", "question", "answer", "name",
                              "displayName", "grounds", "necessity", "assignee"}) {
      if (!body.contains(field) || !body[field].is_string()) continue;
      body[field] = body[field].get<std::string>() + ", and more";
      return {path, body};
    }
    if (body.contains("phone")) {
      body["phone"] = FreshPhone();
      return {path, body};
    }
    if (path.ends_with("2031-05-07")) return {path.substr(0, path.size() - 1) + "8", body};
    const std::size_t id = path.find('/', 4);  // "/v1/things/ID…"
    return {path.substr(0, id + 1) + kNobody + path.substr(id + 37), body};
  }

  static Reply Send(const Client& client, const std::string& verb, const std::string& path, const Json& body, Headers headers) {
    if (verb == "DELETE") return client.Send(verb, path, "", headers);
    headers["Content-Type"] = "application/json";
    return client.Send(verb, path, body.dump(), headers);
  }

  // What is made answers 201 and where it is read; what was there, or is only tried, 200.
  static void SaysWhatItMade(const Client& client, const std::string& verb, const std::string& path, bool was_there, const Reply& dry,
                             const Reply& written) {
    const bool makes = !was_there && (verb == "PUT" || verb == "POST") && path.find(':') == std::string::npos;
    EXPECT_EQ(dry.status, 200);
    EXPECT_EQ(written.status, makes ? 201 : 200) << written;
    EXPECT_EQ(written.headers.contains("location"), makes) << written;
    if (!makes || !written.headers.contains("location")) return;
    const std::string& location = written.headers.at("location");
    EXPECT_TRUE(location.ends_with(written.id())) << location;
    EXPECT_THAT(client.Get(location.substr(0, location.find('#'))).status, ::testing::AnyOf(200, 403)) << location;
  }

  // One write in every way. `etag` of the thing as it is now.
  Reply Write(const std::string& rpc, const Client& client, const std::string& verb, const std::string& path, const Json& body, Etag asked,
              const Headers& if_match = {}) {
    SCOPED_TRACE(rpc);
    done_.insert(rpc);
    const Content before = Settled();
    Headers headers = if_match;
    const Reply dry = Send(client, verb, path + "?validateOnly=true", body, headers);
    EXPECT_THAT(dry, Succeeds()) << "a dry run answers as the write does: " << path << " " << body;
    if (!dry.ok()) return dry;
    if (asked == Etag::kAsked) {
      EXPECT_EQ(Send(client, verb, path, body, {}).status, 428);
      EXPECT_EQ(Send(client, verb, path, body, {{"If-Match", "\"4711\""}}).status, 412);
      EXPECT_EQ(Send(client, verb, path + "?validateOnly=true", body, {{"If-Match", "\"4711\""}}).status, 412);
    }
    const Content tried = Settled();
    EXPECT_GT(tried.tried, before.tried) << "what a dry run shows leaves a trace (12.4)";
    EXPECT_THAT(Changed(before.tables, tried.tables), IsEmpty()) << "a dry run, or a refused write, changed something";
    const bool was_there = verb == "PUT" && client.Get(path).ok();
    headers["Idempotency-Key"] = Unique("key");
    const Reply written = Send(client, verb, path, body, headers);
    EXPECT_THAT(written, Succeeds()) << path << " " << body;
    EXPECT_FALSE(written.headers.contains("idempotent-replayed"));
    SaysWhatItMade(client, verb, path, was_there, dry, written);
    if (written.ok() && dry.ok() && dry.json.is_object()) {
      EXPECT_EQ(FieldsOf(dry.json), FieldsOf(written.json)) << "the dry run's reply is the write's";
    }
    if (written.json.contains("etag")) {
      EXPECT_EQ(written.headers.contains("etag") ? written.headers.at("etag") : "", written.Text("etag"));
    }
    const Content after = Settled();
    EXPECT_TRUE(!Changed(before.tables, after.tables).empty() || after.traces > tried.traces) << "the write did nothing";
    const Reply again = Send(client, verb, path, body, headers);
    Json first = written.json;
    if (rpc == "CreateWebhook" || rpc == "RollWebhookSecret") first.erase("secret");  // shown once
    EXPECT_EQ(again.json, first);
    EXPECT_EQ(again.status, written.status);
    EXPECT_EQ(again.headers.count("location"), written.headers.count("location"));
    EXPECT_TRUE(again.headers.contains("idempotent-replayed")) << again;
    const auto [other_path, other_body] = Other(path, body);
    EXPECT_EQ(Send(client, verb, other_path, other_body, headers).status, 422) << other_path << " " << other_body;
    const Content replayed = Settled();
    EXPECT_GT(replayed.replayed, after.replayed) << "a reply shown again leaves a trace (12.4)";
    EXPECT_THAT(Changed(after.tables, replayed.tables), IsEmpty()) << "a replay, or a refused key, changed something";
    return written;
  }

  Reply Post(const std::string& rpc, const Client& client, const std::string& path, const Json& body, Etag asked = Etag::kNot,
             const Headers& if_match = {}) {
    return Write(rpc, client, "POST", path, body, asked, if_match);
  }

  void People();
  void Incidents();
  void Restrictions();
  void Appeals();
  void Messages();

  std::set<std::string> done_;
  const Client leader_ = stack().As("team_leader"), manager_ = stack().As("senior_manager"), admin_ = stack().As("administrator", ""),
               employee_ = stack().As("employee", "Housing", "E1001"), director_ = stack().As("strategic_director", "Education", "u-sd");
};

void EveryWrite::People() {
  const Reply made = Post("CreatePerson", leader_, "/v1/people",
                          {{"displayName", "Pat Example"}, {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}}});
  const std::string pat = "/v1/people/" + made.id();
  const Reply patched = Write("UpdatePerson", leader_, "PATCH", pat, {{"displayName", "Pat Exemplar"}}, Etag::kAsked, made.IfMatch());
  Post("AddRestorativeStep", leader_, pat + "/restorativeSteps", {{"kind", "BREAK_OFFERED"}, {"description", "Ten minutes"}});
  const Reply adjusted =
      Post("AddAdjustment", leader_, pat + "/adjustments", {{"description", "Large print"}, {"usableChannels", {"LETTER", "EMAIL"}}});
  const Json adjustments = leader_.Get(pat).json.value("adjustments", Json::array());
  ASSERT_FALSE(adjustments.empty()) << adjusted;
  Post("EndAdjustment", leader_, pat + "/adjustments/" + adjustments[0].value("id", "") + ":end", {{"reason", "No longer needed"}},
       Etag::kAsked, leader_.Get(pat).IfMatch());
  Post("AddNoContactRequest", employee_, pat + "/noContactRequests", {{"kind", "NO_CONTACT"}, {"reason", "He followed me home"}});
  const Json requests = leader_.Get(pat).json.value("noContactRequests", Json::array());
  ASSERT_FALSE(requests.empty());
  Post("WithdrawNoContactRequest", employee_, pat + "/noContactRequests/" + requests[0].value("id", "") + ":withdraw", Json::object(),
       Etag::kAsked, {{"If-Match", requests[0].value("etag", "")}});
  Post("ExportPersonData", stack().As("data_protection_officer", ""), pat + ":exportData", {{"reason", "Subject access"}}, Etag::kNot,
       {{"X-Reason", "Request for access of 2 November"}});

  const std::string one = RegisterPerson(stack()), two = RegisterPerson(stack());
  Impose(stack(), two);
  Post("MergePeople", leader_, "/v1/people:merge", {{"survivorId", one}, {"duplicateId", two}, {"reason", "One person, two records"}});
  EvidenceAbout(stack(), one);
  Impose(stack(), one, {{"measures", {{{"kind", "WITHHOLD_STAFF_DETAILS"}}}}});
  const Reply undone = Post("UnmergePerson", leader_, "/v1/people/" + one + ":unmerge", {{"reason", "Two after all"}}, Etag::kAsked,
                            leader_.Get("/v1/people/" + one).IfMatch());
  const Json questions = undone.json["merges"][0].value("questions", Json::array());
  ASSERT_FALSE(questions.empty()) << undone;
  Post("AnswerMergeQuestion", leader_, "/v1/people/" + one + "/mergeQuestions/" + questions[0].value("id", "") + ":answer",
       {{"personId", two}}, Etag::kAsked, leader_.Get("/v1/people/" + one).IfMatch());

  const Reply helped = leader_.Post("/v1/people", {{"displayName", "Kim Example"},
                                                   {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                                                   {"advocate", {{"name", "Ada Vocate"}, {"phone", FreshPhone()}}}});
  ASSERT_THAT(helped, Succeeds());
  Post("RecordAdvocateResignation", leader_, "/v1/people/" + helped.id() + ":recordAdvocateResignation",
       {{"resignedOn", "2026-11-20"}, {"temporaryChannel", "LETTER"}}, Etag::kAsked, helped.IfMatch());
  const std::string late = RegisterPerson(stack());
  Post("RecordDeath", leader_, "/v1/people/" + late + ":recordDeath", {{"diedOn", "2026-11-20"}, {"source", "The family"}}, Etag::kAsked,
       leader_.Get("/v1/people/" + late).IfMatch());

  const std::string marked = RegisterPerson(stack());
  const std::string incident = EvidenceAbout(stack(), marked, {{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "STAFF"}}}});
  const std::string markers = "/v1/people/" + marked + "/markers";
  const Reply first = Post("ProposeMarker", leader_, markers,
                           {{"incidentIds", {incident}},
                            {"serviceArea", "Housing"},
                            {"category", "PHYSICAL_THREAT"},
                            {"instruction", "Visit in pairs"},
                            {"ageCheck", {{"basis", "Known to the service as an adult"}}}});
  const Reply confirmed =
      Post("ConfirmMarker", manager_, markers + "/" + first.id() + ":confirm",
           {{"told", {{"informed", true}, {"on", "2026-11-20"}, {"how", "Letter"}}}, {"reason", "The threat was specific"}}, Etag::kAsked,
           first.IfMatch());
  const Reply kept = Post("ReviewMarker", manager_, markers + "/" + first.id() + ":review",
                          {{"outcome", "CONTINUE"}, {"reason", "Still needed"}}, Etag::kAsked, confirmed.IfMatch());
  Post("RemoveMarker", manager_, markers + "/" + first.id() + ":remove", {{"reason", "A year of calm"}}, Etag::kAsked, kept.IfMatch());
}

void EveryWrite::Incidents() {
  const Reply made = Post("RecordIncident", employee_, "/v1/incidents", AnIncident());
  const std::string path = "/v1/incidents/" + made.id();
  const Reply amended =
      Post("AmendIncident", employee_, path + ":amend", {{"narrative", "Shorter."}, {"reason", "Factual"}}, Etag::kAsked, made.IfMatch());
  const std::string person = RegisterPerson(stack());
  const Reply linked = Post("LinkPerson", leader_, path + ":linkPerson", {{"personId", person}}, Etag::kAsked, amended.IfMatch());
  const Reply unlinked =
      Post("UnlinkPerson", leader_, path + ":unlinkPerson", {{"reason", "Somebody else"}}, Etag::kAsked, linked.IfMatch());
  Post("AddStatement", employee_, path + "/statements", {{"text", "I was there."}});
  const Reply twin = employee_.Post("/v1/incidents", AnIncident());
  Post("MarkDuplicate", leader_, "/v1/incidents/" + twin.id() + ":markDuplicate", {{"duplicateOf", made.id()}, {"reason", "The same call"}},
       Etag::kAsked, twin.IfMatch());
  const Reply mistake = employee_.Post("/v1/incidents", AnIncident());
  Post("WithdrawIncident", employee_, "/v1/incidents/" + mistake.id() + ":withdraw", {{"reason", "By mistake"}}, Etag::kAsked,
       mistake.IfMatch());

  const Client line_manager = stack().As("team_leader", "Housing", "E2001");
  const Reply threat = employee_.Post(
      "/v1/incidents", AnIncident({{"behaviours", {"PHYSICAL_THREAT"}}, {"threat", {{"target", "STAFF"}}}, {"witnesses", {"E1500"}}}));
  const auto follow_up = [&](const std::string& kind) {
    for (const Json& one : line_manager.Get("/v1/incidents/" + threat.id()).json.value("followUps", Json::array())) {
      if (one["kind"] == kind) return one;
    }
    ADD_FAILURE() << "no " << kind;
    return Json::object();
  };
  const Json discussion = follow_up("LINE_MANAGER_DISCUSSION");
  const std::string talk = "/v1/followUps/" + discussion.value("id", "");
  const Reply moved = Post("ReassignFollowUp", line_manager, talk + ":reassign", {{"owner", "E2002"}, {"reason", "On leave"}}, Etag::kAsked,
                           {{"If-Match", discussion.value("etag", "")}});
  const Json police = follow_up("POLICE_DECISION");
  Post("CompleteFollowUp", line_manager, "/v1/followUps/" + police.value("id", "") + ":complete",
       {{"outcome", "REPORTED"}, {"policeRef", "PS-1"}, {"personInformed", {{"informed", false}, {"reason", "It would raise the risk"}}}},
       Etag::kAsked, {{"If-Match", police.value("etag", "")}});
  const Json debrief = follow_up("DEBRIEF");
  Post("DeclineFollowUp", employee_, "/v1/followUps/" + debrief.value("id", "") + ":decline", {{"note", "Not now"}}, Etag::kAsked,
       {{"If-Match", debrief.value("etag", "")}});
}

void EveryWrite::Restrictions() {
  const std::string person = RegisterPerson(stack());
  const std::string incident = EvidenceAbout(stack(), person);
  const Reply proposed = Post("ProposeRestriction", leader_, "/v1/restrictions", ARestriction(person, {incident}));
  const std::string path = "/v1/restrictions/" + proposed.id();
  const Reply imposed =
      Post("ImposeRestriction", manager_, path + ":impose", {{"reason", "As proposed"}}, Etag::kAsked, proposed.IfMatch());
  const Reply varied = Post("VaryRestriction", manager_, path + ":vary", {{"reason", "Until the summer"}, {"endsOn", "2035-07-31"}},
                            Etag::kAsked, imposed.IfMatch());
  const Reply reviewed = Post("ReviewRestriction", manager_, path + ":review", {{"outcome", "CONTINUE"}, {"reason", "Still needed"}},
                              Etag::kAsked, varied.IfMatch());
  const Reply held = Post("SetLegalHold", manager_, path + ":setLegalHold", {{"hold", true}, {"reason", "Court"}}, Etag::kAsked,
                          manager_.Get(path).IfMatch());
  Post("LiftRestriction", manager_, path + ":lift", {{"reason", "A year of calm"}}, Etag::kAsked, manager_.Get(path).IfMatch());
  const Reply declined = Propose(stack(), person), withdrawn = Propose(stack(), person);
  const Reply unsure = Propose(stack(), person);
  const Reply returned = Post("ReturnRestriction", manager_, "/v1/restrictions/" + unsure.id() + ":return",
                              {{"reason", "Say how many calls"}}, Etag::kAsked, unsure.IfMatch());
  Write("UpdateRestriction", leader_, "PATCH", "/v1/restrictions/" + unsure.id(), {{"necessity", "Nine calls in a week"}}, Etag::kAsked,
        returned.IfMatch());
  Post("DeclineRestriction", manager_, "/v1/restrictions/" + declined.id() + ":decline", {{"reason", "Not enough"}}, Etag::kAsked,
       declined.IfMatch());
  Post("WithdrawRestriction", leader_, "/v1/restrictions/" + withdrawn.id() + ":withdraw", {{"reason", "Settled"}}, Etag::kAsked,
       withdrawn.IfMatch());
  const Reply lent = Post("CreateDelegation", manager_, "/v1/delegations",
                          {{"delegateId", "E3003"}, {"serviceArea", "Housing"}, {"endsAt", InstantFromNow(300)}, {"reason", "Leave"}});
  Post("RevokeDelegation", manager_, "/v1/delegations/" + lent.id() + ":revoke", Json::object(), Etag::kAsked, lent.IfMatch());
  const std::string phone = FreshPhone();
  Impose(stack(), RegisterPerson(stack(), phone),
         {{"measures", {{{"kind", "LIMIT_VOLUME"}, {"channel", "PHONE"}, {"maxContacts", 3}, {"period", "DAY"}}}}});
  Post("RecordContact", stack().As("crm", ""), "/v1/contacts:record", {{"channel", "PHONE"}, {"phone", phone}});
}

void EveryWrite::Appeals() {
  const std::string today = stack().Sql("select (now() at time zone 'Europe/London')::date");
  const auto lodged_about = [&](const Reply& imposed) {
    return Json{{"restrictionId", imposed.id()}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "Not fair"}};
  };
  const Reply appeal = Post("LodgeAppeal", leader_, "/v1/appeals", lodged_about(Impose(stack(), RegisterPerson(stack()))));
  const std::string path = "/v1/appeals/" + appeal.id();
  const auto now = [&] { return director_.Get(path).IfMatch(); };
  Post("AcknowledgeAppeal", director_, path + ":acknowledge", {{"note", "By letter"}}, Etag::kAsked, now());
  Post("AssignAppeal", director_, path + ":assign", {{"assignee", "u-sd5"}}, Etag::kAsked, now());
  Post("RequestInformation", director_, path + ":requestInformation", {{"question", "Who rang?"}}, Etag::kAsked, now());
  Post("ReceiveInformation", director_, path + ":receiveInformation", {{"answer", "A neighbour"}}, Etag::kAsked, now());
  const Client hears = stack().As("strategic_director", "Education", "u-sd5");
  Post("DecideAppeal", hears, path + ":decide", {{"outcome", "NOT_UPHELD"}, {"reasons", "The evidence supports it"}}, Etag::kAsked, now());
  const Reply second = leader_.Post("/v1/appeals", lodged_about(Impose(stack(), RegisterPerson(stack()))));
  ASSERT_THAT(second, Succeeds());
  const std::string other = "/v1/appeals/" + second.id();
  Post("CorrectReceipt", director_, other + ":correctReceipt", {{"receivedOn", today}, {"reason", "The envelope was found"}}, Etag::kAsked,
       director_.Get(other).IfMatch());
  Post("WithdrawAppeal", director_, other + ":withdraw",
       {{"by", "PERSON"}, {"evidence", "A note of the call"}, {"reason", "The person rang"}}, Etag::kAsked, director_.Get(other).IfMatch());
  const Reply holiday =
      Post("AddHoliday", admin_, "/v1/calendars/scotland/holidays", {{"date", "2031-05-07"}, {"name", "Council holiday"}});
  Write("RemoveHoliday", admin_, "DELETE", "/v1/calendars/scotland/holidays/2031-05-07", Json(), Etag::kNot);
}

void EveryWrite::Messages() {
  const Json members = {{{"staffId", "u-desk"}, {"email", "desk@example.org"}}};
  const std::string desk = "/v1/audiences/public-numbers";
  Write("PutAudience", admin_, "PUT", desk, {{"members", members}, {"name", "Front desk"}}, Etag::kAsked, admin_.Get(desk).IfMatch());
  Write("PutAudience", admin_, "PUT", "/v1/audiences/night-desk", {{"members", members}, {"name", "Night desk"}}, Etag::kNot);
  const Reply hook = Post("CreateWebhook", admin_, "/v1/webhooks",
                          {{"url", "https://hooks.example.org/h"}, {"eventTypes", {"person.registered"}}, {"description", "CRM"}});
  Write("PutServiceArea", admin_, "PUT", "/v1/serviceAreas/leisure", {{"name", "Leisure"}, {"aliases", {"Sports"}}}, Etag::kNot);
  Post("RollWebhookSecret", admin_, "/v1/webhooks/" + hook.id() + ":rollSecret", {{"overlap", "86400s"}});
  Post("ReplayWebhook", admin_, "/v1/webhooks/" + hook.id() + ":replay", {{"since", "2026-01-01T00:00:00Z"}});
  Post("RollWebhookSecret", admin_, "/v1/webhooks/" + hook.id() + ":rollSecret", {{"overlap", "3600s"}});
  Write("DeleteWebhook", admin_, "DELETE", "/v1/webhooks/" + hook.id(), Json(), Etag::kNot);
  const Reply imposed = Impose(stack(), RegisterPerson(stack()));
  ASSERT_TRUE(Eventually([&] { return !manager_.Get("/v1/shares?restrictionId=" + imposed.id()).json["shares"].empty(); }, 20));
  Post("DeclineShare", manager_, "/v1/shares:decline",
       {{"restrictionId", imposed.id()}, {"audience", "web-contact"}, {"why", "The person never writes online"}});
}

// Each with its reason; anything else that writes is walked above.
const std::map<std::string, std::string> kElsewhere = {
    {"ImportIncidents", "a stream: exactly once by the record's number and version (incident tests)"},
    {"AddEvidence", "a stream: exactly once by the file's SHA-256 (incident tests)"},
    {"RetryImportRejection", "needs a rejected row (incident tests)"},
    {"CheckContact", "asks"},
    {"BatchCheckContacts", "asks"},
    {"ReplayContact", "asks"},
    {"ResolvePeople", "asks"},
    {"SearchIncidents", "asks"},
    {"PreviewLetter", "asks"},
    {"AcceptLateAppeal", "needs a late appeal (appeal tests)"},
    {"RefuseAppeal", "needs a late appeal (appeal tests)"},
    {"CreateLetter", "needs the letters' sweep (letter tests)"},
    {"RecordTold", "needs a letter of the sweeps (told tests)"},
    {"ConfirmAddress", "needs the letters' sweep (letter tests)"},
    {"RecordPosted", "needs a printed letter (letter tests)"},
    {"RetryLetter", "needs a letter that failed (letter tests)"},
    {"AcknowledgeNotification", "needs a message that was sent (share tests)"},
    {"RetryNotification", "needs a message that failed (share tests)"},
    {"RecordReturned", "needs a letter that was sent (letter tests)"},
    {"RecordReceipt", "needs a message that was sent; once by its receiptId (share tests)"},
    {"ResolveEscalation", "needs an escalation (share tests)"},
    {"CreateShare", "needs an audience that was left out (share tests)"},
    {"CompleteTask", "needs a task of the sweeps (letter tests)"},
};

TEST_F(EveryWrite, HappensOnceNeverUnasked) {
  People();
  Incidents();
  Restrictions();
  Appeals();
  Messages();
  for (const Route& route : AllRoutes()) {
    const std::string rpc = route.method.substr(route.method.find('/') + 1);
    if (route.verb == "GET" || kElsewhere.contains(rpc)) continue;
    EXPECT_TRUE(done_.contains(rpc)) << route.verb << " " << route.path << ": a new write route is walked here, or named with its reason";
  }
}

}  // namespace
}  // namespace evenhand::testing
