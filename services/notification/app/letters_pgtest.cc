// A letter's way against a real PostgreSQL and a stand-in of GOV.UK Notify: printed is not gone, a try has a name of its own, and whatever
// somebody is asked to settle has a route that settles it.
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "services/notification/app/fan_out.h"
#include "services/notification/app/letter_calls.h"
#include "services/notification/app/letter_steps.h"
#include "services/notification/app/letters.h"
#include "services/notification/app/notifications.h"
#include "services/notification/app/people_heard.h"
#include "services/notification/app/tasks.h"
#include "services/notification/testing/messages.h"

namespace evenhand::notification {
namespace {

using ::testing::HasSubstr;
using State = v1::Letter::State;
using Kind = v1::Task::Kind;

// tests/functional/peers/notify_peer.py, a process of its own.
class NotifyPeer {
 public:
  explicit NotifyPeer(const std::string& folder) : posted_(folder + "/letters.jsonl") {
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(file, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(file, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = std::to_string(ntohs(address.sin_port));
    close(file);
    EndsAs("received");
    pid_ = fork();
    if (pid_ == 0) {
      execlp("python3", "python3", "tests/functional/peers/notify_peer.py", port_.c_str(), posted_.c_str(), kSecret, "well", nullptr);
      _exit(127);
    }
    for (int i = 0; i < 100 && Client().StatusOf("x").found == NotifyClient::Look::Found::kAway; ++i)
      absl::SleepFor(absl::Milliseconds(50));
  }
  ~NotifyPeer() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  NotifyClient Client() const { return {"http://127.0.0.1:" + port_, {"26785a09-ab16-4eb0-8407-a37497a57506", kSecret}}; }
  // How letters that are posted from now on end.
  void EndsAs(const std::string& status) const { std::ofstream(posted_ + ".mood") << status; }
  // The references of what was posted, in order.
  std::vector<std::string> Posted() const {
    std::vector<std::string> references;
    std::ifstream file(posted_);
    for (std::string line; std::getline(file, line);) references.push_back(line);
    return references;
  }

 private:
  static constexpr char kSecret[] = "3d844edf-8d35-48ac-975b-e847b4f122b0";
  const std::string posted_;
  std::string port_;
  pid_t pid_ = 0;
};

class LetterWays : public Messages {
 protected:
  LetterWays() {
    peers_.person.set_person_id("p-1");
    peers_.person.set_display_name("Pat Example");
    for (const char* line : {"1 High Street", "Alloa", "FK10 1AA"}) peers_.person.mutable_postal_address()->add_lines(line);
    peers_.person.mutable_postal_address()->set_confirmed(true);
  }

  // A warning to the person; its id.
  std::string Write(bool whole = true) {
    std::string id;
    InSession([&](Session& session) {
      LetterOrder order{.kind = LetterKind::WARNING,
                        .format = Format::FORMAT_UNSPECIFIED,
                        .event_id = NewUuid(),
                        .occasion = "letter.by_hand",
                        .decision_id = "d-1",
                        .service_area = "Housing",
                        .sender = "Housing",
                        .words = {{"addressee", "Pat"}, {"area", "Housing"}, {"expectation", "Please speak calmly."}},
                        .person = &peers_.person};
      if (whole) order.words["reason"] = "Two calls were hard.";
      id = IssueLetter(context_, session, order).id();
    });
    return id;
  }
  void Print(const NotifyPeer* notify = nullptr, const std::string& folder = "") {
    Process process(*this);
    const NotifyClient client = notify == nullptr ? NotifyClient("", {}) : notify->Client();
    process.deliverer.PrintLetters(folder, notify == nullptr ? nullptr : &client);
  }
  // Looks until Notify's end of every letter is known.
  void AskNotify(const NotifyPeer& notify, int times = 3) {
    Process process(*this);
    for (int i = 0; i < times; ++i) {
      clock_.Advance(absl::Seconds(30));
      process.deliverer.AskNotify(notify.Client());
    }
  }
  v1::Letter LetterOf(const std::string& id) {
    v1::Letter letter;
    InSession([&](Session& session) { letter = FindLetter(session, id)->letter; });
    return letter;
  }
  std::string Message(const std::string& id) { return Sql("select state from notification where letter_id = '" + id + "'"); }
  std::string OpenTasks(const std::string& id) {
    return Sql("select coalesce(string_agg(kind, ',' order by kind), '') from task where state = 'OPEN' and letter_id = '" + id + "'");
  }
  bool CountsAsTold(const std::string& id) {
    const v1::Letter letter = LetterOf(id);
    return std::ranges::any_of(letter.told(), [](const v1::Telling& telling) { return telling.undone().empty(); });
  }

  Outcome<v1::Letter> Posted(const std::string& id, const std::string& on = "") {
    v1::RecordPostedRequest request;
    request.set_id(id);
    request.set_posted_on(on);
    return RecordPosted(context_, As("E2001", Role::kTeamLeader, "LetterService/RecordPosted"), request);
  }
  Outcome<v1::Letter> Retry(const std::string& id) {
    v1::RetryLetterRequest request;
    request.set_id(id);
    return RetryLetter(context_, As("E2001", Role::kTeamLeader, "LetterService/RetryLetter"), request);
  }
  Outcome<v1::Letter> Confirm(const std::string& id, const std::vector<std::string>& lines = {"2 New Street", "Alloa", "FK10 1AB"}) {
    v1::ConfirmAddressRequest request;
    request.set_id(id);
    request.mutable_address()->Add(lines.begin(), lines.end());
    request.set_confirmed_how("by telephone");
    return ConfirmAddress(context_, As("E2001", Role::kTeamLeader, "LetterService/ConfirmAddress"), request);
  }
  Outcome<v1::Notification> Returned(const std::string& id, const std::string& on = "") {
    v1::RecordReturnedRequest request;
    request.set_returned_on(on);
    request.set_id(LetterOf(id).notification_id());
    request.set_reason("Gone away");
    return RecordReturned(context_, As("E2001", Role::kTeamLeader, "NotificationService/RecordReturned"), request);
  }
  Outcome<v1::Task> Complete(const std::string& task) {
    v1::CompleteTaskRequest request;
    request.set_id(task);
    request.set_outcome("Settled by hand.");
    return CompleteTask(context_, As("E2001", Role::kTeamLeader, "TaskService/CompleteTask"), request);
  }
};

TEST_F(LetterWays, Clause7_3_PrintedIsNotGoneAndTheirTimeOpensWhenThePostRoomSaysPosted) {
  const std::string id = Write();
  Print();
  EXPECT_EQ(LetterOf(id).state(), State::PRINTED);
  EXPECT_EQ(Message(id), "PRINTED");
  EXPECT_FALSE(CountsAsTold(id));
  EXPECT_EQ(Sql("select (length(pdf) > 1000)::text from letter where id = '" + id + "'"), "true") << "kept where no pod can lose it";
  EXPECT_EQ(Posted(id, "2026-11-26").refusal().violations.at(0).field, "postedOn") << "not tomorrow";
  EXPECT_EQ(Posted(id, "2026-11-24").refusal().violations.at(0).field, "postedOn") << "nor before it was printed";
  const auto posted = Posted(id);
  ASSERT_TRUE(posted.ok()) << posted.refusal().detail;
  EXPECT_EQ(posted->state(), State::POSTED);
  EXPECT_EQ(posted->told(0).on(), "2026-11-25");
  EXPECT_EQ(Message(id), "SENT");
  EXPECT_EQ(Posted(id).refusal().kind, RefusalKind::kConflict) << "once";
}

TEST_F(LetterWays, Clause7_3_WhatNotifyTookIsNotToldUntilItIsDispatchedAndARefusedOneGoesAgainUnderANameOfItsOwn) {
  const NotifyPeer notify(folder_);
  notify.EndsAs("validation-failed");
  const std::string id = Write();
  Print(&notify);
  EXPECT_EQ(LetterOf(id).state(), State::PRINTED);
  EXPECT_FALSE(CountsAsTold(id)) << "201 is not told";
  AskNotify(notify);
  EXPECT_EQ(LetterOf(id).state(), State::FAILED);
  EXPECT_EQ(Message(id), "PERMANENT_FAILURE");
  EXPECT_EQ(OpenTasks(id), "LETTER_REFUSED");
  EXPECT_FALSE(CountsAsTold(id));
  // Refused again: another task.
  ASSERT_TRUE(Retry(id).ok());
  EXPECT_EQ(OpenTasks(id), "");
  Print(&notify);
  AskNotify(notify);
  EXPECT_EQ(OpenTasks(id), "LETTER_REFUSED");
  notify.EndsAs("received");
  v1::RetryNotificationRequest again;
  again.set_id(LetterOf(id).notification_id());
  const auto retried = RetryNotification(context_, As("E2001", Role::kTeamLeader, "NotificationService/RetryNotification"), again);
  ASSERT_TRUE(retried.ok()) << retried.refusal().detail;
  EXPECT_EQ(retried->state(), NotificationState::QUEUED);
  Print(&notify);
  AskNotify(notify);
  EXPECT_EQ(LetterOf(id).state(), State::POSTED);
  EXPECT_EQ(Message(id), "DELIVERED");
  EXPECT_TRUE(CountsAsTold(id));
  const auto names = notify.Posted();
  ASSERT_EQ(names.size(), 3U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 3U);
}

TEST_F(LetterWays, Scenario20_ALetterThatCameBackIsPostedAnewToTheOtherAddressAndMayComeBackAgain) {
  const NotifyPeer notify(folder_);
  const std::string id = Write();
  Print(&notify);
  AskNotify(notify);
  ASSERT_TRUE(CountsAsTold(id));
  for (const std::size_t letters : {2U, 3U}) {
    ASSERT_TRUE(Returned(id).ok());
    EXPECT_FALSE(CountsAsTold(id));
    EXPECT_EQ(OpenTasks(id), "RETURNED_LETTER");
    EXPECT_EQ(Retry(id).refusal().kind, RefusalKind::kConflict) << "its address comes first";
    ASSERT_TRUE(Confirm(id).ok());
    EXPECT_EQ(OpenTasks(id), "");
    Print(&notify);
    AskNotify(notify);
    EXPECT_EQ(notify.Posted().size(), letters);
    EXPECT_EQ(LetterOf(id).state(), State::POSTED);
    EXPECT_TRUE(CountsAsTold(id));
  }
}

TEST_F(LetterWays, OneTryThatNotifyHasAlreadyIsNotPostedTwiceAndWhatBecameOfItIsAskedFor) {
  const NotifyPeer notify(folder_);
  const std::string id = Write();
  ASSERT_EQ(notify.Client().PostLetter(ReferenceOfTry(LetterOf(id)), "%PDF").sent.end, Sent::End::kAccepted);  // and the answer was lost
  Print(&notify);
  EXPECT_EQ(notify.Posted().size(), 1U);
  AskNotify(notify);
  EXPECT_EQ(LetterOf(id).state(), State::POSTED);
  notify.EndsAs("validation-failed");
  const std::string other = Write();
  const auto refused = notify.Client().PostLetter(ReferenceOfTry(LetterOf(other)), "%PDF");
  for (int i = 0; i < 2; ++i) (void)notify.Client().StatusOf(refused.id);
  Print(&notify);
  EXPECT_EQ(LetterOf(other).state(), State::FAILED) << "known already, and refused there";
}

TEST_F(LetterWays, LettersThatNotifyDoesNotKnowStepAsideAndAreSomebodysTask) {
  const NotifyPeer notify(folder_);
  std::vector<std::string> unknown;
  for (int i = 0; i < 50; ++i) unknown.push_back(Write());
  InSession([&](Session& session) {
    for (const std::string& id : unknown) LetterPrinted(session, id, "%PDF", NewUuid());
    session.sql().exec("update notification set state = 'PRINTED', document = document || '{\"state\": \"PRINTED\"}'");
  });
  const std::string known = Write();
  Print(&notify);
  AskNotify(notify, 6);
  EXPECT_EQ(LetterOf(known).state(), State::POSTED);
  EXPECT_LE(std::stoi(Sql("select max(notify_looks) from letter")), 6) << "later and later";
  EXPECT_EQ(OpenTasks(unknown[0]), "LETTER_UNACCOUNTED");
  EXPECT_EQ(LetterOf(unknown[0]).state(), State::PRINTED) << "nobody knows whether it went";
  EXPECT_FALSE(CountsAsTold(unknown[0]));
}

TEST_F(LetterWays, Scenario25_ADeathBeforeThePostRoomHasPostedStopsTheLetterAndTakesItOutOfTheFolder) {
  const std::string print = folder_ + "/print";
  const std::string gone = Write();
  Print(nullptr, print);
  ASSERT_TRUE(Posted(gone).ok());
  const std::string id = Write();
  Print(nullptr, print);
  std::ofstream(print + "/LET-1999-000001.pdf") << "not ours";
  const std::string file = print + "/" + LetterOf(id).reference() + ".pdf";
  Process process(*this);
  process.deliverer.TidyPrintFolder(print);
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_FALSE(std::filesystem::exists(print + "/" + LetterOf(gone).reference() + ".pdf")) << "posted: nobody prints it twice";
  InSession([&](Session& session) {
    const events::PersonDied died{.person = events::PersonRef{.person_id = "p-1"}};
    (void)HearOfPeople(context_, session, IncomingEvent::Of(died, "e", session.now()));
  });
  EXPECT_EQ(LetterOf(id).state(), State::STOPPED);
  process.deliverer.TidyPrintFolder(print);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(std::filesystem::exists(print + "/LET-1999-000001.pdf")) << "what isn't understood is left";
}

TEST_F(LetterWays, Scenario5_WhoIsAliveAfterAMergeIsUndoneIsWrittenToAgain) {
  const auto happens = [&](const auto& event) {
    InSession([&](Session& session) { (void)HearOfPeople(context_, session, IncomingEvent::Of(event, NewUuid(), session.now())); });
  };
  const events::PersonRef person{.person_id = "p-1"};
  happens(events::PersonDied{.person = person});
  const std::string while_dead = Write();
  EXPECT_EQ(LetterOf(while_dead).state(), State::STOPPED);
  happens(events::PersonUnmerged{.person = person, .merged_person_id = "p-2"});
  EXPECT_EQ(LetterOf(Write()).state(), State::STOPPED) << "nobody said that it was the other who had died";
  happens(events::PersonDeathUndone{.person = person});
  EXPECT_EQ(LetterOf(while_dead).state(), State::AWAITING_ADDRESS) << "and the address is asked for: it may be the other's";
  EXPECT_TRUE(Confirm(while_dead, {"1 High Street", "Alloa", "FK10 1AA"}).ok());
  EXPECT_EQ(LetterOf(while_dead).state(), State::QUEUED);
  EXPECT_NE(LetterOf(Write()).state(), State::STOPPED);
}

TEST_F(LetterWays, Clause7_3_ASystemsReceiptOpensNoTimeToAppeal) {
  const std::string id = Write();
  Print();
  v1::RecordReceiptRequest receipt;
  receipt.set_id(LetterOf(id).notification_id());
  receipt.set_receipt_id("r-1");
  receipt.set_state(NotificationState::DELIVERED);
  for (const Role role : {Role::kCrm, Role::kAdministrator})
    EXPECT_EQ(RecordReceipt(context_, As("u-system", role, "NotificationService/RecordReceipt"), receipt).refusal().kind,
              RefusalKind::kNotPermitted);
  EXPECT_FALSE(CountsAsTold(id));
}

TEST_F(LetterWays, Clause11_1_ALetterComesBackAfterItWasWrittenAndNotTomorrow) {
  const std::string id = Write();
  Print();
  const LocalDate today = DateOf(clock_.Now());
  for (const std::string& on : {FormatDate(today - 1), FormatDate(today + 1), std::string("yesterday")})
    EXPECT_EQ(Returned(id, on).refusal().kind, RefusalKind::kInvalid) << on;
  EXPECT_TRUE(Returned(id, FormatDate(today)).ok());
}

TEST_F(LetterWays, Clause11_1_NoLetterIsSentToAnAddressThatIsNone) {
  const std::string id = Write();
  Print();
  ASSERT_TRUE(Returned(id).ok());
  for (const std::vector<std::string>& lines :
       std::vector<std::vector<std::string>>{{"", ""}, {"NFA", "Alloa", "FK10 1AA"}, {"1 High Street", "Alloa"}})
    EXPECT_EQ(Confirm(id, lines).refusal().kind, RefusalKind::kInvalid);
  // Kept with the person from before the rule: it is confirmed anew.
  peers_.person.mutable_postal_address()->clear_lines();
  for (const char* line : {"", " "}) peers_.person.mutable_postal_address()->add_lines(line);
  EXPECT_EQ(LetterOf(Write()).state(), State::AWAITING_ADDRESS);
}

// Every kind of task in each state of its letter or message in which it is asked: a route that exists settles it, and what it was about
// waits for nobody any more.
TEST_F(LetterWays, WhateverAPersonIsAskedToSettleHasARouteThatSettlesIt) {
  const NotifyPeer notify(folder_);
  notify.EndsAs("validation-failed");
  const auto failed = [&] {
    const std::string id = Write();
    Print(&notify);
    AskNotify(notify);
    EXPECT_EQ(LetterOf(id).state(), State::FAILED);
    return id;
  };
  const auto returned = [&] {
    const std::string id = Write();
    Print();
    EXPECT_TRUE(Returned(id).ok());
    InSession([](Session& session) { ForgetReturnedAddress(session, "p-1", {}); });  // the next one may be posted there
    return id;
  };
  const auto unaccounted = [&] {
    const std::string id = Write();
    Print();
    InSession([&](Session& session) { NoteAtNotify(session, id, NewUuid()); });
    AskNotify(notify, 4);
    return id;
  };
  const auto waiting = [&](bool hand_made) {
    const restriction::v1::PersonFacts before = peers_.person;
    if (hand_made) peers_.person.set_preferred_format(Format::BSL);
    if (!hand_made) peers_.person.mutable_postal_address()->set_confirmed(false);
    const std::string id = Write();
    peers_.person = before;
    return id;
  };
  const auto complete = [&](const std::string& id) {
    return Complete(Sql("select id from task where state = 'OPEN' and letter_id = '" + id + "'")).ok();
  };
  const std::set<State::Value> settled = {State::QUEUED, State::POSTED, State::STOPPED};
  struct Way {
    Kind::Value kind;
    std::function<std::string()> state;
    std::function<bool(const std::string&)> route;
  };
  const auto retry = [&](const std::string& id) { return Retry(id).ok(); };
  const auto confirm = [&](const std::string& id) { return Confirm(id).ok(); };
  const auto posted = [&](const std::string& id) { return Posted(id).ok(); };
  std::set<int> walked;
  for (const Way& way : std::vector<Way>{{Kind::LETTER_REFUSED, failed, retry},
                                         {Kind::LETTER_REFUSED, failed, confirm},
                                         {Kind::LETTER_REFUSED, failed, complete},
                                         {Kind::RETURNED_LETTER, returned, confirm},
                                         {Kind::RETURNED_LETTER, returned, complete},
                                         {Kind::LETTER_UNACCOUNTED, unaccounted, posted},
                                         {Kind::LETTER_UNACCOUNTED, unaccounted, retry},
                                         {Kind::CONFIRM_ADDRESS, [&] { return waiting(false); }, confirm},
                                         {Kind::PRODUCE_FORMAT, [&] { return waiting(true); }, complete}}) {
    const std::string id = way.state();
    EXPECT_EQ(OpenTasks(id), Kind::Value_Name(way.kind));
    EXPECT_TRUE(way.route(id)) << Kind::Value_Name(way.kind);
    EXPECT_EQ(OpenTasks(id), "") << Kind::Value_Name(way.kind);
    EXPECT_TRUE(settled.contains(LetterOf(id).state())) << Kind::Value_Name(way.kind) << " " << State::Value_Name(LetterOf(id).state());
    walked.insert(way.kind);
  }
  // What could not be issued, for its words: nothing sends it as it is, and it can be set aside.
  const std::string bare = Write(/*whole=*/false);
  EXPECT_EQ(OpenTasks(bare), "LETTER_REFUSED");
  EXPECT_THAT(Retry(bare).refusal().detail, HasSubstr("It still can't be issued"));
  EXPECT_EQ(Confirm(bare).refusal().kind, RefusalKind::kConflict);
  EXPECT_TRUE(complete(bare));
  EXPECT_EQ(LetterOf(bare).state(), State::STOPPED);
  // All others are done by saying what was done.
  for (int kind = 1; kind < Kind::Value_ARRAYSIZE; ++kind) {
    if (walked.contains(kind)) continue;
    InSession([&](Session& session) {
      OpenTask(session, {.kind = static_cast<Kind::Value>(kind),
                         .description = "x",
                         .service_area = "Housing",
                         .due_on = DateOf(session.now()),
                         .once = "walk/" + std::to_string(kind)});
    });
    EXPECT_TRUE(Complete(Sql("select id from task where once = 'walk/" + std::to_string(kind) + "'")).ok()) << kind;
  }
  EXPECT_EQ(Sql("select count(*) from task where state = 'OPEN' and once like 'walk/%'"), "0");
}

}  // namespace
}  // namespace evenhand::notification
