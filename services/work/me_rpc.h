// Who the caller is here, and what they may do by the table of roles.
#pragma once

#include "evenhand/work/v1/me_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"

namespace evenhand {

// `rules`: of every service, whichever process this is.
work::v1::Me MeOf(const Actor& actor, std::span<const Rule> rules);

class MeRpc final : public work::v1::MeService::Service {
 public:
  MeRpc(const Rpc& rpc, std::vector<Rule> rules) : rpc_(rpc), rules_(std::move(rules)) {}

  grpc::Status GetMe(grpc::ServerContext* context, const work::v1::GetMeRequest* request, work::v1::Me* reply) override;

 private:
  const Rpc& rpc_;
  const std::vector<Rule> rules_;
};

}  // namespace evenhand
