#include "services/restriction/check/guidance.h"

#include <absl/strings/str_cat.h>

namespace evenhand::restriction::check {
namespace {

std::string OtherThan(std::string_view text, std::string_view otherwise) { return std::string(text.empty() ? otherwise : text); }

}  // namespace

wording::Ways WaysTo(const Guidance& guidance, std::string_view area, absl::Time now) {
  wording::Ways ways{.open = wording::Channels::Ordinary()};
  wording::Channels closed;
  const bool gone = guidance.advocate && guidance.advocate->resigned;
  const auto only_through = [&](std::string_view whom, Channel channel) {
    ways.third_party = whom.empty() ? "another person" : whom;
    for (int i = 1; i < wording::kChannels; ++i)
      if (channel == Channel::kAny || channel == static_cast<Channel>(i)) ways.open.Remove(static_cast<Channel>(i));
  };
  for (const Measure& measure : guidance.measures) {
    if (!measure.InForce(now) || !measure.Concerns(area)) continue;
    if (const auto channel = wording::ClosedBy(measure.words)) closed.Add(*channel);
    if (measure.words.kind == MeasureKind::kThirdPartyOnly && !gone) only_through(measure.words.name, measure.words.channel);
    if (!measure.alternative.empty()) ways.alternative = measure.alternative;
  }
  if (guidance.advocate && guidance.advocate->only_contact && !gone) only_through(guidance.advocate->name, Channel::kAny);
  // A way that was named to stay open does, be it no ordinary one.
  if (const auto named = wording::ChannelNamed(ways.alternative)) ways.open.Add(*named);
  if (gone)
    if (const auto named = wording::ChannelNamed(guidance.advocate->channel)) ways.open.Add(*named);
  for (int i = 1; i < wording::kChannels; ++i)
    if (closed.Has(static_cast<Channel>(i))) ways.open.Remove(static_cast<Channel>(i));
  return ways;
}

std::string InstructionFor(const Advocate& advocate) {
  if (!advocate.resigned)
    return absl::StrCat("Contact is through ", OtherThan(advocate.name, "an advocate"), " only. Please say so politely.");
  const auto channel = wording::ChannelNamed(advocate.channel);
  const std::string way =
      channel ? std::string(wording::WordsFor(*channel)) : OtherThan(advocate.channel, "by a way that your manager names");
  return absl::StrCat("The advocate", advocate.name.empty() ? "" : ", " + advocate.name + ",",
                      " has resigned. Until there is another, contact with the person is open: ", way, ".");
}

}  // namespace evenhand::restriction::check
