#include "services/restriction/domain/last_channel.h"

#include <optional>

#include "services/restriction/domain/measures.h"
#include "services/restriction/domain/text.h"

namespace evenhand::restriction {

wording::Channels ClosedBy(std::span<const MeasureFacts> measures) {
  wording::Channels closed;
  for (const MeasureFacts& m : measures)
    if (const auto channel = wording::ClosedBy(WordsOf(m)); channel != Channel::CHANNEL_UNSPECIFIED) closed.Add(channel);
  return closed;
}

Refusals RefusalsToCloseLastChannel(const LastChannelFacts& facts) {
  wording::Channels closed = ClosedBy(facts.measures);
  if (closed.empty()) return {};  // what closes no channel leaves things as they are
  closed.Add(facts.closed_already);

  // What every adjustment leaves usable; without any, the ordinary channels.
  std::optional<wording::Channels> usable;
  for (const wording::Channels channels : facts.usable_by_adjustment) {
    if (channels.empty()) continue;
    if (!usable) usable = channels;
    usable->Keep(channels);
  }
  wording::Channels open = usable.value_or(wording::Channels::Ordinary());
  open.Remove(closed);
  if (!open.empty()) return {};
  if (!Said(facts.alternative_channel))
    return {{"5.4", "alternativeChannel", "This closes the last channel that the person can use; name the alternative that stays open."}};
  if (closed.Has(wording::NamedWay(facts.alternative_channel).channel))
    return {{"5.4", "alternativeChannel", "The alternative that is named is closed as well."}};
  return {};
}

}  // namespace evenhand::restriction
