// What every use case of the appeal service works with.
#pragma once

#include <string>

#include <google/protobuf/timestamp.pb.h>

#include "services/appeal/app/restriction_peer.h"
#include "services/appeal/domain/deadlines.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::appeal {

struct Context {
  UnitOfWork& unit_of_work;
  RestrictionPeer& restrictions;
  Periods periods;
  const Rule* reads = nullptr;  // of GetAppeal; null: whoever takes an appeal in reads it
};

inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp stamp;
  const std::int64_t micros = absl::ToUnixMicros(time);
  const std::int64_t seconds = micros >= 0 ? micros / 1'000'000 : -((-micros + 999'999) / 1'000'000);
  stamp.set_seconds(seconds);
  stamp.set_nanos(static_cast<std::int32_t>((micros - seconds * 1'000'000) * 1'000));
  return stamp;
}

inline absl::Time FromTimestamp(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

// The service acting on its own account: sweeps and the saga.
Call OwnCall(const std::string& why);

}  // namespace evenhand::appeal
