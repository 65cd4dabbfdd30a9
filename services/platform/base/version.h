// Which version this is: the one of the top CMakeLists.txt.
#pragma once

#include <string_view>

namespace evenhand {

std::string_view Version();  // "0.1.0"

// Answers `--version` with a line on the standard output; false: it is another command.
bool AnswerVersion(std::string_view program, int argc, char** argv);

}  // namespace evenhand
