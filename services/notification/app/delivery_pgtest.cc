// Messages against a real PostgreSQL where races and crashes matter: told once, sent once, and the same id where it has to go again.
#include <atomic>
#include <filesystem>
#include <thread>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/notification/app/catalog.h"
#include "services/notification/app/delivery.h"
#include "services/notification/app/fan_out.h"
#include "services/notification/app/lookout.h"
#include "services/notification/app/notifications.h"
#include "services/notification/send/renderer.h"
#include "services/notification/store/audience_store.h"
#include "services/notification/wiring.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/rpc/background.h"
#include "services/platform/testing/pg.h"

namespace evenhand::notification {

std::span<const Migration> Migrations();

namespace {

// One restriction that blocks the telephone.
class Neighbours final : public Peers {
 public:
  Outcome<restriction::v1::NotificationFacts> Restriction(const Call&, const std::string& id, const std::string&) override {
    if (away) return Refusal{.kind = RefusalKind::kUnavailable, .reason = "UNAVAILABLE", .detail = "away"};
    restriction::v1::NotificationFacts facts;
    facts.set_restriction_id(id);
    facts.set_restriction_reference("RES-2026-000001");
    facts.set_service_area("Housing");
    facts.set_person_id("p-1");
    facts.set_state(restriction::v1::Restriction::State::IN_FORCE);
    facts.mutable_person()->set_person_id("p-1");
    facts.mutable_explanation()->mutable_withheld()->set_record("no letter in this test");
    auto& measure = *facts.add_measures();
    measure.set_kind(restriction::v1::Measure::Kind::BLOCK_CHANNEL);
    measure.set_channel(restriction::v1::Channel::PHONE);
    return facts;
  }
  Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(const Call&,
                                                                   const restriction::v1::ListCloseColleaguesRequest&) override {
    return restriction::v1::ListCloseColleaguesResponse();
  }
  Outcome<restriction::v1::PersonFacts> Person(const Call&, const std::string& id) override {
    restriction::v1::PersonFacts facts;
    facts.set_person_id(id);
    return facts;
  }
  Outcome<appeal::v1::Appeal> Appeal(const Call&, const std::string&) override { return NotFound("appeal"); }
  Outcome<incident::v1::GroundsFacts> Incident(const Call&, const std::string&) override { return NotFound("incident"); }
  Outcome<std::string> AppealBy(const Call&, const std::string&) override { return std::string("2026-12-24"); }

  std::atomic<bool> away = false;
};

Catalog Letters() {
  auto catalog = Catalog::Load("services/notification/letters");
  EXPECT_TRUE(catalog.ok());
  return *std::move(catalog);
}

class Messages : public ::testing::Test {
 protected:
  Messages()
      : clock_(*ParseInstant("2026-11-25T10:00:00Z")),
        pool_({.connection = testing::Postgres::Shared().Fresh("notification", Migrations()), .schema = "notification", .size = 24}),
        routes_(Spec().routes),
        work_(pool_, clock_, routes_),
        catalog_(Letters()),
        renderer_("/usr/bin/python3", "services/notification/letters", "/tmp/evenhand-delivery-test-scratch"),
        providers_(Rates{}),
        context_{.unit_of_work = work_,
                 .clock = clock_,
                 .peers = peers_,
                 .catalog = catalog_,
                 .renderer = renderer_,
                 .providers = providers_,
                 .public_url = "https://evenhand.example.org"} {
    char name[] = "/tmp/evenhand-mail-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~Messages() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // What a process has: its own deliverer and senders; mail goes into a folder, a file a message id.
  struct Process {
    explicit Process(Messages& test)
        : deliverer(test.context_, {.first = absl::Seconds(2), .attempts = 3}, [this] { return stopping.load(); }),
          sender({.folder = test.folder_}) {}
    std::atomic<bool> stopping = false;
    Deliverer deliverer;
    SmtpSender sender;
  };

  template <typename Work>
  void InSession(Work work) {
    auto done = work_.Write<v1::Notification>(OwnCall("test"), [&](Session& session) -> Outcome<v1::Notification> {
      work(session);
      return v1::Notification();
    });
    EXPECT_TRUE(done.ok());
  }
  void Queue(int count) {
    InSession([&](Session& session) {
      for (int i = 0; i < count; ++i) {
        Outgoing message{.notification = {},
                         .event_id = "e-" + std::to_string(i),
                         .provider = "smtp",
                         .address = "a" + std::to_string(i) + "@example.org",
                         .payload = "Subject\nText",
                         .traceparent = ""};
        message.notification.set_kind(v1::Notification::Kind::SHARE);
        message.notification.set_means(v1::Notification::Means::EMAIL);
        message.notification.set_recipient("s-" + std::to_string(i));
        NotificationStore(session).Insert(message);
      }
    });
  }
  void KeepPublicNumbers(int people) {
    InSession([&](Session& session) {
      v1::Audience audience = *FindAudience(session, "public-numbers");
      for (int i = 0; i < people; ++i) {
        auto& member = *audience.add_members();
        member.set_staff_id("cc-" + std::to_string(i));
        member.set_email("cc" + std::to_string(i) + "@example.org");
      }
      PutAudience(session, audience);
    });
  }
  int Mails() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) count += entry.path().extension() == ".eml" ? 1 : 0;
    return count;
  }
  std::string Sql(const std::string& query) {
    const auto connection = pool_.Open();
    pqxx::nontransaction sql(*connection);
    const auto rows = sql.exec(query);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
  }

