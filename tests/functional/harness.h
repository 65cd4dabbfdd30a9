// The door of every functional test: one real stack (five processes and a PostgreSQL) and a plain REST client.
//
//   TEST(Restrictions, Clause7_3_ATeamLeaderMayNotImpose) {
//     Stack& stack = Stack::Shared();                       // started once for the whole program, stopped at its exit
//     const std::string person = RegisterPerson(stack);     // a fresh person with a phone number of their own
//     const Reply proposed = Propose(stack, person);        // evidence recorded, linked and proposed
//     const Reply refused = stack.As("team_leader").Post("/v1/restrictions/" + proposed.id() + ":impose", {}, proposed.IfMatch());
//     EXPECT_THAT(refused, Refused(403, "7.3"));
//   }
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace evenhand::testing {

using Json = nlohmann::json;
using Headers = std::map<std::string, std::string>;  // a value of "" leaves a header out that would be sent otherwise
using Environment = std::map<std::string, std::string>;

struct Reply {
  int status = 0;   // 0: no answer (connection refused or cut)
  Headers headers;  // names in lower case
  std::string body;
  Json json;  // null where the body is not JSON

  std::string id() const { return Text("id"); }
  std::string Text(const std::string& field) const;  // "" when absent
  Headers IfMatch() const;                           // {"If-Match": the reply's etag}
  std::vector<Json> Lines() const;                   // an NDJSON body, line by line
  bool ok() const { return status == 200 || status == 201; }
};
std::ostream& operator<<(std::ostream& out, const Reply& reply);

class Client {
 public:
  Client(int port, std::string token) : port_(port), token_(std::move(token)) {}

  Reply Get(const std::string& path, const Headers& headers = {}) const { return Send("GET", path, "", headers); }
  Reply Delete(const std::string& path, const Headers& headers = {}) const { return Send("DELETE", path, "", headers); }
  // Each write carries a fresh Idempotency-Key unless `headers` names one ("" for none).
  Reply Post(const std::string& path, const Json& body = Json::object(), const Headers& headers = {}) const;
  Reply Patch(const std::string& path, const Json& body, const Headers& headers = {}) const;
  Reply Put(const std::string& path, const Json& body, const Headers& headers = {}) const;
  // A body that is no JSON: import, evidence. No Idempotency-Key.
  Reply Stream(const std::string& path, const std::string& data, const std::string& media_type, const Headers& headers = {}) const;
  // Exactly these bytes and headers (besides the token), for what a careful client would never send.
  Reply Send(const std::string& method, const std::string& path, const std::string& body, const Headers& headers = {}) const;

  const std::string& token() const { return token_; }

 private:
  int port_;
  std::string token_;
};

class Stack {
 public:
  // One stack for the whole test program.
  static Stack& Shared();
  // Another one beside it, with settings of its own, e.g. {{"EVENHAND_BACKGROUND", "off"}}.
  explicit Stack(Environment environment = {});
  // One that starts from a backup of `evenhand backup`.
  struct From {
    std::string backup;
  };
  explicit Stack(const From& from);
  ~Stack();
  Stack(const Stack&) = delete;

  // A client with a token of these comma-separated roles and areas; `sub` is the staff number ("u-<roles>" by default).
  Client As(const std::string& roles, const std::string& areas = "Housing", const std::string& sub = "");
  Client ActingFor(const std::string& system, const std::string& roles, const std::string& areas, const std::string& sub);
  Client Anonymous() const { return Client(port_, ""); }

  // Stops and starts again on the same data, with these settings over the first ones: {{"EVENHAND_TIME_OFFSET", "+183d"}}.
  void Restart(const Environment& changed = {});
  void Stop();
  // The pid of a process by `evenhand status` ("incident-service", "gateway", "postgres"…), and kill -9 / -STOP / -CONT of it.
  int Pid(const std::string& process) const;
  void Signal(const std::string& process, int signal) const;
  // Waits until /readyz answers 200; false after the time.
  bool Ready(int seconds = 20) const;
  // Runs `tools/evenhand <words> --data-dir <ours>`; its standard output; fails the test when it fails.
  std::string Tool(const std::vector<std::string>& words) const;
  // One SQL statement as the owner of the schemas, for looking behind the curtain; columns by '|'.
  std::string Sql(const std::string& statement) const;

  int port() const { return port_; }
  const std::string& data_dir() const { return data_dir_; }

 private:
  void MakeRoom();
  void Start();
  int Run(const std::vector<std::string>& words, std::string* output) const;

  Environment environment_;
  std::string data_dir_;
  int port_ = 0;
  std::map<std::string, std::string> tokens_;
};

// ---- What most stories start with. `over` is merged over the default body (a JSON merge patch: null removes). ----
std::string Unique(const std::string& prefix);  // "T-…", for sourceRef and names
std::string FreshPhone();                       // an unused number of Ofcom's drama ranges, +44…
// A date that stands in a test comes to pass; `format` is strftime's.
std::string DayFromNow(int days, const char* format = "%Y-%m-%d");
std::string InstantFromNow(int days);  // noon of that day, UTC
Json AnIncident(const Json& over = Json::object());
Json ARestriction(const std::string& person_id, const std::vector<std::string>& incident_ids, const Json& over = Json::object());
// A person registered by a team leader of `area`; with a fresh phone number where `phone` is "".
std::string RegisterPerson(Stack& stack, std::string phone = "", const std::string& area = "Housing");
// An incident recorded by an employee and confirmed by a team leader to be about this person; its id.
std::string EvidenceAbout(Stack& stack, const std::string& person_id, const Json& over = Json::object());
// A proposal by a team leader on fresh evidence; then the same imposed by a senior manager. The serviceArea is that of `over`, or Housing.
Reply Propose(Stack& stack, const std::string& person_id, const Json& over = Json::object());
Reply Impose(Stack& stack, const std::string& person_id, const Json& over = Json::object());
// The letter about the restriction's latest decision is handed over: the person counts as told, and the time to appeal runs.
void HandOver(Stack& stack, const std::string& restriction_id);
// The post room posts this printed letter.
void Post(Stack& stack, const Json& letter);
// A port on loopback that nobody listens on.
int UnusedPort();
// Calls until `done` is true or the seconds are over: events between services arrive soon, not at once.
bool Eventually(const std::function<bool()>& done, int seconds = 10);

MATCHER_P2(Refused, status, clause, std::string("is a problem ") + std::to_string(status) + " naming clause or source " + clause) {
  const Json& json = arg.json;
  if (arg.status != status || !json.is_object()) return false;
  if (std::string(clause).empty()) return true;
  const auto names = [&](const Json& part) {
    return part.value("clause", "").rfind(clause, 0) == 0 || part.value("source", "").rfind(clause, 0) == 0;
  };
  if (names(json)) return true;
  for (const Json& violation : json.value("violations", Json::array()))
    if (names(violation)) return true;
  return false;
}
MATCHER(Succeeds, "is 200 or 201") { return arg.ok(); }
// A 400 whose violations name this field (a prefix of the JSON path is enough).
MATCHER_P(Violates, field, std::string("is a 400 that names ") + field) {
  if (arg.status != 400 || !arg.json.is_object()) return false;
  for (const Json& violation : arg.json.value("violations", Json::array()))
    if (violation.value("field", "").rfind(field, 0) == 0) return true;
  return false;
}

}  // namespace evenhand::testing
