// The signals of a process: waited for on the main thread, never handled (a handler may not shut a server down).
#pragma once

#include <csignal>

#include "services/platform/config/settings.h"

namespace evenhand {

// To be called before any thread: SIGTERM, SIGINT and SIGHUP wait until somebody asks; SIGPIPE is ignored.
sigset_t BlockSignals();

// Returns at SIGTERM or SIGINT. SIGHUP reads <state-dir>/log-level, so that an operator can look closer at a running process.
void WaitForTheEnd(const sigset_t& signals, const Settings& settings);

}  // namespace evenhand
