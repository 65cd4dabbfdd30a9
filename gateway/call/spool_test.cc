// Replies that nobody reads yet.
#include "gateway/call/spool.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

TEST(Spool, GivesBackInOrderThroughMemoryAndFile) {
  Spool spool("/tmp");
  std::string put, taken;
  for (int i = 0; i < 50'000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    put += line;
    ASSERT_TRUE(spool.Append(line));
    if (i % 3 == 0) taken += spool.Take(7);
  }
  while (!spool.empty()) taken += spool.Take(65'536);
  EXPECT_EQ(taken, put);
  ASSERT_TRUE(spool.Append("again"));
  EXPECT_EQ(spool.Take(100), "again");
  EXPECT_EQ(spool.Take(100), "");
}

TEST(Spool, SaysWhenItCannotKeep) {
  Spool spool("/no/such/folder");
  EXPECT_TRUE(spool.Append("a little"));
  EXPECT_FALSE(spool.Append(std::string(Spool::kMemoryBytes, 'x')));
  EXPECT_EQ(spool.Take(100), "a little");
}

TEST(Spool, LeavesNothingBehind) {
  std::string folder = "/tmp/evenhand-spool-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  Spool spool(folder);
  ASSERT_TRUE(spool.Append(std::string(Spool::kMemoryBytes + 1, 'x')));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace evenhand::gateway
