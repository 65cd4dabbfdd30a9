#include "services/notification/send/secret_box.h"

#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand::notification {
namespace {

struct KeyFile {
  std::string path = (std::filesystem::temp_directory_path() / ("evenhand-webhook-keys-" + std::to_string(::getpid()))).string();
  ~KeyFile() { std::filesystem::remove(path); }
};

TEST(SecretBox, ASealedSecretOpensForItsOwnWebhookAlone) {
  const KeyFile file;
  const SecretBox box(file.path, /*may_create=*/true);
  const auto sealed = box.Seal("whsec_abc", "webhook-1");
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_THAT(*sealed, ::testing::Not(::testing::HasSubstr("whsec_")));
  EXPECT_EQ(*box.Open(*sealed, "webhook-1"), "whsec_abc");
  EXPECT_FALSE(box.Open(*sealed, "webhook-2").ok());
}

TEST(SecretBox, WithoutAKeyNothingIsSealedAndNothingIsOpened) {
  const KeyFile file;
  std::string sealed;
  {
    sealed = *SecretBox(file.path, true).Seal("whsec_abc", "w");
    std::filesystem::remove(file.path);
  }
  const SecretBox strict(file.path, false);
  EXPECT_FALSE(strict.Seal("whsec_abc", "w").ok());
  EXPECT_FALSE(strict.Open(sealed, "w").ok());
  EXPECT_FALSE(std::filesystem::exists(file.path)) << "outside dev mode no key is made";
  const SecretBox dev(file.path, true);
  EXPECT_FALSE(dev.Open(sealed, "w").ok()) << "opening makes no key";
  ASSERT_TRUE(dev.Seal("other", "w").ok());
  EXPECT_FALSE(dev.Open(sealed, "w").ok()) << "a new key has another name and is no wrong key for the old secret";
}

TEST(SecretBox, WhatLiesInTheClearSignsNothing) { EXPECT_FALSE(SecretBox("/nowhere", false).Open("whsec_old", "w").ok()); }

}  // namespace
}  // namespace evenhand::notification
