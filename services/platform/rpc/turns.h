// How the kernel lets a thread run that answers others in microseconds (sched(7)). It asks for itself; a kernel or a container that does
// not grant it changes nothing but the speed.
#pragma once

#include <cstddef>

namespace evenhand {

// Woken while somebody else runs, the calling thread waits for the end of their turn (SCHED_BATCH). Otherwise it would interrupt its
// callers at the first request of many, and answer each alone at the price of a batch. Threads that it starts inherit this.
void TakeTurns();

// Keeps the calling thread on one of the processors that the process may use: the `nth`, counted around. Threads that it starts stay there
// too.
void StayOnProcessor(std::size_t nth);

}  // namespace evenhand
