#include "services/platform/base/protection.h"

namespace evenhand {

std::string_view NameOf(Protection protection) {
  static constexpr std::string_view kNames[] = {
#define EVENHAND_NAME(value, name) name,
      EVENHAND_PROTECTIONS(EVENHAND_NAME)
#undef EVENHAND_NAME
  };
  return kNames[static_cast<int>(protection)];
}

}  // namespace evenhand
