// A request's body: where it ends (RFC 9112, 6.3) and what of the bytes that come belongs to it. It is handed over piece by piece: whoever
// feeds it takes what has come and stops feeding when it is too much.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/head.h"

namespace evenhand::gateway {

// What of a chunked body is no body: each chunk's extension, and all trailers.
inline constexpr std::size_t kMaxExtensionBytes = 256;
inline constexpr std::size_t kMaxTrailerBytes = 4 * 1024;

class BodyReader {
 public:
  // Of the request with this head.
  void Begin(const Head& head);

  // What `bytes`, the next of the connection, hold of the body: appends it to `piece` and says how many of them it used: all, unless the
  // body ends before. Nothing: a chunk is broken.
  std::optional<std::size_t> Take(std::string_view bytes, std::string& piece);

  bool done() const { return at_ == At::kEnd; }
  bool chunked() const { return at_ != At::kEnd && at_ != At::kPlain; }
  // Bytes that are still to come; nothing when only the chunks will tell.
  std::optional<std::uint64_t> left() const { return chunked() ? std::nullopt : std::optional(left_); }

 private:
  enum class At { kEnd, kPlain, kSize, kExtension, kSizeEnd, kData, kDataCr, kDataLf, kTrailer };

  bool TakeOne(char c);  // of what stands around the chunks; false: it is broken
  bool TakeTrailer(char c);

  At at_ = At::kEnd;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  std::size_t digits_ = 0, extension_ = 0, trailers_ = 0;
  std::string line_;  // of the trailers
};

}  // namespace evenhand::gateway
