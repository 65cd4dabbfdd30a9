// The program that draws /docs: Scalar's API reference (MIT), packed by gzip; tools/api_reference says which and where it is from.
#pragma once

#include <string_view>

namespace evenhand::gateway {

std::string_view ApiReferenceScript();  // gzip

}  // namespace evenhand::gateway
