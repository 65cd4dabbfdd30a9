// What a sender has to say: a field of this type that is left out of an event's braces does not compile.
#pragma once

#include <concepts>
#include <utility>

namespace evenhand::events {

template <typename T>
class Said {
 public:
  template <typename U>
    requires std::convertible_to<U&&, T>
  Said(U&& value) : value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor): it is the value
  const T& operator*() const { return value_; }

 private:
  T value_;
};

}  // namespace evenhand::events
