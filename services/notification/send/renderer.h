// The typesetter, a process of its own: a fault of it harms one letter and nothing else. No shell, no fork: posix_spawn.
#pragma once

#include <semaphore>
#include <string>

#include <absl/status/statusor.h>

namespace evenhand::notification {

class Renderer {
 public:
  // `python` is Debian's own (WeasyPrint belongs to it); `folder` holds render.py and its layouts; `scratch` is ours alone.
  Renderer(std::string python, std::string folder, std::string scratch);

  // `request` as render.py reads it. "pdf" or "html". A few at once, the others wait for their turn: UNAVAILABLE after a minute.
  absl::StatusOr<std::string> Render(const std::string& mode, const std::string& request) const;
  // The same for somebody who waits at a screen, on a thread that other calls need: a few such at once, UNAVAILABLE for the rest at once.
  absl::StatusOr<std::string> RenderNow(const std::string& mode, const std::string& request) const;

 private:
  // WeasyPrint takes 66 MiB and most of a core for a second; thirty at once would be a pod's end (docs/scale.md).
  static constexpr std::ptrdiff_t kAtOnce = 4;

  // Of service threads (rpc-threads, 32) so many may wait for it; and letters that have to go find a turn beside them.
  static constexpr std::ptrdiff_t kAtScreens = 6;
  static constexpr std::ptrdiff_t kAtOnceForScreens = kAtOnce - 1;

  absl::StatusOr<std::string> Set(const std::string& mode, const std::string& request) const;

  std::string python_, folder_, scratch_;
  mutable std::counting_semaphore<kAtOnce> turns_{kAtOnce};
  mutable std::counting_semaphore<kAtScreens> screens_{kAtScreens};
  mutable std::counting_semaphore<kAtOnceForScreens> screen_turns_{kAtOnceForScreens};
};

}  // namespace evenhand::notification
