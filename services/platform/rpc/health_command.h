// `<service> health`: is the service of these settings serving? For containers without a shell.
#pragma once

#include <string>

#include "services/platform/config/settings.h"

namespace evenhand {

// 0 when its own `listen` answers SERVING within two seconds, else 1.
int HealthCommand(const Settings& settings, const std::string& self);

}  // namespace evenhand
