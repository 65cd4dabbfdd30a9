// UUIDv7 (RFC 9562): ids that sort by the time they were made.
#pragma once

#include <string>
#include <string_view>

namespace evenhand {

std::string NewUuid();

// A canonical, lower-case UUID of any version.
bool IsUuid(std::string_view text);

}  // namespace evenhand
