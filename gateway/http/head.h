// The head of a request, read once. Shapes that two programs could read differently are refused (request smuggling; RFC 9112).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <absl/container/inlined_vector.h>

namespace evenhand::gateway {

inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;
inline constexpr std::size_t kMaxHeaders = 100;

struct HeadFault {
  int status = 400;
  std::string_view why;
};

struct HeadField {
  std::string_view name, value;  // the value without the space around it
};

// Views into the text that was read.
struct Head {
  std::string_view method, target;
  std::string_view path;   // of the target, with its query: in origin-form and absolute-form alike (RFC 9112, 3.2)
  bool http10 = false;     // else HTTP/1.1
  bool keep_alive = true;  // the client would send another request on this connection
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  absl::InlinedVector<HeadField, 12> fields;  // in their order

  // The first field of this name, in any case; empty when there is none.
  std::string_view Field(std::string_view name) const;
};

// Whether a line, without its CR LF, is a field that may follow a body (RFC 9110, 6.5.1): readable, and none that says where a body ends.
bool IsTrailer(std::string_view line);

// `text` ends with the empty line, and outlives `head`. Nothing: it could be read.
std::optional<HeadFault> ReadHead(std::string_view text, Head& head);

}  // namespace evenhand::gateway
