#include "gateway/http/body.h"

#include <algorithm>

namespace evenhand::gateway {
namespace {

constexpr std::size_t kMaxSizeDigits = 12;  // 2^48 bytes: more than any body, and far from what a counter could overflow by

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void BodyReader::Begin(const Head& head) {
  left_ = head.content_length.value_or(0);
  at_ = head.chunked ? At::kSize : left_ > 0 ? At::kPlain : At::kEnd;
}

std::optional<std::size_t> BodyReader::Take(std::string_view bytes, std::string& piece) {
  std::size_t used = 0;
  while (used < bytes.size() && at_ != At::kEnd) {
    if (at_ != At::kPlain && at_ != At::kData) {
      if (!TakeOne(bytes[used++])) return std::nullopt;
      continue;
    }
    const std::size_t some = std::min<std::uint64_t>(bytes.size() - used, left_);
    piece.append(bytes.substr(used, some));
    used += some;
    left_ -= some;
    if (left_ == 0) at_ = at_ == At::kPlain ? At::kEnd : At::kDataCr;
  }
  return used;
}

// RFC 9112, 7.1. A line ends with CR LF and nothing else; between a chunk's size and its extension stands no blank.
bool BodyReader::TakeOne(char c) {
  switch (at_) {
    case At::kSize:
      if (const int digit = HexDigit(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return ++digits_ <= kMaxSizeDigits;
      }
      at_ = c == ';' ? At::kExtension : At::kSizeEnd;
      return digits_ > 0 && (c == ';' || c == '\r');
    case At::kExtension:
      if (c == '\r') at_ = At::kSizeEnd;
      return c == '\r' || (++extension_ <= kMaxExtensionBytes && (c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)));
    case At::kSizeEnd:
      at_ = left_ > 0 ? At::kData : At::kTrailer;
      digits_ = extension_ = 0;
      return c == '\n';
    case At::kDataCr:
      at_ = At::kDataLf;
      return c == '\r';
    case At::kDataLf:
      at_ = At::kSize;
      return c == '\n';
    default:
      return TakeTrailer(c);
  }
}

// Trailers are read to their end and dropped: nothing here asks for one.
bool BodyReader::TakeTrailer(char c) {
  if (++trailers_ > kMaxTrailerBytes) return false;
  if (c != '\n') return line_ += c, true;
  if (!line_.ends_with('\r')) return false;
  line_.pop_back();
  if (line_.empty()) {
    at_ = At::kEnd;
    return true;
  }
  const bool readable = IsTrailer(line_);
  line_.clear();
  return readable;
}

}  // namespace evenhand::gateway
