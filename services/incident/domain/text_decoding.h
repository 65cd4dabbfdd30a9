// Old exports come as Windows-1252, newer ones as UTF-8: told apart row by row, so that a mixed file is read right too.
#pragma once

#include <string>
#include <string_view>

namespace evenhand::incident {

bool IsUtf8(std::string_view bytes);  // well-formed, without U+0000
bool IsAscii(std::string_view bytes);
std::string FromWindows1252(std::string_view bytes);  // U+FFFD for the five bytes that mean nothing, and for NUL

}  // namespace evenhand::incident
