// One request is followed from the CRM's call to the e-mail; levels change while processes run; the audit trail is held to what happened.
#include <csignal>
#include <fstream>

#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";

// A stack whose mail goes to a real server.
struct MailedStack {
  Folder folder;
  int port = UnusedPort();
  Peer mail{{"python3", "tests/functional/peers/mail_peer.py", std::to_string(port), folder.path + "/mail.jsonl"}, port};
  Stack stack{
      {{"EVENHAND_SMTP_URL", "smtp://127.0.0.1:" + std::to_string(port)}, {"EVENHAND_SMTP_TLS", "off"}, {"EVENHAND_RETRY_FIRST", "200ms"}}};

  std::string MailTo(const std::string& address) const {
    for (const Json& one : LinesOf(folder.path + "/mail.jsonl"))
      if (one["to"] == address) return one["text"];
    return "";
  }
  static MailedStack& Shared() {
    static MailedStack shared;
    return shared;
  }
};

struct Ran {
  int status;
  std::string output;
};
Ran Shell(const std::string& line) {
  Ran ran{};
  FILE* pipe = popen(("EVENHAND_SKIP_SETUP=1 " + line + " 2>&1").c_str(), "r");
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) ran.output.append(buffer, n);
  ran.status = WEXITSTATUS(pclose(pipe));
  return ran;
}

Ran TraceOf(Stack& stack, const std::string& id) { return Shell("tools/trace " + id + " --data-dir " + stack.data_dir()); }

// How far a line of the tree stands to the right; -1 when there is none.
int DepthOf(const std::string& tree, const std::string& what) {
  std::istringstream lines(tree);
  for (std::string line; std::getline(lines, line);) {
    const size_t start = line.find(" ms  ");
    if (line.find(what) != std::string::npos && start != std::string::npos) return static_cast<int>(line.find_first_not_of(' ', start + 3));
  }
  return -1;
}

TEST(Trace, OneIdLeadsFromTheCrmThroughEveryProcessToTheEmail) {
  MailedStack& with = MailedStack::Shared();
  // Refused at first and cut off, so that the id outlives retries in the message's row.
  const std::string to = "later@" + Unique("m") + ".example.org";
  ASSERT_THAT(with.stack.As("administrator", "")
                  .Put("/v1/audiences/public-numbers", {{"name", "Desk"}, {"members", {{{"staffId", "u-reader"}, {"email", to}}}}},
                       {{"If-Match", "*"}}),
              Succeeds());
  const Reply proposed = Propose(with.stack, RegisterPerson(with.stack));
  Headers headers = proposed.IfMatch();
  headers["traceparent"] = std::string("00-") + kTrace + "-b7ad6b7169203331-01";
  ASSERT_THAT(with.stack.As("senior_manager").Post("/v1/restrictions/" + proposed.id() + ":impose", {}, headers), Succeeds());
  ASSERT_TRUE(Eventually([&] { return !with.MailTo(to).empty(); }, 30));
  EXPECT_THAT(with.MailTo(to), ContainsRegex(std::string("Traceparent: 00-") + kTrace + "-[0-9a-f]{16}-01"));
  EXPECT_THAT(with.MailTo(to), HasSubstr("http://127.0.0.1:" + std::to_string(with.stack.port()) + "/"))
      << "links lead to this stack's own door";

  std::string tree;
  EXPECT_TRUE(Eventually([&] { return DepthOf(tree = TraceOf(with.stack, kTrace).output, "notification-service") > 0; }));
  EXPECT_LT(DepthOf(tree, "gateway "), DepthOf(tree, "ImposeRestriction")) << tree;
  EXPECT_LT(DepthOf(tree, "ImposeRestriction"), DepthOf(tree, "incident-service")) << tree;
  EXPECT_LT(DepthOf(tree, "ImposeRestriction"), DepthOf(tree, "DeliverEvent")) << "told below who told it: " << tree;
  EXPECT_LT(DepthOf(tree, "DeliverEvent"), DepthOf(tree, "message tried")) << "the e-mail below what it came of: " << tree;
  EXPECT_EQ(TraceOf(with.stack, "xyz").status, 2) << "no id at all is wrong use";
  EXPECT_THAT(tree, ContainsRegex("notification-service +.*(mail|EMAIL|SENT|sent)")) << tree;
  EXPECT_EQ(TraceOf(with.stack, headers["traceparent"]).output, tree) << "a whole traceparent names it as well";
  for (const char* private_word : {"abusive", "Pat", "+44", "example.org"}) EXPECT_THAT(tree, Not(HasSubstr(private_word)));
  EXPECT_EQ(TraceOf(with.stack, "ffffffffffffffffffffffffffffffff").status, 1);
}

TEST(Logs, TheLevelOfEveryProcessChangesWhileItRuns) {
  Stack& stack = MailedStack::Shared().stack;
  for (const char* process : {"incident-service", "restriction-service", "appeal-service", "notification-service", "gateway"}) {
    const std::string name = process, folder = name.substr(0, name.find("-service"));
    const int pid = stack.Pid(name);
    const std::string level = stack.data_dir() + "/state/" + folder + "/log-level", log = stack.data_dir() + "/logs/" + name + ".log";
    std::ofstream(level) << "debug\n";
    stack.Signal(name, SIGHUP);
    EXPECT_TRUE(Eventually([&] {
      std::ifstream file(log);
      return std::string((std::istreambuf_iterator<char>(file)), {}).find("\"level\":\"debug\"") != std::string::npos;
    })) << name;
    EXPECT_EQ(stack.Pid(name), pid) << name << " went on running";
    std::ofstream(level) << "info\n";
    stack.Signal(name, SIGHUP);
  }
}

TEST(AuditVerify, HoldsTheTrailToEveryVersionAndSaysWhatIsMissing) {
  Stack& stack = MailedStack::Shared().stack;
  const Reply imposed = Impose(stack, RegisterPerson(stack));
  const Json whole = Json::parse(stack.Tool({"audit", "verify", "--output", "json"}));
  EXPECT_EQ(whole.at("whole"), true) << whole;
  EXPECT_EQ(whole.at("trails").size(), 4u);
  // Only the schemas' owner can do this at all. Whatever was changed shows, and a changed name shows twice.
  stack.Sql("update restriction.audit set clause = '1' where subject_id = '" + imposed.id() + "' and action like '%proposed%'");
  EXPECT_THAT(Shell("tools/evenhand audit verify --data-dir " + stack.data_dir()).output, HasSubstr("1 entries changed or removed"));
  stack.Sql("update restriction.audit set actor = 'E9999' where subject_id = '" + imposed.id() + "' and action like '%proposed%'");
  EXPECT_THAT(Shell("tools/evenhand audit verify --data-dir " + stack.data_dir()).output,
              HasSubstr("2 entries changed or removed; 1 restriction versions without their entry"));
  stack.Sql("update restriction.audit set actor = 'u-team_leader' where subject_id = '" + imposed.id() + "' and actor = 'E9999'");
  stack.Sql("delete from restriction.audit where subject_id = '" + imposed.id() + "' and action like '%impose%'");
  const Ran broken = Shell("tools/evenhand audit verify --data-dir " + stack.data_dir());
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.output, HasSubstr("1 restriction versions without their entry"));
  EXPECT_THAT(broken.output, HasSubstr("NOT whole"));
}

}  // namespace
}  // namespace evenhand::testing