  FakeClock clock_;
  Pool pool_;
  std::vector<EventRoute> routes_;
  UnitOfWork work_;
  Neighbours peers_;
  const Catalog catalog_;
  const Renderer renderer_;
  Providers providers_;
  const Context context_;
  std::string folder_;
};

TEST_F(Messages, SendersOfTwoProcessesAtOnceTakeEachMessageOnce) {
  constexpr int kMany = 120;
  Queue(kMany);
  Process one(*this), two(*this);
  SmtpSender more({.folder = folder_});
  std::thread a([&] { one.deliverer.SendEmails(one.sender); }), b([&] { two.deliverer.SendEmails(two.sender); }),
      c([&] { two.deliverer.SendEmails(more); });
  a.join();
  b.join();
  c.join();
  EXPECT_EQ(Mails(), kMany);
  EXPECT_EQ(Sql("select count(*) from notification where state = 'SENT' and attempts = 1"), std::to_string(kMany));
  EXPECT_EQ(Sql("select count(*) from notification_transition where to_state = 'SENDING'"), std::to_string(kMany));
}

TEST_F(Messages, ASenderKilledBetweenSendingAndMarkingSendsAgainWithTheSameId) {
  Queue(1);
  std::string id;
  InSession([&](Session& session) {
    const auto claimed = NotificationStore(session).Claim(v1::Notification::Means::EMAIL, 8, 64, session.now() + absl::Seconds(90), {});
    ASSERT_EQ(claimed.size(), 1U);
    id = claimed[0].notification.id();
    SmtpSender({.folder = folder_}).Send({id, claimed[0].address, "s", "t", ""}, session.now());
  });  // and the process is gone
  Process next(*this);
  next.deliverer.ReleaseLeases();
  next.deliverer.SendEmails(next.sender);
  EXPECT_EQ(Sql("select state from notification"), "SENDING") << "its lease holds: nobody else sends it";
  clock_.Advance(absl::Seconds(91));
  Process later(*this);
  later.deliverer.ReleaseLeases();
  later.deliverer.SendEmails(later.sender);
  EXPECT_EQ(Sql("select state from notification"), "SENT");
  EXPECT_EQ(Sql("select attempts from notification"), "2");
  EXPECT_EQ(Sql("select id from notification"), id);
  EXPECT_EQ(Mails(), 1) << "the second copy has the first one's id";
}

TEST_F(Messages, ALookThatFindsNothingWritesNothing) {
  const std::string marks = Sql("select count(*) from idempotency");
  Process idle(*this);
  idle.deliverer.ReleaseLeases();
  idle.deliverer.SendEmails(idle.sender);
  Bell occasions;
  Lookout(pool_, clock_, idle.deliverer, occasions).Look();
  EXPECT_EQ(Sql("select count(*) from idempotency"), marks) << "ten looks a second would be ten commits on the disk";
}

TEST_F(Messages, WhatAnotherProcessLeftIsFoundByTheLookAndSentByAllSendersTogether) {
  constexpr int kMany = 60;
  KeepPublicNumbers(kMany);
  Process process(*this);
  FanOut fan_out(context_);
  const auto occasions = std::make_shared<Bell>();
  Lookout lookout(pool_, clock_, process.deliverer, *occasions);
  std::atomic<int> senders = 0;
  Background background(/*enabled=*/true);
  background.WhenRung(occasions, "fan-out", [&] {
    fan_out.RunOnce();
    lookout.Look();
  });
  for (int i = 0; i < 4; ++i) {
    background.WhenRung(process.deliverer.BellOf(v1::Notification::Means::EMAIL), "email",
                        [&, sender = std::make_shared<SmtpSender>(SmtpSettings{.folder = folder_}), first = true]() mutable {
                          if (std::exchange(first, false)) ++senders;
                          process.deliverer.SendEmails(*sender);
                        });
  }
  InSession([](Session& session) {
    KeepOccasion(session, {.id = "event-1",
                           .source = "restriction",
                           .type = "restriction.imposed",
                           .thing = "r-1",
                           .attributes = {{"restrictionId", "r-1"}, {"personId", "p-1"}, {"serviceArea", "Housing"}},
                           .occurred_at = session.now()});
  });
  lookout.Look();  // once: the rest is rung for
  for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end && Mails() < kMany;) absl::SleepFor(absl::Milliseconds(5));
  background.Stop();
  EXPECT_EQ(Mails(), kMany);
  EXPECT_EQ(Sql("select count(*) from notification where state = 'SENT' and attempts = 1"), std::to_string(kMany));
  EXPECT_GT(senders, 1);
}

