// Templates and the way through them.
#include <gmock/gmock.h>
#include <google/api/annotations.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "evenhand/restriction/v1/person_service.pb.h"
#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "gateway/route/router.h"

namespace evenhand::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

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

TEST(PathTemplate, AFieldOfTheBodyIsPrintedByItsLastName) {
  const auto path = PathTemplate::Parse("/v1/people/{person.id}:test");
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(path->text, "/v1/people/{id}:test");
  EXPECT_EQ(path->segments[2].variable, "person.id");
  EXPECT_FALSE(PathTemplate::Parse("/v1/{person.id}/{id}"));
}

TEST(Router, ABodyMayBeOneField_AndSaysWhatOfItCounts) {
  const Route& update = *Routes().Find("PATCH", "/v1/people/1").route;
  EXPECT_EQ(update.path.text, "/v1/people/{id}");
  EXPECT_EQ(update.body_type().full_name(), "evenhand.restriction.v1.Person");
  EXPECT_NE(update.mask_field, nullptr);
  EXPECT_EQ(Routes().Find("POST", "/v1/people").route->mask_field, nullptr);
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

// A contract of the test's own, with one method on its way out.
const google::protobuf::FileDescriptor& Aging(google::protobuf::DescriptorPool& pool, bool deprecated) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("aging.proto");
  file.set_package("evenhand.incident.v9");
  file.add_message_type()->set_name("Nothing");
  auto* service = file.add_service();
  service->set_name("AgingService");
  for (const char* name : {"ListOld", "ListNew"}) {
    auto* method = service->add_method();
    method->set_name(name);
    method->set_input_type(".evenhand.incident.v9.Nothing");
    method->set_output_type(".evenhand.incident.v9.Nothing");
    method->mutable_options()->MutableExtension(google::api::http)->set_get(std::string("/v9/") + (name[4] == 'O' ? "old" : "new"));
    if (name[4] == 'O' && deprecated) method->mutable_options()->set_deprecated(true);
  }
  return *pool.BuildFile(file);
}

constexpr Retirement kRetired{"evenhand.incident.v9.AgingService/ListOld", "2026-07-01", "2027-07-01", "/v9/new"};

TEST(Retirement, ADeprecatedRouteSaysSinceWhenUntilWhenAndWhatInstead) {
  google::protobuf::DescriptorPool pool;
  const Router router(RoutesOf({&Aging(pool, true)}, {&kRetired, 1}));
  EXPECT_THAT(router.Find("GET", "/v9/new").route->notices, IsEmpty());
  EXPECT_THAT(router.Find("GET", "/v9/old").route->notices,
              ElementsAre(Pair("Deprecation", "@1782860400"), Pair("Sunset", "Wed, 30 Jun 2027 23:00:00 GMT"),
                          Pair("Link", "</docs#ListOld>; rel=\"deprecation\"; type=\"text/html\", </v9/new>; rel=\"successor-version\"")));
}

TEST(RetirementDeathTest, TheContractAndTheTableAgreeAndNobodyIsHurried) {
  google::protobuf::DescriptorPool marked, unmarked;
  const auto& old = Aging(marked, true);
  EXPECT_DEATH(RoutesOf({&old}, {}), "in the contract or in the table alone");
  EXPECT_DEATH(RoutesOf({&Aging(unmarked, false)}, {&kRetired, 1}), "in the contract or in the table alone");
  constexpr Retirement kSoon{kRetired.rpc, "2026-07-01", "2027-06-30", ""};
  EXPECT_DEATH(RoutesOf({&old}, {&kSoon, 1}), "too soon");
}

}  // namespace
}  // namespace evenhand::gateway
