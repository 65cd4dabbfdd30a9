#include "services/restriction/domain/milder.h"

#include <algorithm>
#include <string>

#include "services/platform/base/protection.h"

namespace evenhand::restriction {
namespace {

// At most so many of the shorter period touch one of the longer: a day has 25 hours when the clocks go back, a month touches six weeks.
constexpr int kAtMost[4][4] = {{1, 25, 169, 745}, {1, 1, 7, 31}, {1, 1, 1, 6}, {1, 1, 1, 1}};

int IndexOf(Period::Value period) {
  switch (period) {
    case Period::HOUR:
      return 0;
    case Period::WEEK:
      return 2;
    case Period::MONTH:
      return 3;
    case Period::DAY:
    case Period::PERIOD_UNSPECIFIED:  // what a limit counts by unless it says
      break;
  }
  return 1;
}

// Every run of contacts that keeps to the proposed limit keeps to the wanted one.
bool CountsNoFewer(const MeasureFacts& wanted, const MeasureFacts& proposed) {
  if (!wanted.max_contacts) return true;
  if (!proposed.max_contacts) return false;
  const int w = IndexOf(wanted.period), p = IndexOf(proposed.period);
  const std::int64_t times = w > p ? kAtMost[p][w] : 1;
  return *wanted.max_contacts >= times * *proposed.max_contacts;
}

// The same channel, or one of all.
bool Within(const MeasureFacts& wanted, const MeasureFacts& proposed) {
  return wanted.channel == proposed.channel || proposed.channel == Channel::CHANNEL_UNSPECIFIED;
}

// Words can carry a measure of their own: they are those that were proposed, or none.
bool SaysNoMore(std::string_view wanted, std::string_view proposed) { return wanted.empty() || wanted == proposed; }

// Anything that leaves some contact open on a channel is milder than closing it; it must be about that channel alone.
bool OpensWhatWasClosed(const MeasureFacts& wanted) {
  switch (wanted.kind) {
    case MeasureKind::NAMED_CONTACT:
    case MeasureKind::THIRD_PARTY_ONLY:
      return wanted.description.empty();
    case MeasureKind::LIMIT_VOLUME:
    case MeasureKind::LIMIT_TIME:
    case MeasureKind::WITHHOLD_STAFF_DETAILS:
      return wanted.name.empty() && wanted.description.empty();
    case MeasureKind::BLOCK_CHANNEL:
    case MeasureKind::BLOCK_ONLINE_ACCOUNT:
    case MeasureKind::LIMIT_COMPLAINTS:
    case MeasureKind::OTHER:
    case MeasureKind::TAKE_CARE:
    case MeasureKind::PASS_TO_COLLEAGUE:
    case MeasureKind::MEASURE_KIND_UNSPECIFIED:
      break;
  }
  return false;
}

}  // namespace

bool NoStricter(const MeasureFacts& wanted, const MeasureFacts& proposed) {
  if (wanted.kind != proposed.kind)
    return proposed.kind == MeasureKind::BLOCK_CHANNEL && wanted.channel == proposed.channel && OpensWhatWasClosed(wanted);
  if (!Within(wanted, proposed)) return false;
  const bool says_no_more = SaysNoMore(wanted.name, proposed.name) && SaysNoMore(wanted.description, proposed.description);
  switch (wanted.kind) {
    case MeasureKind::BLOCK_CHANNEL:
    case MeasureKind::WITHHOLD_STAFF_DETAILS:
      return says_no_more;
    case MeasureKind::LIMIT_VOLUME:
      return says_no_more && CountsNoFewer(wanted, proposed);
    case MeasureKind::LIMIT_TIME:
      return says_no_more && wanted.from <= proposed.from && wanted.to >= proposed.to && CountsNoFewer(wanted, proposed);
    case MeasureKind::NAMED_CONTACT:
    case MeasureKind::THIRD_PARTY_ONLY:
    case MeasureKind::BLOCK_ONLINE_ACCOUNT:
    case MeasureKind::LIMIT_COMPLAINTS:
    case MeasureKind::OTHER:
    case MeasureKind::TAKE_CARE:
    case MeasureKind::PASS_TO_COLLEAGUE:
    case MeasureKind::MEASURE_KIND_UNSPECIFIED:
      break;
  }
  // A named contact, a third party, an account, a matter, anything else: another one is another measure.
  return wanted.name == proposed.name && wanted.description == proposed.description && CountsNoFewer(wanted, proposed);
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
