// How the kernel lets a thread run that answers others in microseconds (sched(7)). It asks for itself; a kernel or a container that does
// not grant it changes nothing but the speed.
#pragma once

#include <cstddef>
#include <optional>

namespace evenhand {

// Woken while somebody else runs, the calling thread waits for the end of their turn (SCHED_BATCH). Otherwise it would interrupt its
// callers at the first request of many, and answer each alone at the price of a batch. Threads that it starts inherit this.
void TakeTurns();

// Keeps the calling thread on one of the processors that it may use: the `nth`, counted around. Threads that it starts stay there too.
void StayOnNthProcessor(std::size_t nth);

// The same by the kernel's number; nothing where the thread may not use that one.
void StayOnProcessor(int number);

// The one processor that the calling thread is kept on, if it is one.
std::optional<int> KeptOnProcessor();

}  // namespace evenhand
