// The contract's closed words by their short names, for every room: Channel::PHONE, its type Channel::Value. A switch over one of them has
// no `default:`, so that the compiler names every place where a new one must be known.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "evenhand/common/v1/vocabulary.pb.h"

namespace evenhand {

using common::v1::AppealOutcome;
using common::v1::AppealResult;
using common::v1::AppealState;
using common::v1::Behaviour;
using common::v1::Channel;
using common::v1::DecisionKind;
using common::v1::ErrorReason;
using common::v1::EvidenceState;
using common::v1::FollowUpKind;
using common::v1::FollowUpOutcome;
using common::v1::Format;
using common::v1::HandleMatch;
using common::v1::IncidentView;
using common::v1::LetterKind;
using common::v1::MeasureKind;
using common::v1::NotificationState;
using common::v1::Period;
using common::v1::RestrictionState;
using common::v1::ReviewCause;

// Every value of a word without gaps, in the contract's order; what says nothing is left out.
template <typename Word>
constexpr auto Every() {
  std::array<typename Word::Value, Word::Value_ARRAYSIZE - 1> all{};
  for (int i = 1; i < Word::Value_ARRAYSIZE; ++i) all[static_cast<std::size_t>(i - 1)] = static_cast<typename Word::Value>(i);
  return all;
}

// The value of that name, as the contract and the database print it: "BLOCK_CHANNEL". `otherwise` where it is none.
template <typename Word>
typename Word::Value Named(const std::string& name, typename Word::Value otherwise = {}) {
  typename Word::Value value{};
  return Word::Value_Parse(name, &value) ? value : otherwise;
}

template <typename Word>
std::vector<std::string> NamesOf(const std::vector<typename Word::Value>& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.push_back(Word::Value_Name(value));
  return names;
}

// What a repeated field of the word says, as its own type.
template <typename Word>
std::vector<typename Word::Value> ListOf(const google::protobuf::RepeatedField<int>& numbers) {
  std::vector<typename Word::Value> list;
  for (const int number : numbers) list.push_back(static_cast<typename Word::Value>(number));
  return list;
}

}  // namespace evenhand
