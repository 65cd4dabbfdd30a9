// Carries the outbox to one destination: several relays may run at once, events of one subject stay in order, a failing event backs
// off and is parked in the end, a notification wakes and polling makes sure.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "evenhand/common/v1/event_service.grpc.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/pg/pool.h"

namespace evenhand {

class Relay {
 public:
  struct Options {
    std::string source;       // this service
    std::string destination;  // the other
    absl::Duration poll = absl::Milliseconds(500);
    int batch = 64;
    int attempts_before_parking = 12;
  };

  Relay(Pool& pool, std::shared_ptr<grpc::Channel> channel, Options options);

  // Delivers what is due, then waits for a wake-up or the poll interval. To be called again and again (Background::Always).
  void RunOnce();

 private:
  bool IsAnythingDue();
  int DeliverBatch();
  void WaitForWork();

  Pool& pool_;
  const Options options_;
  std::unique_ptr<common::v1::EventService::Stub> stub_;
  bool woken_ = true;  // by a notification, or at the start: there is something to deliver
  std::unique_ptr<pqxx::connection> listening_;
  std::unique_ptr<pqxx::notification_receiver> receiver_;
};

}  // namespace evenhand
