// What keeps one kind of caller from keeping out all others: shares of threads, and an accept loop that outlives want.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <thread>

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include "services/platform/rpc/bulkhead.h"
#include "services/platform/rpc/unix_listener.h"

namespace evenhand {
namespace {

TEST(Bulkhead, SlowCallsHaveHalfOfTheThreadsAtMost) {
  Bulkhead bulkhead(4);
  EXPECT_TRUE(bulkhead.Enter(true) && bulkhead.Enter(true));
  EXPECT_FALSE(bulkhead.Enter(true));
  EXPECT_TRUE(bulkhead.Enter(false)) << "others go on";
  bulkhead.Leave(true);
  EXPECT_TRUE(bulkhead.Enter(true));
  EXPECT_FALSE(bulkhead.IsStuck());
}

TEST(Bulkhead, EveryThreadTakenForAWhileIsNotReady) {
  Bulkhead bulkhead(2);
  bulkhead.Enter(false);
  bulkhead.Enter(false);
  EXPECT_FALSE(bulkhead.IsStuck()) << "a moment is no fault";
  absl::SleepFor(absl::Milliseconds(2100));
  EXPECT_TRUE(bulkhead.IsStuck());
  bulkhead.Leave(false);
  EXPECT_FALSE(bulkhead.IsStuck());
}

int Connect(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return fd;
}

TEST(AcceptLoop, WithoutDescriptorsItWaitsAndTakesTheCallerAfterwards) {
  const std::string path = absl::StrCat("/tmp/evenhand-accept-", getpid(), ".sock");
  const int listening = ListenLocally(path);
  ASSERT_GE(listening, 0);
  const int waiting = Connect(path);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  std::atomic<int> taken = -1;
  std::thread loop([&] { taken = AcceptLocally(listening, 0); });
  const std::clock_t start = std::clock();
  absl::SleepFor(absl::Milliseconds(600));
  const double spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_EQ(taken, -1);
  EXPECT_LT(spent, 0.2) << "it spins";
  EXPECT_FALSE(TakesCallers()) << "not ready meanwhile";
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  loop.join();
  EXPECT_GE(taken, 0) << "whoever waited is taken";
  shutdown(listening, SHUT_RDWR);
  EXPECT_EQ(AcceptLocally(listening, 0), -1) << "shut down, it ends";
  for (const int fd : {waiting, taken.load(), listening}) close(fd);
  unlink(path.c_str());
}

}  // namespace
}  // namespace evenhand
