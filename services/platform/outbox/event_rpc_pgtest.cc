#include "services/platform/outbox/event_rpc.h"

#include <atomic>
#include <thread>

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include "services/platform/auth/platform_rules.h"
#include "services/platform/auth/token_verifier.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/pg/pool.h"
#include "services/platform/rpc/peer.h"
#include "services/platform/testing/pg.h"

namespace evenhand {
namespace {

using common::v1::DeliverEventRequest;
using common::v1::DeliverEventResponse;

constexpr Migration kMigrations[] = {{1, "effect", "create table effect (event_id text not null);"}};

// A service's door for events, with a real database behind it.
class Inbox : public ::testing::Test {
 protected:
  Inbox() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&door_);
    server_ = builder.BuildAndStart();
    request_.mutable_event()->set_id(NewUuid());
    request_.mutable_event()->set_source("restriction");
    request_.mutable_event()->set_type("person.merged");
    request_.mutable_event()->mutable_data()->PackFrom(events::v1::PersonMerged());
  }

  grpc::Status Deliver(DeliverEventResponse* reply) {
    grpc::ClientContext context;
    return common::v1::EventService::NewStub(ConnectTo("127.0.0.1:" + std::to_string(port_), "restriction", Settings()))
        ->DeliverEvent(&context, request_, reply);
  }

  int Count(const std::string& table) {
    const auto connection = pool_.Open();
    return pqxx::nontransaction(*connection).exec1("select count(*) from " + table)[0].as<int>();
  }

  const SystemClock clock_;
  Pool pool_{{.connection = testing::Postgres::Shared().Fresh("notification", kMigrations), .schema = "notification", .size = 12}};
  UnitOfWork work_{pool_, clock_};
  const TokenVerifier tokens_{{.jwks = "file:/nonexistent", .issuer = "i", .audience = "a"}};
  const Authority authority_{PlatformRules()};
  RpcMetrics metrics_;
  const Rpc rpc_{"evenhand.common.v1.EventService", tokens_, authority_, metrics_};
  std::atomic<bool> failing_ = false;
  std::vector<int> kept_when_heard_;  // by one delivery at a time
  EventRpc door_{rpc_,
                 work_,
                 {{&events::PersonMerged::Type(),
                   [this](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
                     session.sql().exec_params("insert into effect values ($1)", event.id);
                     if (failing_) return Conflict(ErrorReason::WRONG_STATE, "", "Not now.");
                     return std::nullopt;
                   }}},
                 [this] { kept_when_heard_.push_back(Count("effect")); }};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  DeliverEventRequest request_;
};

TEST_F(Inbox, AnEventThatArrivesAgainDoesNothing) {
  DeliverEventResponse first, again;
  ASSERT_TRUE(Deliver(&first).ok());
  ASSERT_TRUE(Deliver(&again).ok());
  EXPECT_FALSE(first.duplicate());
  EXPECT_TRUE(again.duplicate());
  EXPECT_EQ(Count("effect"), 1);
}

TEST_F(Inbox, OnlyWhatWasActedOnIsHeardAndNotBeforeItIsKept) {
  DeliverEventResponse reply;
  failing_ = true;
  EXPECT_FALSE(Deliver(&reply).ok());
  EXPECT_TRUE(kept_when_heard_.empty());
  failing_ = false;
  ASSERT_TRUE(Deliver(&reply).ok());
  ASSERT_TRUE(Deliver(&reply).ok());  // a duplicate
  request_.mutable_event()->set_id(NewUuid());
  request_.mutable_event()->set_type("thing.unheard_of");
  ASSERT_TRUE(Deliver(&reply).ok());
  EXPECT_EQ(kept_when_heard_, std::vector<int>{1});
}

TEST_F(Inbox, EightDeliveriesAtOnceHaveOneEffect) {
  std::vector<std::thread> deliveries;
  for (int i = 0; i < 8; ++i) {
    deliveries.emplace_back([this] {
      DeliverEventResponse reply;
      EXPECT_TRUE(Deliver(&reply).ok());
    });
  }
  for (std::thread& delivery : deliveries) delivery.join();
  EXPECT_EQ(Count("effect"), 1);
}

TEST_F(Inbox, AFailureLeavesNoNoteSoThatTheNextDeliveryActs) {
  failing_ = true;
  DeliverEventResponse reply;
  EXPECT_FALSE(Deliver(&reply).ok());
  EXPECT_EQ(Count("effect") + Count("inbox"), 0);
  failing_ = false;
  EXPECT_TRUE(Deliver(&reply).ok());
  EXPECT_EQ(Count("effect"), 1);
}

TEST_F(Inbox, AnEventThatCannotBeReadIsNotPassedOver) {
  request_.mutable_event()->mutable_data()->PackFrom(events::v1::PersonErased());
  DeliverEventResponse reply;
  EXPECT_FALSE(Deliver(&reply).ok());
  EXPECT_EQ(Count("effect") + Count("inbox"), 0);
}

TEST_F(Inbox, AnEventOfAnUnknownTypeIsTakenAndDropped) {
  request_.mutable_event()->set_type("thing.unheard_of");
  DeliverEventResponse reply;
  EXPECT_TRUE(Deliver(&reply).ok());
  EXPECT_EQ(Count("effect"), 0);
}

}  // namespace
}  // namespace evenhand
