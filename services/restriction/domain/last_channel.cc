#include "services/restriction/domain/last_channel.h"

#include <algorithm>

#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/text.h"

namespace evenhand::restriction {

namespace {

// "E-mail" and "in person" are channels as well, as people write them.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') plain += static_cast<char>(c - 'a' + 'A');
    if (c >= 'A' && c <= 'Z') plain += c;
  }
  return plain;
}

bool Names(const std::set<std::string>& channels, std::string_view written) {
  return std::ranges::any_of(channels, [&](const std::string& channel) { return Plain(channel) == Plain(written); });
}

}  // namespace

std::set<std::string> OrdinaryChannels() {
  std::set<std::string> names;
  for (int i = 1; i < wording::kChannels; ++i)
    if (const auto channel = static_cast<wording::Channel>(i); wording::Channels::Ordinary().Has(channel))
      names.emplace(wording::NameOf(channel));
  return names;
}

std::set<std::string> ClosedBy(std::span<const MeasureFacts> measures) {
  std::set<std::string> closed;
  for (const MeasureFacts& m : measures)
    if (const auto channel = wording::ClosedBy(WordsOf(m))) closed.emplace(wording::NameOf(*channel));
  return closed;
}

Refusals RefusalsToCloseLastChannel(const LastChannelFacts& facts) {
  std::set<std::string> closing = ClosedBy(facts.measures);
  if (closing.empty()) return {};  // what closes no channel leaves things as they are
  std::set<std::string> closed = facts.closed_already;
  closed.insert(closing.begin(), closing.end());

  // What every adjustment leaves usable; without any, the ordinary channels.
  std::set<std::string> usable = OrdinaryChannels();
  bool narrowed = false;
  for (const auto& channels : facts.usable_by_adjustment) {
    if (channels.empty()) continue;
    std::set<std::string> both;
    if (!narrowed) {
      both = channels;
    } else {
      std::ranges::set_intersection(usable, channels, std::inserter(both, both.begin()));
    }
    usable = std::move(both);
    narrowed = true;
  }
  const bool something_stays = std::ranges::any_of(usable, [&](const std::string& channel) { return !closed.contains(channel); });
  if (something_stays) return {};
  if (!Said(facts.alternative_channel))
    return {{"5.4", "alternativeChannel", "This closes the last channel that the person can use; name the alternative that stays open."}};
  if (Names(closed, facts.alternative_channel)) return {{"5.4", "alternativeChannel", "The alternative that is named is closed as well."}};
  return {};
}

}  // namespace evenhand::restriction
