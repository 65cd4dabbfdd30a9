#include "services/platform/rpc/call.h"

#include <gtest/gtest.h>

namespace evenhand {
namespace {

TEST(Staleness, OnlyTheStateThatWasReadMayBeChanged) {
  Call call;
  EXPECT_EQ(call.StaleAgainst("\"7\"")->kind, RefusalKind::kEtagMissing);
  for (const char* fresh : {"\"7\"", "7", "W/\"7\"", "*"}) {
    call.if_match = fresh;
    EXPECT_FALSE(call.StaleAgainst("\"7\"").has_value()) << fresh;
  }
  call.if_match = "\"6\"";
  ASSERT_TRUE(call.StaleAgainst("\"7\"").has_value());
  EXPECT_EQ(call.StaleAgainst("\"7\"")->kind, RefusalKind::kEtagStale);
}

}  // namespace
}  // namespace evenhand
