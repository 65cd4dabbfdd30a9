#include "services/restriction/check/guidance.h"

#include <absl/strings/str_cat.h>

namespace evenhand::restriction::check {
namespace {

std::string OtherThan(std::string_view text, std::string_view otherwise) { return std::string(text.empty() ? otherwise : text); }

}  // namespace

bool HasGone(const Guidance& guidance, const Measure& measure) {
  return guidance.advocate && guidance.advocate->resigned &&
         wording::GoesThrough(measure.words.kind, measure.words.name, guidance.advocate->name);
}

wording::Ways WaysTo(const Guidance& guidance, std::string_view area, absl::Time now) {
  wording::Ways ways{.open = wording::Channels::Ordinary()};
  wording::Channels closed;
  const bool gone = guidance.advocate && guidance.advocate->resigned;
  Channel::Value named = Channel::CHANNEL_UNSPECIFIED;
  const auto only_through = [&](std::string_view whom, Channel::Value channel) {
    ways.third_party = whom.empty() ? "another person" : whom;
    if (channel == Channel::CHANNEL_UNSPECIFIED) {
      ways.open = {};
    } else {
      ways.open.Remove(channel);
    }
  };
  for (const Measure& measure : guidance.measures) {
    if (!measure.InForce(now) || !measure.Concerns(area)) continue;
    if (const auto channel = wording::ClosedBy(measure.words); channel != Channel::CHANNEL_UNSPECIFIED) closed.Add(channel);
    if (measure.words.kind == MeasureKind::THIRD_PARTY_ONLY && !HasGone(guidance, measure))
      only_through(measure.words.name, measure.words.channel);
    if (measure.alternative.words.empty()) continue;
    ways.alternative = measure.alternative.words;
    named = measure.alternative.channel;
  }
  if (guidance.advocate && guidance.advocate->only_contact && !gone) only_through(guidance.advocate->name, Channel::CHANNEL_UNSPECIFIED);
  // A way that was named to stay open does, be it no ordinary one.
  if (named != Channel::CHANNEL_UNSPECIFIED) ways.open.Add(named);
  if (gone && guidance.advocate->open.channel != Channel::CHANNEL_UNSPECIFIED) ways.open.Add(guidance.advocate->open.channel);
  ways.open.Remove(closed);
  return ways;
}

std::string InstructionFor(const Advocate& advocate, const wording::Ways& ways) {
  if (!advocate.resigned)
    return absl::StrCat("Contact is through ", OtherThan(advocate.name, "an advocate"), " only. Please say so politely.");
  const Channel::Value channel = advocate.open.channel;
  std::string way = "by a way that your manager names";  // what was named may be closed since
  if (channel == Channel::CHANNEL_UNSPECIFIED) {
    way = OtherThan(advocate.open.words, way);
  } else if (ways.open.Has(channel)) {
    way = wording::WordsFor(channel);
  }
  return absl::StrCat("The advocate", advocate.name.empty() ? "" : ", " + advocate.name + ",",
                      " has resigned. Until there is another, contact with the person is open: ", way, ".");
}

}  // namespace evenhand::restriction::check
