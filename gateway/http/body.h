// A request's body: where it ends (RFC 9112, 6.3) and what of the bytes that come belongs to it. It is handed over piece by piece: whoever
// feeds it takes what has come and stops feeding when it is too much.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/head.h"

namespace evenhand::gateway {

class ChunkReader;

class BodyReader {
 public:
  BodyReader();
  ~BodyReader();

  // Of the request with this head.
  void Begin(const Head& head);

  // What `bytes`, the next of the connection, hold of the body: appends it to `piece` and says how many of them it used. A request without
  // a body uses none. Nothing: a chunk is broken.
  std::optional<std::size_t> Take(std::string_view bytes, std::string& piece);

  bool done() const { return done_; }
  bool chunked() const { return chunks_ != nullptr; }
  // Bytes that are still to come; nothing when only the chunks will tell.
  std::optional<std::uint64_t> left() const { return chunked() ? std::nullopt : std::optional(left_); }

 private:
  bool done_ = true;
  std::uint64_t left_ = 0;
  std::unique_ptr<ChunkReader> chunks_;
};

}  // namespace evenhand::gateway
