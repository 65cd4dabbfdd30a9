// Where in a JSON text something stands, as people write it: "grounds[0].incidentIds".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <absl/container/inlined_vector.h>

namespace evenhand::gateway {

// The way from the root to the value that a reader is at. Spelled out only when a fault is found.
class JsonPath {
 public:
  void Enter(std::string_view name) { steps_.push_back({name, 0}); }
  void Enter(std::size_t index) { steps_.push_back({{}, index}); }
  void Leave() { steps_.pop_back(); }
  std::size_t depth() const { return steps_.size(); }
  std::string Text() const;

 private:
  struct Step {
    std::string_view name;  // empty data(): an array index
    std::size_t index;
  };
  absl::InlinedVector<Step, 8> steps_;
};

// The path of the value at `offset` of a text that need not be valid: for errors that a parser reports by offset. Cut short when long.
std::string PathAt(std::string_view text, std::size_t offset);

}  // namespace evenhand::gateway
