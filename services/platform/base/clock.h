// Time as an argument. The database's now() decides nothing; what ends at an instant is out of every answer at that instant.
#pragma once

#include <memory>

#include <absl/time/clock.h>
#include <absl/time/time.h>

namespace evenhand {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The real clock, shifted by `offset` (EVENHAND_TIME_OFFSET, dev mode only; zero elsewhere). Tokens and TLS never use the shift.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(absl::Duration offset = absl::ZeroDuration()) : offset_(offset) {}
  absl::Time Now() const override { return absl::Now() + offset_; }

 private:
  absl::Duration offset_;
};

// A clock that tests set.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override { return now_; }
  void Set(absl::Time now) { now_ = now; }
  void Advance(absl::Duration by) { now_ += by; }

 private:
  absl::Time now_;
};

}  // namespace evenhand
