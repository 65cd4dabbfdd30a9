// E-mails that come back: a real IMAP server holds the reports, the ledger tells what became of each message (12.5, scenario 19).
#include <signal.h>

#include <set>

#include "tests/functional/mail.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Headers kAny = {{"If-Match", "*"}};

// A stack that sends to a mail server and reads the reports of a mailbox, its password in a file.
struct Council {
  Folder folder;
  const Certificate certificate{folder, "mailbox"}, other{folder, "other"};
  const Mailbox mailbox{folder, certificate};
  const int port = UnusedPort();
  const Peer mail{{"python3", "tests/functional/peers/mail_peer.py", std::to_string(port), folder.path + "/mail.jsonl"}, port};
  Stack stack{Settings()};

  static Council& Shared() {
    static Council shared;
    return shared;
  }
  Environment Settings() const {
    std::ofstream(folder.path + "/password") << "comeback\n";
    return {{"EVENHAND_SMTP_URL", "smtp://127.0.0.1:" + std::to_string(port)},
            {"EVENHAND_SMTP_TLS", "off"},
            {"EVENHAND_SMTP_RETURN_PATH", "bounces@example.org"},
            {"EVENHAND_BOUNCE_URL", mailbox.url()},
            {"EVENHAND_BOUNCE_CA", certificate.path},
            {"EVENHAND_BOUNCE_USER", "bounces"},
            {"EVENHAND_BOUNCE_PASSWORD_FILE", folder.path + "/password"},
            {"EVENHAND_BOUNCE_EVERY", "200ms"}};
  }

  // Members of an audience by their address, told of a restriction: the restriction's id, once every mail is with the server.
  std::string Tell(const std::vector<std::string>& addresses) {
    Json members = Json::array();
    for (const std::string& address : addresses)
      members.push_back({{"staffId", "u-" + address.substr(0, address.find('@'))}, {"email", address}});
    EXPECT_THAT(
        stack.As("administrator", "").Put("/v1/audiences/public-numbers", {{"name", "Desk"}, {"members", members}}, {{"If-Match", "*"}}),
        Succeeds());
    const std::string restriction = Impose(stack, RegisterPerson(stack)).id();
    EXPECT_TRUE(Eventually([&] { return Count(restriction, "SENT") == static_cast<int>(addresses.size()); }, 20)) << Ledger(restriction);
    return restriction;
  }
  Json Shares(const std::string& restriction) { return Ledger(restriction)["shares"]; }
  Json Ledger(const std::string& restriction) { return stack.As("senior_manager").Get("/v1/shares?restrictionId=" + restriction).json; }
  int Count(const std::string& restriction, const std::string& state) {
    int count = 0;
    for (const Json& share : Shares(restriction)) count += share["state"] == state ? 1 : 0;
    return count;
  }
  // The share of this address, as the ledger shows it.
  Json Share(const std::string& restriction, const std::string& address) {
    for (const Json& share : Shares(restriction))
      if (share["recipient"] == "u-" + address.substr(0, address.find('@'))) return share;
    return Json::object();
  }
  Json Message(const std::string& id) { return stack.As("administrator", "").Get("/v1/notifications/" + id).json; }
  // The mail that the server took for this address, the last one.
  std::string Taken(const std::string& address) const {
    std::string text;
    for (const Json& line : LinesOf(folder.path + "/mail.jsonl"))
      if (line["to"] == address) text = line["text"];
    return text;
  }
  bool Becomes(const std::string& restriction, const std::string& address, const std::string& state) {
    return Eventually([&] { return Share(restriction, address).value("state", "") == state; }, 20);
  }
  bool IsEmpty() const {
    return Eventually([&] { return mailbox.Count("INBOX") == 0; }, 20);
  }
  static int Times(const Json& message, const std::string& state) {
    int times = 0;
    for (const Json& step : message["history"]) times += step["to"] == state && step["from"] != state ? 1 : 0;
    return times;
  }
};

std::string Address(const std::string& who) { return Unique(who) + "@example.org"; }

TEST(Clause12_5, AMailThatComesBackEscalatesItsShareWithTheReasonAndNobodysAddress) {
  Council& council = Council::Shared();
  const std::string gone = Address("gone"), slow = Address("slow"), fine = Address("fine");
  const std::string restriction = council.Tell({gone, slow, fine});
  const int filed = council.mailbox.Count("Evenhand-reports");
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(gone), "failed", "5.1.1")));
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(slow), "delayed", "4.4.1")));
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(fine), "delivered", "2.0.0")));
  ASSERT_TRUE(council.Becomes(restriction, gone, "ESCALATED")) << council.Ledger(restriction);
  ASSERT_TRUE(council.Becomes(restriction, fine, "DELIVERED")) << council.Ledger(restriction);
  ASSERT_TRUE(council.IsEmpty());

  const Json share = council.Share(restriction, gone);
  EXPECT_EQ(share["escalation"]["why"], "The message did not arrive. A mail server gave it back: there is no such mailbox (5.1.1).");
  const Json message = council.Message(share["id"]);
  EXPECT_EQ(Council::Times(message, "PERMANENT_FAILURE"), 1) << message;
  EXPECT_THAT(message.dump(), Not(HasSubstr("someone.private"))) << "what the server wrote beside its code is nobody's business";
  const Json tasks = council.stack.As("team_leader").Get("/v1/tasks?kind=ESCALATED_SHARE&restrictionId=" + restriction).json["tasks"];
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_THAT(tasks[0].value("description", ""), HasSubstr("no such mailbox"));

  const Json waiting = council.Share(restriction, slow);
  EXPECT_EQ(waiting["state"], "SENT") << "its server goes on trying; we don't send it twice";
  EXPECT_THAT(council.Message(waiting["id"]).value("lastFailure", ""), HasSubstr("goes on trying: its server does not answer (4.4.1)"));
  EXPECT_TRUE(council.Share(restriction, fine).contains("deliveredAt"));
  EXPECT_EQ(council.mailbox.Count("Evenhand-reports"), std::max(filed, 0) + 3);
}

