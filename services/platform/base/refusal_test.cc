#include "services/platform/base/refusal.h"

#include <gtest/gtest.h>

namespace evenhand {
namespace {

TEST(Refusal, AClauseIsANumberOfThePolicyAndAllElseASource) {
  for (const char* clause : {"7.3", "12.10", "4"}) EXPECT_TRUE(IsPolicyClause(clause)) << clause;
  for (const char* source : {"", "council rule", "UK GDPR art. 15", "Equality Act 2010 s.20", "7.", ".3", "7.3.1", "7.3 and 9.8"})
    EXPECT_FALSE(IsPolicyClause(source)) << source;
}

}  // namespace
}  // namespace evenhand
