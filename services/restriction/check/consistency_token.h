// "Not older than this": which state of the database an answer or a decision belongs to. The epoch is the database's own (life()
// in migrations/0004_checks.sql): a restore changes it, however it is done, so that no token from before can pass for fresh.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evenhand::restriction {

struct Revision {
  std::string epoch;   // UUID of the database's present life
  std::int64_t n = 0;  // rises by one with every writing transaction, in the order of their commits

  friend bool operator==(const Revision&, const Revision&) = default;
};

// "<epoch>.<n>": opaque to callers.
std::string FormatToken(const Revision& revision);
std::optional<Revision> ParseToken(std::string_view text);

}  // namespace evenhand::restriction
