// The typesetter, a process of its own: a fault of it harms one letter and nothing else. No shell, no fork: posix_spawn.
#pragma once

#include <string>

#include <absl/status/statusor.h>

namespace evenhand::notification {

class Renderer {
 public:
  // `python` is Debian's own (WeasyPrint belongs to it); `folder` holds render.py and its layouts; `scratch` is ours alone.
  Renderer(std::string python, std::string folder, std::string scratch);

  // `request` as render.py reads it. "pdf" or "html".
  absl::StatusOr<std::string> Render(const std::string& mode, const std::string& request) const;

 private:
  std::string python_, folder_, scratch_;
};

}  // namespace evenhand::notification
