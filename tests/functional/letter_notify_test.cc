// Letters through GOV.UK Notify (a stand-in by its public documentation), and mail by STARTTLS with authentication.
#include "tests/functional/receivers.h"

namespace evenhand::testing {
namespace {

constexpr char kService[] = "26785a09-ab16-4eb0-8407-a37497a57506";
constexpr char kSecret[] = "3d844edf-8d35-48ac-975b-e847b4f122b0";

// A stack whose letters go to Notify in this mood; one restriction letter is on its way.
struct NotifyStack {
  Folder folder;
  const int port = UnusedPort();
  Peer notify;
  Stack stack;
  std::string restriction;

  explicit NotifyStack(const std::string& mood)
      : notify(Words(mood), port),
        stack({{"EVENHAND_NOTIFY_URL", "http://127.0.0.1:" + std::to_string(port)},
               {"EVENHAND_NOTIFY_KEY", std::string("trial-") + kService + "-" + kSecret},
               {"EVENHAND_RETRY_FIRST", "200ms"}}) {
    const Json address = {"Pat Example", "1 High Street", "Alloa", "FK10 1AA"};
    const Reply person = stack.As("team_leader")
                             .Post("/v1/people", {{"displayName", "Pat Example"},
                                                  {"handles", {{{"kind", "PHONE"}, {"value", FreshPhone()}}}},
                                                  {"postalAddress", {{"lines", address}, {"confirmed", true}}}});
    restriction = Impose(stack, person.id()).id();
  }
  std::vector<std::string> Words(const std::string& mood) const {
    std::vector<std::string> words{"python3", "tests/functional/peers/notify_peer.py", std::to_string(port), folder.path + "/letters.jsonl",
                                   kSecret};
    if (!mood.empty()) words.push_back(mood);
    return words;
  }
  std::string Ask(const std::string& what) {
    return stack.Sql("select " + what + " from notification.notification where kind = 'LETTER' and restriction_id = '" + restriction + "'");
  }
  bool Becomes(const std::string& state) {
    return Eventually([&] { return Ask("state").rfind(state, 0) == 0; }, 40);
  }
  std::size_t Letters() const { return LinesOf(folder.path + "/letters.jsonl").size(); }
};

TEST(LetterNotify, ALetterGoesOnceThroughFaultsAndItsReceiptIsDelivered) {
  NotifyStack with("");
  EXPECT_TRUE(with.Becomes("DELIVERED")) << with.Ask("state");
  EXPECT_EQ(with.Letters(), 1U);
}

TEST(LetterNotify, OverTheRateLimitItWaitsAMinuteAndMayBeTriedByHandBefore) {
  NotifyStack with("busy");
  ASSERT_TRUE(with.Becomes("TEMPORARY_FAILURE")) << with.Ask("state");
  EXPECT_EQ(with.Ask("(next_attempt_at - updated_at >= interval '59 seconds')::text"), "true") << with.Ask("next_attempt_at - updated_at");
  EXPECT_EQ(with.Letters(), 0U);
  const std::string id = with.Ask("id");
  ASSERT_THAT(with.stack.As("team_leader").Post("/v1/notifications/" + id + ":retry", {}, {{"If-Match", "*"}}), Succeeds());
  EXPECT_TRUE(with.Becomes("DELIVERED")) << with.Ask("state");
  EXPECT_EQ(with.Letters(), 1U);
}

TEST(LetterNotify, ALetterWhoseAnswerWasLostIsAskedForAndNotPostedTwice) {
  NotifyStack with("lost");
  EXPECT_TRUE(with.Becomes("DELIVERED")) << with.Ask("state");
  EXPECT_EQ(with.Letters(), 1U);
}

TEST(LetterNotify, ALetterThatNotifyRefusesForGoodShowsAndOpensATask) {
  NotifyStack with("validation-failed");
  ASSERT_TRUE(with.Becomes("PERMANENT_FAILURE")) << with.Ask("state");
  const Client leader = with.stack.As("team_leader");
  const Json tasks = leader.Get("/v1/tasks?kind=LETTER_REFUSED&restrictionId=" + with.restriction).json["tasks"];
  EXPECT_EQ(tasks.size(), 1U);
  EXPECT_EQ(leader.Get("/v1/letters?restrictionId=" + with.restriction).json["letters"][0]["state"], "FAILED");
}

TEST(LetterNotify, ARefusedLetterTellsNobodyAndGoesOnRequestWhenNotifyIsWellAgain) {
  NotifyStack with("validation-failed");
  ASSERT_TRUE(with.Becomes("PERMANENT_FAILURE")) << with.Ask("state");
  const Client leader = with.stack.As("team_leader");
  const std::string today = with.stack.Sql("select (now() at time zone 'Europe/London')::date").substr(0, 10);
  const Reply appeal =
      leader.Post("/v1/appeals", {{"restrictionId", with.restriction}, {"receivedOn", today}, {"by", "PERSON"}, {"grounds", "No"}});
  EXPECT_FALSE(appeal.json["deadlines"].contains("appealClosesOn")) << "nobody was told";
  std::ofstream(with.folder.path + "/letters.jsonl.mood") << "received";
  ASSERT_THAT(leader.Post("/v1/notifications/" + with.Ask("id") + ":retry", {}, {{"If-Match", "*"}}), Succeeds());
  EXPECT_TRUE(with.Becomes("DELIVERED")) << with.Ask("state");
  EXPECT_EQ(with.Letters(), 2U);
  EXPECT_EQ(leader.Get("/v1/letters?restrictionId=" + with.restriction).json["letters"][0]["state"], "POSTED");
  EXPECT_TRUE(Eventually([&] { return leader.Get("/v1/appeals/" + appeal.id()).json["deadlines"].contains("appealClosesOn"); }));
}

TEST(LetterNotify, AFaultInsideNotifyIsATechnicalFailure) {
  NotifyStack with("technical-failure");
  EXPECT_TRUE(with.Becomes("TECHNICAL_FAILURE")) << with.Ask("state");
}

TEST(LetterNotify, MailIsTakenByAServerThatAsksForStartTlsAndAPassword) {
  const Folder folder;
  const std::string certificate = folder.path + "/certificate.pem", key = folder.path + "/key.pem";
  const std::string make =
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " + key +
      " -out " + certificate + " 2>/dev/null && chmod -R a+rX " + folder.path;
  ASSERT_EQ(std::system(make.c_str()), 0);
  const int port = UnusedPort();
  const Peer mail({"python3", "tests/functional/peers/mail_peer.py", std::to_string(port), folder.path + "/mail.jsonl", certificate, key},
                  port);
  Stack stack({{"EVENHAND_SMTP_URL", "smtp://127.0.0.1:" + std::to_string(port)},
               {"EVENHAND_SMTP_CA", certificate},
               {"EVENHAND_SMTP_USER", "evenhand"},
               {"EVENHAND_SMTP_PASSWORD", "letmein"}});
  ASSERT_THAT(stack.As("administrator", "")
                  .Put("/v1/audiences/public-numbers",
                       {{"name", "Desk"}, {"members", {{{"staffId", "u-one"}, {"email", "one@example.org"}}}}}, {{"If-Match", "*"}}),
              Succeeds());
  Impose(stack, RegisterPerson(stack));
  ASSERT_TRUE(Eventually([&] { return LinesOf(folder.path + "/mail.jsonl").size() == 1; }, 20));
  EXPECT_EQ(LinesOf(folder.path + "/mail.jsonl")[0]["secure"], true);
}

}  // namespace
}  // namespace evenhand::testing
