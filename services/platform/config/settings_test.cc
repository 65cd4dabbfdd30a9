#include "services/platform/config/settings.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SettingsOf : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [name, value] :
         std::initializer_list<std::pair<const char*, const char*>>{{"EVENHAND_LISTEN", "unix:/tmp/s.sock"},
                                                                    {"EVENHAND_STATE_DIR", "/tmp/s"},
                                                                    {"EVENHAND_DATABASE", "host=/run/postgresql password=hunter2"},
                                                                    {"EVENHAND_JWKS", "file:/tmp/j"},
                                                                    {"EVENHAND_ISSUER", "https://i.example"}}) {
      setenv(name, value, 1);
    }
  }

  absl::StatusOr<Settings> Read(std::vector<std::string> words) {
    words.insert(words.begin(), "restriction-service");
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    return ReadSettings("restriction-service", static_cast<int>(pointers.size()), pointers.data());
  }
};

TEST_F(SettingsOf, FlagsWinOverTheEnvironmentAndDefaultsFillTheRest) {
  const auto settings = Read({"--listen=127.0.0.1:7000", "--mode=dev"});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->listen, "127.0.0.1:7000");
  EXPECT_EQ(settings->pool_size, 8);
  EXPECT_EQ(settings->shutdown_grace, absl::Seconds(20));
}

TEST_F(SettingsOf, OneErrorNamesEveryFault) {
  unsetenv("EVENHAND_ISSUER");
  const auto settings = Read({"--mode=test", "--pool-size=none", "--colour=red", "--time-offset=+1d"});
  ASSERT_FALSE(settings.ok());
  for (const char* fault : {"issuer is required", "mode is none of", "pool-size is no positive number", "--colour is no setting",
                            "time-offset is for dev mode only"}) {
    EXPECT_THAT(std::string(settings.status().message()), HasSubstr(fault));
  }
}

TEST_F(SettingsOf, TheTableHasTheOneDefaultAndDaysAreADuration) {
  const auto settings = Read({"--mode=dev", "--token-longest-life=3d", "--review-months=4"});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->Time("token-longest-life"), absl::Hours(72));
  EXPECT_EQ(settings->Number("review-months"), 4);
  EXPECT_EQ(settings->Number("retain-years-violence"), 5);
  EXPECT_EQ(Settings().Number("appeal-window"), 20) << "nobody else keeps one";
  EXPECT_FALSE(settings->On("check-spool-sync"));
  EXPECT_DEATH((void)settings->Get("review-month"), "no setting");
}

TEST_F(SettingsOf, AnAddressAndACountAreChecked) {
  for (const char* good : {"127.0.0.1:0", "0.0.0.0:65535", "[::1]:80", "unix:/run/s.sock"})
    EXPECT_TRUE(Read({"--mode=dev", std::string("--listen=") + good}).ok()) << good;
  for (const char* bad : {"7000", ":7000", "host:", "host:port", "host:70000", "unix:"})
    EXPECT_FALSE(Read({"--mode=dev", std::string("--listen=") + bad}).ok()) << bad;
  EXPECT_FALSE(Read({"--retain-years=0"}).ok()) << "nothing is kept for no time at all";
}

TEST_F(SettingsOf, ASecretIsNeverTakenAsAnArgumentNorShown) {
  EXPECT_FALSE(Read({"--database=host=db"}).ok());
  const auto settings = Read({});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(DescribeValues(*settings), Not(HasSubstr("hunter2")));
}

TEST_F(SettingsOf, OutsideDevModeANetworkAddressNeedsTls) {
  EXPECT_FALSE(Read({"--listen=0.0.0.0:7000"}).ok());
  EXPECT_TRUE(Read({}).ok()) << "a UNIX socket needs none";
}

TEST_F(SettingsOf, ADatabaseOnAnotherMachineNeedsTlsWithItsNameChecked) {
  setenv("EVENHAND_DATABASE", "host=db.council.example dbname=evenhand", 1);
  EXPECT_FALSE(Read({}).ok());
  setenv("EVENHAND_DATABASE", "host=db.council.example dbname=evenhand sslmode=verify-full", 1);
  EXPECT_TRUE(Read({}).ok());
}

TEST_F(SettingsOf, DaysShiftTheClockInDevMode) {
  const auto settings = Read({"--mode=dev", "--time-offset=+183d"});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->time_offset, absl::Hours(24 * 183));
}

}  // namespace
}  // namespace evenhand
