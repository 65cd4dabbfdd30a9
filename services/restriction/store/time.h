// Instants between absl, the contract and PostgreSQL.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "services/platform/base/local_date.h"

namespace evenhand::restriction {

inline google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  const std::int64_t micros = absl::ToUnixMicros(time);
  std::int64_t seconds = micros / 1'000'000;
  std::int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<std::int32_t>(rest * 1000));
  return proto;
}

inline absl::Time FromProto(const google::protobuf::Timestamp& proto) {
  return absl::FromUnixMicros(proto.seconds() * 1'000'000 + proto.nanos() / 1000);
}

}  // namespace evenhand::restriction
