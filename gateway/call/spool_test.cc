// Replies that nobody reads yet.
#include "gateway/call/spool.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

std::shared_ptr<SpoolSpace> Space(std::uint64_t bytes = 1 << 30) { return std::make_shared<SpoolSpace>(bytes); }

TEST(Spool, GivesBackInOrderThroughMemoryAndFile) {
  Spool spool("/tmp", Space());
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
  Spool spool("/no/such/folder", Space());
  EXPECT_TRUE(spool.Append("a little"));
  EXPECT_FALSE(spool.Append(std::string(Spool::kMemoryBytes, 'x')));
  EXPECT_EQ(spool.Take(100), "a little");
}

TEST(Spool, LeavesNothingBehind) {
  std::string folder = "/tmp/evenhand-spool-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  Spool spool(folder, Space());
  ASSERT_TRUE(spool.Append(std::string(Spool::kMemoryBytes + 1, 'x')));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

// 12.3: whoever reads the disk reads nothing of the evidence that passes over it.
TEST(Spool, WritesNothingInTheClear) {
  std::string folder = "/tmp/evenhand-spool-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  Spool spool(folder, Space());
  std::string secret;
  while (secret.size() < 4 * Spool::kMemoryBytes) secret += "a statement of somebody ";
  ASSERT_TRUE(spool.Append(secret));
  std::string seen;  // by its descriptor: it has no name
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    if (!std::filesystem::read_symlink(entry, error).native().starts_with(folder)) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    seen.assign(std::istreambuf_iterator<char>(file), {});
  }
  EXPECT_GT(seen.size(), 3 * Spool::kMemoryBytes);
  EXPECT_EQ(seen.find("statement"), std::string::npos);
  std::string taken;
  while (!spool.empty()) taken += spool.Take(1000);
  EXPECT_EQ(taken, secret);
  std::filesystem::remove_all(folder);
}

TEST(Spool, TellsWhenAllOfThemTogetherHaveNoMoreSpace) {
  const auto space = Space(2 * Spool::kMemoryBytes);
  {
    Spool one("/tmp", space), other("/tmp", space);
    ASSERT_TRUE(one.Append(std::string(Spool::kMemoryBytes + 1, 'x')));
    EXPECT_FALSE(space->full());
    ASSERT_TRUE(other.Append(std::string(Spool::kMemoryBytes + 1, 'x')));
    EXPECT_TRUE(space->full());
    while (!one.empty()) one.Take(Spool::kMemoryBytes);
    EXPECT_FALSE(space->full());
  }
  EXPECT_FALSE(space->full());
}

}  // namespace
}  // namespace evenhand::gateway
