#include "services/platform/rpc/trace.h"

#include <regex>

#include <gtest/gtest.h>

namespace evenhand {
namespace {

TEST(Trace, ACallersIdGoesThrough) {
  const Trace trace = TraceFrom("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(trace.id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_TRUE(std::regex_match(trace.header, std::regex("00-" + trace.id + "-[0-9a-f]{16}-01"))) << trace.header;
  EXPECT_EQ(trace.header.find("00f067aa0ba902b7"), std::string::npos) << "the span is our own";
}

TEST(Trace, WhatIsNoTraceparentGetsANewOne) {
  for (const char* bad :
       {"", "hello", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    const Trace trace = TraceFrom(bad);
    EXPECT_EQ(trace.id.size(), 32u) << bad;
    EXPECT_TRUE(std::regex_match(trace.header, std::regex("00-" + trace.id + "-[0-9a-f]{16}-01"))) << trace.header;
    EXPECT_NE(trace.id, TraceFrom(bad).id);
  }
}

}  // namespace
}  // namespace evenhand
