#include "services/platform/lists/page.h"

#include <vector>

#include <gtest/gtest.h>

#include "evenhand/audit/v1/audit_service.pb.h"

namespace evenhand {
namespace {

audit::v1::ListAuditEntriesRequest By(const std::string& actor, int size = 0) {
  audit::v1::ListAuditEntriesRequest request;
  request.set_actor(actor);
  request.mutable_page()->set_page_size(size);
  return request;
}

common::v1::Page OfSize(int size) {
  common::v1::Page page;
  page.set_page_size(size);
  return page;
}

TEST(APage, HasOneDefaultAndOneCap) {
  EXPECT_EQ(PageOf(OfSize(0)).size, 50u);
  EXPECT_EQ(PageOf(OfSize(1)).size, 1u);
  EXPECT_EQ(PageOf(OfSize(100000)).size, 200u);
}

TEST(APageToken, IsOfItsRpcAndItsFiltersAndOfNoPageSize) {
  const std::string token = SealPosition(QueryOf("A/List", By("E1", 1)), "7");
  EXPECT_EQ(OpenToken(QueryOf("A/List", By("E1", 200)), token), "7");
  EXPECT_EQ(OpenToken(QueryOf("A/List", By("E2")), token), std::nullopt);
  EXPECT_EQ(OpenToken(QueryOf("B/List", By("E1")), token), std::nullopt);
}

TEST(APageToken, ThatWasTouchedIsNone) {
  const std::string query = QueryOf("A/List", By("E1")), token = SealPosition(query, "019c-7");
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(OpenToken(query, other), std::nullopt) << i;
  }
  for (const char* nonsense : {"zzz", "", "===", "019c-7", "e30"}) EXPECT_EQ(OpenToken(query, nonsense), std::nullopt) << nonsense;
}

TEST(APage, OfWhatIsInMemoryIsWalkedOnceThrough) {
  std::vector<int> seen;
  Page page{.size = 2, .after = ""};
  do {
    std::vector<int> rows = {5, 3, 1, 4, 2};
    page.after = TakePage(rows, page, [](int row) { return std::to_string(row); });
    seen.insert(seen.end(), rows.begin(), rows.end());
  } while (!page.after.empty());
  EXPECT_EQ(seen, (std::vector{1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace evenhand