TEST_F(Messages, WhatIsRungForIsSentThoughALookJustBeforeFoundNothing) {
  Process process(*this);
  process.deliverer.SendEmails(process.sender);
  Queue(1);
  process.deliverer.RingFor(v1::Notification::Means::EMAIL);
  process.deliverer.SendEmails(process.sender);
  EXPECT_EQ(Mails(), 1);
}

TEST_F(Messages, ALookReleasesWhatASenderThatDiedHadInHand) {
  Queue(1);
  InSession([&](Session& session) {
    NotificationStore(session).Claim(v1::Notification::Means::EMAIL, 8, 64, session.now() + absl::Seconds(90), {});
  });
  Process next(*this);
  Bell occasions;
  Lookout lookout(pool_, clock_, next.deliverer, occasions);
  lookout.Look();
  EXPECT_EQ(Sql("select state from notification"), "SENDING");
  clock_.Advance(absl::Seconds(91));
  lookout.Look();
  EXPECT_EQ(Sql("select state from notification"), "QUEUED");
}

TEST_F(Messages, ADatabaseThatIsAwayIsLookedAtAgain) {
  Process process(*this);
  Bell occasions;
  Lookout lookout(pool_, clock_, process.deliverer, occasions);
  testing::Postgres::Shared().Crash();
  lookout.Look();
  testing::Postgres::Shared().Start();
  Queue(1);
  lookout.Look();
  process.deliverer.SendEmails(process.sender);
  EXPECT_EQ(Mails(), 1);
}

