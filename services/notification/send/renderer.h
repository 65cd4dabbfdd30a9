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

 private:
  // WeasyPrint takes 66 MiB and most of a core for a second; thirty at once would be a pod's end (docs/scale.md).
  static constexpr std::ptrdiff_t kAtOnce = 4;

  std::string python_, folder_, scratch_;
  mutable std::counting_semaphore<kAtOnce> turns_{kAtOnce};
};

}  // namespace evenhand::notification
