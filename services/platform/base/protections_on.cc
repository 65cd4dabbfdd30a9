// What is shipped: nothing can be switched off.
#include "services/platform/base/protection.h"

namespace evenhand {

bool ProtectionOn(Protection) { return true; }

}  // namespace evenhand
