// The short numbers by which tokens travel on a check stream (contact_service.proto, StreamToken). A number that is used up goes to another
// token, but never within one batch: the service learns a batch's tokens before it answers its checks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

namespace evenhand::gateway {

class TokenNumbers {
 public:
  explicit TokenNumbers(std::uint32_t most) : most_(most) {}

  struct Number {
    std::uint32_t number;
    bool is_new;  // the service must be told of it
  };
  // None: the batch at hand has as many tokens as there are numbers.
  std::optional<Number> Of(std::string_view token);
  // What was numbered until now has been sent.
  void NextBatch() { ++batch_; }
  // Another stream: the service there knows none.
  void Forget();

 private:
  struct Owner {
    std::string token;
    std::uint64_t last_batch;
  };

  // A token ends in its signature, which nobody chooses: its last bytes are as good a hash of it as all of them. Only tokens that hold
  // come this far.
  struct HashOfEnd {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const {
      return absl::HashOf(token.substr(token.size() - std::min<std::size_t>(token.size(), 16)));
    }
  };

  const std::uint32_t most_;
  std::uint64_t batch_ = 1;
  std::uint32_t next_ = 0;  // the one to be given away next, once all are
  std::vector<Owner> owners_;
  absl::flat_hash_map<std::string, std::uint32_t, HashOfEnd, std::equal_to<>> numbers_;
};

}  // namespace evenhand::gateway