TEST_F(Messages, AProvidersRateIsKeptByAllItsSendersTogether) {
  Queue(30);
  Providers slow(Rates{.smtp = 10});
  const Context context{.unit_of_work = work_,
                        .clock = clock_,
                        .peers = peers_,
                        .catalog = catalog_,
                        .renderer = renderer_,
                        .providers = slow,
                        .public_url = ""};
  Deliverer deliverer(context, {}, [] { return false; });
  SmtpSender one({.folder = folder_}), two({.folder = folder_});
  const absl::Time start = absl::Now();
  std::thread a([&] { deliverer.SendEmails(one); }), b([&] { deliverer.SendEmails(two); });
  a.join();
  b.join();
  EXPECT_EQ(Mails(), 30);
  EXPECT_GE(absl::Now() - start, absl::Seconds(1.9)) << "ten at once, twenty more at ten a second";
}

TEST_F(Messages, WhatWasClaimedAndNotTriedWhenTheProcessStopsGoesBackUncounted) {
  Queue(3);
  InSession([](Session& session) {
    NotificationStore store(session);
    const auto claimed = store.Claim(v1::Notification::Means::EMAIL, 8, 64, session.now() + absl::Seconds(90), {});
    std::vector<std::string> ids;
    for (const Outgoing& message : claimed) ids.push_back(message.notification.id());
    store.GiveBack(ids);
  });
  EXPECT_EQ(Sql("select count(*) from notification where state = 'QUEUED' and attempts = 0 and lease_until is null"), "3");
}

TEST_F(Messages, TwoFanOutsAtOnceTellEachRecipientOnce) {
  KeepPublicNumbers(20);
  InSession([](Session& session) {
    KeepOccasion(session, {.id = "event-1",
                           .source = "restriction",
                           .type = "restriction.imposed",
                           .thing = "r-1",
                           .attributes = {{"restrictionId", "r-1"}, {"personId", "p-1"}, {"serviceArea", "Housing"}},
                           .occurred_at = session.now()});
    KeepOccasion(session, {.id = "event-1",
                           .source = "restriction",
                           .type = "restriction.imposed",
                           .thing = "r-1",
                           .attributes = {},
                           .occurred_at = session.now()});  // delivered again by the relay
  });
  FanOut one(context_), two(context_);
  std::thread a([&] { one.RunOnce(); }), b([&] { two.RunOnce(); });
  a.join();
  b.join();
  EXPECT_EQ(Sql("select count(*) from notification where kind = 'SHARE'"), "20");
  EXPECT_EQ(Sql("select count(distinct recipient) from notification where kind = 'SHARE'"), "20");
  EXPECT_EQ(Sql("select count(*) from occasion where done_at is null"), "0");
}

TEST_F(Messages, AnOccasionWhoseFactsAreAwayIsToldLaterAndNotLost) {
  KeepPublicNumbers(2);
  peers_.away = true;
  InSession([](Session& session) {
    KeepOccasion(session, {.id = "event-1",
                           .source = "restriction",
                           .type = "restriction.imposed",
                           .thing = "r-1",
                           .attributes = {{"restrictionId", "r-1"}},
                           .occurred_at = session.now()});
  });
  FanOut fan_out(context_);
  fan_out.RunOnce();
  EXPECT_EQ(Sql("select count(*) from notification"), "0");
  peers_.away = false;
  clock_.Advance(absl::Minutes(2));
  fan_out.RunOnce();
  EXPECT_EQ(Sql("select count(*) from notification where kind = 'SHARE'"), "2");
}

TEST_F(Messages, TheSameReceiptManyTimesAtOnceIsOneTransition) {
  Queue(1);
  Process process(*this);
  process.deliverer.SendEmails(process.sender);
  const std::string id = Sql("select id from notification");
  std::vector<std::thread> receipts;
  for (int i = 0; i < 8; ++i) {
    receipts.emplace_back([&] {
      InSession([&](Session& session) {
        auto n = NotificationStore(session).Find(id, /*for_update=*/true);
        ApplyReceipt(context_, session, *n, "receipt-1", v1::Notification::State::DELIVERED, "");
      });
    });
  }
  for (std::thread& receipt : receipts) receipt.join();
  EXPECT_EQ(Sql("select count(*) from notification_transition where to_state = 'DELIVERED'"), "1");
}

}  // namespace
}  // namespace evenhand::notification
