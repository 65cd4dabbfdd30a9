#include "services/restriction/domain/milder.h"

#include <algorithm>
#include <array>
#include <string>

#include "services/platform/base/protection.h"

namespace evenhand::restriction {
namespace {

constexpr std::array<std::string_view, 4> kPeriods = {"HOUR", "DAY", "WEEK", "MONTH"};

// At most so many of the shorter period touch one of the longer: a day has 25 hours when the clocks go back, a month touches six weeks.
constexpr int kAtMost[4][4] = {{1, 25, 169, 745}, {1, 1, 7, 31}, {1, 1, 1, 6}, {1, 1, 1, 1}};

int IndexOf(std::string_view period) {
  if (period.empty()) period = "DAY";  // what a limit counts by unless it says
  return static_cast<int>(std::ranges::find(kPeriods, period) - kPeriods.begin());
}

// Every run of contacts that keeps to the proposed limit keeps to the wanted one.
bool CountsNoFewer(const MeasureFacts& wanted, const MeasureFacts& proposed) {
  if (!wanted.max_contacts) return true;
  if (!proposed.max_contacts) return false;
  const int w = IndexOf(wanted.period), p = IndexOf(proposed.period);
  if (w == static_cast<int>(kPeriods.size()) || p == static_cast<int>(kPeriods.size())) return false;
  const std::int64_t times = w > p ? kAtMost[p][w] : 1;
  return *wanted.max_contacts >= times * *proposed.max_contacts;
}

// The same channel, or one of all.
bool Within(const MeasureFacts& wanted, const MeasureFacts& proposed) {
  return wanted.channel == proposed.channel || proposed.channel.empty();
}

// Words can carry a measure of their own: they are those that were proposed, or none.
bool SaysNoMore(std::string_view wanted, std::string_view proposed) { return wanted.empty() || wanted == proposed; }

// Anything that leaves some contact open on a channel is milder than closing it; it must be about that channel alone.
bool OpensWhatWasClosed(const MeasureFacts& wanted) {
  if (wanted.kind == "NAMED_CONTACT" || wanted.kind == "THIRD_PARTY_ONLY") return wanted.description.empty();
  const bool plain = wanted.kind == "LIMIT_VOLUME" || wanted.kind == "LIMIT_TIME" || wanted.kind == "WITHHOLD_STAFF_DETAILS";
  return plain && wanted.name.empty() && wanted.description.empty();
}

}  // namespace

bool NoStricter(const MeasureFacts& wanted, const MeasureFacts& proposed) {
  if (wanted.kind != proposed.kind)
    return proposed.kind == "BLOCK_CHANNEL" && wanted.channel == proposed.channel && OpensWhatWasClosed(wanted);
  if (!Within(wanted, proposed)) return false;
  const bool same_words = wanted.name == proposed.name && wanted.description == proposed.description;
  if (wanted.kind == "BLOCK_CHANNEL" || wanted.kind == "WITHHOLD_STAFF_DETAILS")
    return SaysNoMore(wanted.name, proposed.name) && SaysNoMore(wanted.description, proposed.description);
  if (wanted.kind == "LIMIT_VOLUME" || wanted.kind == "LIMIT_TIME") {
    if (!SaysNoMore(wanted.name, proposed.name) || !SaysNoMore(wanted.description, proposed.description)) return false;
    const bool as_long = wanted.kind == "LIMIT_VOLUME" || (wanted.from <= proposed.from && wanted.to >= proposed.to);
    return as_long && CountsNoFewer(wanted, proposed);
  }
  // A named contact, a third party, an account, a matter, anything else: another one is another measure.
  return same_words && CountsNoFewer(wanted, proposed);
}

Refusals FaultsOfMilder(std::span<const MeasureFacts> wanted, std::span<const MeasureFacts> proposed) {
  Refusals no;
  if (!ProtectionOn(Protection::kMilderOnly)) return no;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool milder = std::ranges::any_of(proposed, [&](const MeasureFacts& p) { return NoStricter(wanted[i], p); });
    if (!milder)
      no.push_back({"6.2", "measures[" + std::to_string(i) + "]",
                    "This is stricter than what was proposed, or something else: return the proposal, or impose something milder."});
  }
  return no;
}

}  // namespace evenhand::restriction