TEST(Clause12_5, AServerThatGaveUpInTheEndIsATechnicalFailureAndADeliveryThatCameBackCountsAsFailed) {
  Council& council = Council::Shared();
  const std::string late = Address("late"), forwarded = Address("forwarded");
  const std::string restriction = council.Tell({late, forwarded});
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(late), "delayed", "4.4.1")));
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(late), "failed", "4.4.7")));
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(forwarded), "delivered", "2.0.0")));
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(forwarded), "failed", "5.2.1")));
  ASSERT_TRUE(council.Becomes(restriction, late, "ESCALATED"));
  ASSERT_TRUE(council.Becomes(restriction, forwarded, "ESCALATED"));
  EXPECT_EQ(Council::Times(council.Message(council.Share(restriction, late)["id"]), "TECHNICAL_FAILURE"), 1);
  EXPECT_THAT(council.Share(restriction, late)["escalation"].value("why", ""), HasSubstr("in time (4.4.7)"));
  EXPECT_EQ(Council::Times(council.Message(council.Share(restriction, forwarded)["id"]), "PERMANENT_FAILURE"), 1);
}

TEST(Clause12_5, WhatIsNoReportOnAMessageOfOursIsFiledApartAndHoldsUpNothing) {
  Council& council = Council::Shared();
  const std::string has_it = Address("hasit"), gone = Address("gone");
  const std::string restriction = council.Tell({has_it, gone});
  const std::string staff = "u-" + has_it.substr(0, has_it.find('@')), share = council.Share(restriction, has_it)["id"];
  ASSERT_EQ(council.stack.As("employee", "Housing", staff).Post("/v1/notifications/" + share + ":acknowledge", {}, kAny).Text("state"),
            "ACKNOWLEDGED");
  const std::string before = council.Message(share)["etag"];
  const int strange = std::max(council.mailbox.Count("Evenhand-other"), 0);
  const std::string id = HeaderOf(council.Taken(gone), "Message-ID");
  // An absence note, a report on somebody else's mail, one with an id that is no id, bytes, much too much, and nothing at all.
  ASSERT_TRUE(council.mailbox.Put("From: x@example.org\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: " + id +
                                  "\r\n\r\nI am away until Monday. Action: failed. Status: 5.1.1\r\n"));
  ASSERT_TRUE(council.mailbox.Put(
      ReportOn("A: b\r\nMessage-ID: <0198c0de-1111-7abc-8def-000000000001@council.example>\r\n\r\n", "failed", "5.1.1")));
  ASSERT_TRUE(council.mailbox.Put(ReportOn("A: b\r\nMessage-ID: <' or true --@council.example>\r\n\r\n", "failed", "5.1.1")));
  ASSERT_TRUE(council.mailbox.Put("Content-Type: multipart/report; report-type=delivery-status; boundary=\xff\r\n\r\n--\xff\x01\r\n"));
  ASSERT_TRUE(council.mailbox.Put("Subject: much\r\n\r\n" + std::string(3'000'000, 'x') + "\r\n"));
  ASSERT_TRUE(council.mailbox.Put("\r\n"));
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(has_it), "failed", "5.1.1")));
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(gone), "failed", "5.1.1") + std::string(1'000'000, 'x')));
  EXPECT_TRUE(council.Becomes(restriction, gone, "ESCALATED")) << "behind all of them";
  EXPECT_TRUE(council.IsEmpty());
  EXPECT_EQ(council.mailbox.Count("Evenhand-other"), strange + 6);
  EXPECT_EQ(council.Message(share)["etag"], before) << "who has it has it, whatever the mail did";
}

