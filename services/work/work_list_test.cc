#include "services/work/work_list.h"

#include <gtest/gtest.h>

#include "services/authority/authority.h"
#include "services/work/me_rpc.h"

namespace evenhand {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

WorkItem Item(WorkKind::Value kind, std::optional<absl::Duration> due, const std::string& id) {
  return ItemOf(kind, "Do it", "X", due ? std::optional(kNow + *due) : std::nullopt, "/v1/things/" + id, kNow);
}

TEST(WhatWaits, LateComesFirstAndWithoutADateLast) {
  const std::vector<WorkItem> all = {Item(WorkKind::TASK, std::nullopt, "1"), Item(WorkKind::LETTER, absl::Hours(1), "2"),
                                     Item(WorkKind::APPEAL, -absl::Hours(1), "3"), Item(WorkKind::TASK, absl::Hours(1), "4")};
  const auto part = PartOf(all, {});
  std::string order;
  for (const WorkItem& item : part.items()) order += item.href().back();
  EXPECT_EQ(order, "3421");
  EXPECT_TRUE(part.items(0).late());
  EXPECT_EQ(part.late_count(), 1);
  EXPECT_EQ(part.counts().at("TASK"), 2);
}

TEST(WhatWaits, IsWalkedOnceThroughAndCountedWhole) {
  std::vector<WorkItem> all;
  for (int i = 0; i < 9; ++i) all.push_back(Item(WorkKind::TASK, absl::Hours(i / 3), std::to_string(i)));
  work::v1::ListOwnWorkRequest request;
  request.mutable_page()->set_page_size(2);
  std::string seen;
  for (;;) {
    const auto part = PartOf(all, request);
    EXPECT_EQ(part.counts().at("TASK"), 9);
    if (part.items().empty()) break;
    seen += part.items(0).href().back();
    request.mutable_page()->set_page_token(PlaceOf(part.items(0)));
  }
  EXPECT_EQ(seen, "012345678");
}

TEST(APlace, IsReadAsItWasMade) {
  const WorkItem item = Item(WorkKind::FOLLOW_UP, absl::Hours(1), "7");
  const auto place = ReadPlace(PlaceOf(item));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->due, kNow + absl::Hours(1));
  EXPECT_EQ(place->kind, WorkKind::FOLLOW_UP);
  EXPECT_EQ(place->id, "7");
  EXPECT_FALSE(ReadPlace("zzz"));
}

TEST(Me, AmToldWhatMyRolesAllowAndWhatOfTheTokenMeansNothing) {
  const Actor actor{.id = "E1", .roles = {Role::kTeamLeader}, .areas = {"Housing"}, .unknown_roles = {"wizard"}, .unknown_areas = {"Moon"}};
  const work::v1::Me me = MeOf(actor, AllRules());
  EXPECT_EQ(me.roles(0), "team_leader");
  EXPECT_EQ(me.unknown_roles(0), "wizard");
  EXPECT_EQ(me.unknown_areas(0), "Moon");
  const auto may = [&](const std::string& operation) {
    return std::ranges::find(me.may(), operation, &work::v1::Me::Right::operation) != me.may().end();
  };
  EXPECT_TRUE(may("ProposeRestriction") || may("CreateRestriction"));
  EXPECT_TRUE(may("GetMe"));
  EXPECT_FALSE(may("PutServiceArea"));
  EXPECT_FALSE(may("ListOwnWork"));
  EXPECT_EQ(MeOf(Actor{.id = "E2"}, AllRules()).may_size(), 2) << "nothing but this and an empty list of work";
}

}  // namespace
}  // namespace evenhand
