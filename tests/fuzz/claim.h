// What a fuzz target says must hold: a line that tells the two sides apart, and the end.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace evenhand::fuzz {

inline void Claim(bool holds, const char* what, const std::string& one = "", const std::string& other = "") {
  if (holds) return;
  std::fprintf(stderr, "CLAIM BROKEN: %s\n  one:   %s\n  other: %s\n", what, one.c_str(), other.c_str());
  std::abort();
}

}  // namespace evenhand::fuzz
