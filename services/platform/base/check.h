// A broken invariant ends the process with a message, in production too: wrong guidance is worse than none.
#pragma once

#include <cstdio>
#include <cstdlib>

#define EVENHAND_CHECK(condition, message)                                                                 \
  do {                                                                                                     \
    if (!(condition)) {                                                                                    \
      std::fprintf(stderr, "%s:%d: broken invariant: %s (%s)\n", __FILE__, __LINE__, message, #condition); \
      std::abort();                                                                                        \
    }                                                                                                      \
  } while (false)
