#include "services/platform/base/version.h"

#include <cstdio>

namespace evenhand {

std::string_view Version() { return EVENHAND_VERSION; }

bool AnswerVersion(std::string_view program, int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "--version") return false;
  std::printf("%.*s %s\n", static_cast<int>(program.size()), program.data(), EVENHAND_VERSION);
  return true;
}

}  // namespace evenhand
