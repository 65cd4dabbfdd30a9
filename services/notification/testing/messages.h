// Messages against a real PostgreSQL, with neighbours that answer as a test has them.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/authority/authority.h"
#include "services/notification/app/catalog.h"
#include "services/notification/app/delivery.h"
#include "services/notification/send/renderer.h"
#include "services/notification/store/audience_store.h"
#include "services/notification/wiring.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"
#include "services/platform/testing/pg.h"

namespace evenhand::notification {

std::span<const Migration> Migrations();

// One restriction that blocks the telephone.
class Neighbours final : public Peers {
 public:
  Outcome<restriction::v1::NotificationFacts> Restriction(const Call&, const std::string& id, const std::string&) override {
    if (away) return Refusal{.kind = RefusalKind::kUnavailable, .reason = ErrorReason::UNAVAILABLE, .detail = "away"};
    restriction::v1::NotificationFacts facts;
    facts.set_restriction_id(id);
    facts.set_restriction_reference("RES-2026-000001");
    facts.set_service_area("Housing");
    facts.set_person_id("p-1");
    facts.set_state(RestrictionState::IN_FORCE);
    facts.mutable_person()->set_person_id("p-1");
    *facts.mutable_restriction() = restriction;
    facts.mutable_explanation()->mutable_withheld()->set_record("no letter in this test");
    auto& measure = *facts.add_measures();
    measure.set_kind(MeasureKind::BLOCK_CHANNEL);
    measure.set_channel(Channel::PHONE);
    return facts;
  }
  Outcome<restriction::v1::ListCloseColleaguesResponse> Colleagues(const Call&,
                                                                   const restriction::v1::ListCloseColleaguesRequest&) override {
    return restriction::v1::ListCloseColleaguesResponse();
  }
  Outcome<restriction::v1::PersonFacts> Person(const Call&, const std::string& id) override {
    restriction::v1::PersonFacts facts = person;
    facts.set_person_id(id);
    return facts;
  }
  Outcome<appeal::v1::Appeal> Appeal(const Call&, const std::string& id) override {
    if (appeal.id() != id) return NotFound("appeal");
    return appeal;
  }
  Outcome<incident::v1::GroundsFacts> Incident(const Call&, const std::string& id) override {
    if (incident.id() != id) return NotFound("incident");
    return incident;
  }

  std::atomic<bool> away = false;
  restriction::v1::PersonFacts person;
  restriction::v1::Restriction restriction;
  appeal::v1::Appeal appeal;
  incident::v1::GroundsFacts incident;
};

inline Catalog Letters() {
  auto catalog = Catalog::Load("services/notification/letters");
  EXPECT_TRUE(catalog.ok());
  return *std::move(catalog);
}

class Messages : public ::testing::Test {
 protected:
  Messages()
      : clock_(*ParseInstant("2026-11-25T10:00:00Z")),
        pool_({.connection = testing::Postgres::Shared().Fresh("notification", Migrations()), .schema = "notification", .size = 24}),
        work_(pool_, clock_, "scotland"),
        catalog_(Letters()),
        renderer_("/usr/bin/python3", "services/notification/letters", "/tmp/evenhand-delivery-test-scratch"),
        providers_(Rates{}),
        context_{.unit_of_work = work_,
                 .clock = clock_,
                 .peers = peers_,
                 .catalog = catalog_,
                 .renderer = renderer_,
                 .providers = providers_,
                 .public_url = "https://evenhand.example.org",
                 .council = "Example Council",
                 .appeal_days = 22,
                 .dev_mode = true,
                 .secrets = SecretBox("/tmp/evenhand-test-webhook-keys-" + NewUuid(), /*may_create=*/true)} {
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
        : deliverer(test.context_, {.messages = {.first = absl::Seconds(2), .attempts = 3}}, [this] { return stopping.load(); }),
          sender({.folder = test.folder_}) {}
    std::atomic<bool> stopping = false;
    Deliverer deliverer;
    SmtpSender sender;
  };

  // Somebody who calls this method ("LetterService/RecordPosted"), as the table has it; whatever state they saw is right.
  Call As(const std::string& id, Role role, const std::string& method, std::vector<std::string> areas = {"Housing"}) {
    Call call;
    call.actor = {.id = id, .name = id, .roles = {role}, .areas = std::move(areas), .through = nullptr};
    call.method = "evenhand.notification.v1." + method;
    call.if_match = "*";
    call.deadline = absl::Now() + absl::Seconds(20);
    call.rule = authority_.Find(call.method);
    EXPECT_NE(call.rule, nullptr) << method;
    return call;
  }
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

  const Authority authority_{NotificationRules()};
  FakeClock clock_;
  Pool pool_;
  UnitOfWork work_;
  Neighbours peers_;
  const Catalog catalog_;
  const Renderer renderer_;
  Providers providers_;
  const Context context_;
  std::string folder_;
};

}  // namespace evenhand::notification
