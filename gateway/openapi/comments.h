// The contract's own words: the comments of every rpc, message, field and value.
#pragma once

#include <string>

#include <absl/container/flat_hash_map.h>

namespace evenhand::gateway {

class Comments {
 public:
  // Out of the descriptor set that is linked in.
  Comments();

  // By full name ("evenhand.restriction.v1.Restriction.id"); one line, "" when there is none.
  const std::string& Of(const std::string& full_name) const;

 private:
  absl::flat_hash_map<std::string, std::string> texts_;
};

// The first sentence, for a summary: no end mark, at most 120 characters.
std::string FirstSentence(const std::string& text);

// What stands behind "Example:" in a comment: "INC-2026-000123" out of `Example: "INC-2026-000123".` Empty: no example.
std::string ExampleIn(const std::string& comment);

}  // namespace evenhand::gateway
