#include "gateway/call/token_numbers.h"

namespace evenhand::gateway {

std::optional<TokenNumbers::Number> TokenNumbers::Of(std::string_view token) {
  if (const auto known = numbers_.find(token); known != numbers_.end()) {
    owners_[known->second].last_batch = batch_;
    return Number{known->second, false};
  }
  std::uint32_t number = static_cast<std::uint32_t>(owners_.size());
  if (number < most_) {
    owners_.push_back({std::string(token), batch_});
  } else {
    std::uint32_t tried = 0;
    while (tried < most_ && owners_[next_].last_batch == batch_) next_ = (next_ + 1) % most_, ++tried;
    if (tried == most_) return std::nullopt;
    number = next_;
    next_ = (next_ + 1) % most_;
    numbers_.erase(owners_[number].token);
    owners_[number] = {std::string(token), batch_};
  }
  numbers_.emplace(token, number);
  return Number{number, true};
}

void TokenNumbers::Forget() {
  owners_.clear();
  numbers_.clear();
  next_ = 0;
}

}  // namespace evenhand::gateway
