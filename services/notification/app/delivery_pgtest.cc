// Messages against a real PostgreSQL where races and crashes matter: told once, sent once, and the same id where it has to go again.
#include <atomic>
#include <thread>

#include <absl/time/clock.h>
#include "services/notification/app/fan_out.h"
#include "services/notification/app/lookout.h"
#include "services/notification/app/notifications.h"
#include "services/notification/testing/messages.h"
#include "services/platform/rpc/background.h"

namespace evenhand::notification {
namespace {

IncomingEvent Imposed(absl::Time now) {
  const events::RestrictionImposed imposed{
      .restriction = events::RestrictionRef{.restriction_id = "r-1", .person_id = "p-1", .service_area = "Housing"},
      .terms = events::RestrictionTerms{.state = RestrictionState::IN_FORCE,
                                        .measure_kinds = std::vector<MeasureKind::Value>{MeasureKind::BLOCK_CHANNEL},
                                        .channels = std::vector<Channel::Value>{Channel::PHONE},
                                        .behaviours = std::vector<Behaviour::Value>{Behaviour::ABUSE},
                                        .incident_ids = std::vector<std::string>{"i-1"},
                                        .withheld = false}};
  return IncomingEvent::Of(imposed, "event-1", now);
}

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
  InSession([](Session& session) { KeepOccasion(session, Imposed(session.now())); });
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
    KeepOccasion(session, Imposed(session.now()));
    KeepOccasion(session, Imposed(session.now()));  // delivered again by the relay
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
  InSession([](Session& session) { KeepOccasion(session, Imposed(session.now())); });
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
        ApplyReceipt(context_, session, *n, "receipt-1", NotificationState::DELIVERED, "");
      });
    });
  }
  for (std::thread& receipt : receipts) receipt.join();
  EXPECT_EQ(Sql("select count(*) from notification_transition where to_state = 'DELIVERED'"), "1");
}

}  // namespace
}  // namespace evenhand::notification