TEST(Clause12_5, AnAddressPutRightIsUsedWhenTheMessageIsTriedAgainAndAnotherFailureIsAnotherTask) {
  Council& council = Council::Shared();
  const std::string wrong = Address("wrong");
  const std::string restriction = council.Tell({wrong});
  const Json share = council.Share(restriction, wrong);
  const std::string path = "/v1/notifications/" + share["id"].get<std::string>();
  const auto open_tasks = [&] {
    return council.stack.As("team_leader")
        .Get("/v1/tasks?kind=ESCALATED_SHARE&state=OPEN&restrictionId=" + restriction)
        .json["tasks"]
        .size();
  };
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(wrong), "failed", "5.1.1")));
  ASSERT_TRUE(council.Becomes(restriction, wrong, "ESCALATED"));
  EXPECT_EQ(open_tasks(), 1U);

  const std::string right = Address("right");
  const Json members = {{{"staffId", share["recipient"]}, {"email", right}}};
  ASSERT_THAT(council.stack.As("administrator", "")
                  .Put("/v1/audiences/public-numbers", {{"name", "Desk"}, {"members", members}}, {{"If-Match", "*"}}),
              Succeeds());
  ASSERT_THAT(council.stack.As("team_leader").Post(path + ":retry", {}, kAny), Succeeds());
  ASSERT_TRUE(Eventually([&] { return !council.Taken(right).empty(); }, 20)) << council.Message(share["id"]);
  EXPECT_EQ(HeaderOf(council.Taken(right), "Message-ID"), HeaderOf(council.Taken(wrong), "Message-ID"));
  ASSERT_TRUE(council.Becomes(restriction, wrong, "SENT"));
  EXPECT_EQ(open_tasks(), 0U);

  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(right), "failed", "5.2.2")));
  ASSERT_TRUE(council.Becomes(restriction, wrong, "ESCALATED"));
  EXPECT_THAT(council.Share(restriction, wrong)["escalation"].value("why", ""), HasSubstr("the mailbox is full (5.2.2)"));
  EXPECT_EQ(open_tasks(), 1U) << "a person has to decide again";
}

TEST(Scenario19, ReportsAreActedOnOnceThoughTheReaderIsKilledBetweenReadingAndFiling) {
  Council& council = Council::Shared();
  std::vector<std::string> addresses;
  for (int i = 0; i < 12; ++i) addresses.push_back(Address("many"));
  const std::string restriction = council.Tell(addresses);
  for (const std::string& address : addresses) {
    const std::string report = ReportOn(council.Taken(address), "failed", "5.1.1", "report-on-" + address.substr(0, address.find('@')));
    ASSERT_TRUE(council.mailbox.Put(report));
    ASSERT_TRUE(council.mailbox.Put(report)) << "and a mail server may send it twice";
  }
  for (const int done : {1, 5, 9}) {
    Eventually([&] { return council.Count(restriction, "ESCALATED") >= done; }, 20);
    council.stack.Signal("notification-service", SIGKILL);
    ASSERT_TRUE(council.stack.Ready());
  }
  EXPECT_TRUE(Eventually([&] { return council.Count(restriction, "ESCALATED") == 12; }, 30)) << council.Ledger(restriction);
  EXPECT_TRUE(council.IsEmpty());
  for (const std::string& address : addresses) {
    const Json message = council.Message(council.Share(restriction, address)["id"]);
    EXPECT_EQ(Council::Times(message, "PERMANENT_FAILURE"), 1) << message;
  }
  EXPECT_EQ(council.stack.As("team_leader").Get("/v1/tasks?kind=ESCALATED_SHARE&restrictionId=" + restriction).json["tasks"].size(), 12U);
}

// Filing is what comes last: where it can't be done at all, what was read counts, and is not done again once it can.
TEST(Scenario19, AMailboxThatCannotFileOrIsNotTrustedLosesAndDoublesNothing) {
  Council council;
  const std::string gone = Address("gone"), later = Address("later");
  const std::string restriction = council.Tell({gone, later});
  council.stack.Restart({{"EVENHAND_BOUNCE_FILED", "a..b"}});
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(gone), "failed", "5.1.1")));
  ASSERT_TRUE(council.Becomes(restriction, gone, "ESCALATED"));
  EXPECT_EQ(council.mailbox.Count("INBOX"), 1);

  council.stack.Restart({{"EVENHAND_BOUNCE_FILED", "Reports.read"}, {"EVENHAND_BOUNCE_CA", council.other.path}});
  ASSERT_TRUE(council.mailbox.Put(ReportOn(council.Taken(later), "failed", "5.1.1")));
  const std::string log = council.stack.data_dir() + "/logs/notification-service.log";
  ASSERT_TRUE(Eventually([&] {
    std::ifstream file(log);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return text.find("its certificate is not trusted") != std::string::npos;
  })) << log;
  EXPECT_EQ(council.mailbox.Count("INBOX"), 2);
  EXPECT_EQ(council.Share(restriction, later)["state"], "SENT");

  council.stack.Restart({{"EVENHAND_BOUNCE_CA", council.certificate.path}});
  ASSERT_TRUE(council.Becomes(restriction, later, "ESCALATED"));
  EXPECT_TRUE(council.IsEmpty());
  EXPECT_EQ(council.mailbox.Count("Reports.read"), 2);
  EXPECT_EQ(Council::Times(council.Message(council.Share(restriction, gone)["id"]), "PERMANENT_FAILURE"), 1);
}

}  // namespace
}  // namespace evenhand::testing
