// A random test says its seed, so that it can be run again: EVENHAND_TEST_SEED=123.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <random>

namespace evenhand::testing {

inline unsigned Seed() {
  const char* given = std::getenv("EVENHAND_TEST_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  std::printf("EVENHAND_TEST_SEED=%u\n", seed);
  return seed;
}

}  // namespace evenhand::testing
