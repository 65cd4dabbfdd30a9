// Templates and the way through them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evenhand/restriction/v1/person_service.pb.h"
#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "gateway/route/router.h"

namespace evenhand::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Router& Routes() {
  static const Router* const router = [] {
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    return new Router(RoutesOf({pool->FindFileByName("evenhand/restriction/v1/restriction_service.proto"),
                                pool->FindFileByName("evenhand/restriction/v1/person_service.proto")}));
  }();
  return *router;
}

// Referenced, so that their descriptors are linked in.
const auto kLinked = {restriction::v1::GetRestrictionRequest::descriptor(), restriction::v1::GetPersonRequest::descriptor()};

std::string RpcOf(std::string_view method, std::string_view path) {
  const Match match = Routes().Find(method, path);
  return match.route == nullptr ? "" : match.route->rpc->name();
}

TEST(PathTemplate, TakesOnlyItsForm) {
  for (const char* good : {"/v1/people", "/v1/people:resolve", "/v1/people/{id}/markers/{mid}:confirm", "/v1/people/{id=*}"})
    EXPECT_TRUE(PathTemplate::Parse(good)) << good;
  for (const char* bad : {"", "/", "v1/people", "/v1//people", "/v1/people/", "/v1/{}", "/v1/{id", "/v1/{id}/{id}", "/v1/{id=a/*}",
                          "/v1/people:", "/v1/{id}x", "/v1/**"}) {
    EXPECT_FALSE(PathTemplate::Parse(bad)) << bad;
  }
}

TEST(Router, FindsTheRpc) {
  EXPECT_EQ(RpcOf("POST", "/v1/restrictions/RES-2026-000007:impose"), "ImposeRestriction");
  EXPECT_EQ(RpcOf("GET", "/v1/restrictions/RES-2026-000007"), "GetRestriction");
  EXPECT_EQ(RpcOf("GET", "/v1/restrictions/a%3Aimpose"), "GetRestriction");
  EXPECT_EQ(RpcOf("POST", "/v1/restrictions/a%2Fb:impose"), "ImposeRestriction");
}

TEST(Router, TellsAWrongMethodFromAWrongPath) {
  EXPECT_THAT(Routes().Find("GET", "/v1/restrictions/1:impose").allowed, ElementsAre("POST"));
  EXPECT_THAT(Routes().Find("POST", "/v1/restrictions/1:fly").allowed, IsEmpty());
  for (const char* path : {"", "/", "//", "/v1", "/v1/restrictions/", "/v1/restrictions//", "/v1/restrictions/1/2",
                           "/v1/restrictions/:impose", "/v2/restrictions"}) {
    const Match match = Routes().Find("POST", path);
    EXPECT_TRUE(match.route == nullptr && match.allowed.empty()) << path;
  }
}

TEST(PercentDecode, IsStrict) {
  EXPECT_EQ(PercentDecode("a%2Fb+c"), "a/b+c");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
  EXPECT_EQ(PercentDecode("%C3%A9"), "é");
  for (const char* bad : {"%", "%2", "%zz", "%00", "%0A", "%ff", "%C0%AF", "%ED%A0%80"}) EXPECT_FALSE(PercentDecode(bad)) << bad;
}

}  // namespace
}  // namespace evenhand::gateway
