#include "services/incident/vault/file_type.h"

#include <magic.h>

#include <memory>

namespace evenhand::incident {

std::string SniffType(std::string_view start) {
  // A cookie is not to be shared between threads; loading its database takes a few milliseconds, once a thread.
  thread_local const std::unique_ptr<magic_set, decltype(&magic_close)> cookie = [] {
    std::unique_ptr<magic_set, decltype(&magic_close)> made(magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS), &magic_close);
    if (made && magic_load(made.get(), nullptr) != 0) made.reset();
    return made;
  }();
  const char* type = cookie ? magic_buffer(cookie.get(), start.data(), start.size()) : nullptr;
  return type == nullptr ? "application/octet-stream" : type;
}

}  // namespace evenhand::incident
