// A path of google.api.http: "/v1/people/{id}/markers/{mid}:confirm".
//   PathTemplate::Parse("/v1/restrictions/{id}:impose") → segments "v1", "restrictions", {id}; verb "impose"
// A variable takes one segment. Only a raw ':' in the last segment starts a verb; '%3A' is a character of the segment, '%2F' never
// splits one, and '+' is a plus sign.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/inlined_vector.h>

namespace evenhand::gateway {

struct Segment {
  std::string literal;   // empty: a variable
  std::string variable;  // the field that takes it, with dots between: "person.id"
  std::string name;      // as it is printed: "id"
};

struct PathTemplate {
  std::string text;  // as it is printed: "/v1/people/{id}"
  std::vector<Segment> segments;
  std::string verb;

  // Nothing when the template is not of this form.
  static std::optional<PathTemplate> Parse(std::string_view text);
};

inline constexpr std::size_t kMaxSegments = 12;

// A request's path, taken apart. `segments` are still percent-encoded.
struct SplitPath {
  absl::InlinedVector<std::string_view, kMaxSegments> segments;
  std::string_view verb;
};

// Nothing when it is no absolute path, has an empty segment or more than `kMaxSegments`.
std::optional<SplitPath> Split(std::string_view path);

// Nothing when an escape is broken or the text is then no UTF-8 or holds a control character. `plus_is_space` for query strings.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);

}  // namespace evenhand::gateway
