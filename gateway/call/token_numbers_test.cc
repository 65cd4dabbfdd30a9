#include "gateway/call/token_numbers.h"

#include <map>

#include <gtest/gtest.h>

namespace evenhand::gateway {
namespace {

TEST(TokenNumbers, ATokenKeepsItsNumberAndIsToldOnce) {
  TokenNumbers numbers(4);
  EXPECT_EQ(numbers.Of("a")->number, 0u);
  EXPECT_TRUE(numbers.Of("b")->is_new);
  const auto again = numbers.Of("a");
  EXPECT_EQ(again->number, 0u);
  EXPECT_FALSE(again->is_new);
}

TEST(TokenNumbers, TokensThatEndAlikeAreTwo) {
  TokenNumbers numbers(4);
  const std::string end(16, 'x');
  EXPECT_EQ(numbers.Of("a" + end)->number, 0u);
  EXPECT_EQ(numbers.Of("b" + end)->number, 1u);
  EXPECT_EQ(numbers.Of(end)->number, 2u);
  EXPECT_EQ(numbers.Of("a" + end)->number, 0u);
}

// The numbers used to start anew in the middle of a batch: a check asked with one caller's token was answered, and audited, as another's.
TEST(TokenNumbers, WithinOneBatchANumberIsOneCallersAlone) {
  TokenNumbers numbers(4);
  for (const char* earlier : {"a", "b", "c", "d"}) numbers.Of(earlier);
  numbers.NextBatch();
  std::map<std::uint32_t, std::string> batch;
  for (const std::string token : {"b", "e", "f", "a", "b", "e"}) {
    const auto given = numbers.Of(token);
    ASSERT_TRUE(given.has_value()) << token;
    const auto [place, fresh] = batch.emplace(given->number, token);
    EXPECT_EQ(place->second, token) << "number " << given->number;
  }
  EXPECT_EQ(batch.size(), 4u);
  EXPECT_FALSE(numbers.Of("g").has_value()) << "all four are spoken for in this batch";
  numbers.NextBatch();
  EXPECT_TRUE(numbers.Of("g")->is_new);
}

TEST(TokenNumbers, AnotherStreamIsToldEverythingAgain) {
  TokenNumbers numbers(4);
  numbers.Of("a");
  numbers.Forget();
  EXPECT_TRUE(numbers.Of("a")->is_new);
}

}  // namespace
}  // namespace evenhand::gateway
