#include "services/restriction/check/consistency_token.h"

#include <charconv>

#include "services/platform/base/uuid.h"

namespace evenhand::restriction {

std::string FormatToken(const Revision& revision) { return revision.epoch + "." + std::to_string(revision.n); }

std::optional<Revision> ParseToken(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || !IsUuid(text.substr(0, dot))) return std::nullopt;
  Revision revision{std::string(text.substr(0, dot)), 0};
  const std::string_view digits = text.substr(dot + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), revision.n);
  if (error != std::errc() || end != digits.data() + digits.size() || revision.n < 0) return std::nullopt;
  return revision;
}

}  // namespace evenhand::restriction
