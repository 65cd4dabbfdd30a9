#include "services/restriction/domain/measures.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "services/restriction/domain/text.h"

namespace evenhand::restriction {
namespace {

constexpr int kMostContacts = 10'000;  // a limit above this limits nothing

void Check(const MeasureFacts& m, const std::string& at, Refusals& no) {
  const auto demand = [&](bool met, const char* clause, const char* field, const char* message) {
    if (!met) no.push_back({clause, at + "." + field, message});
  };
  const auto demand_count = [&](const char* message) {
    demand(m.max_contacts && *m.max_contacts >= 1 && *m.max_contacts <= kMostContacts, "7.2", "maxContacts", message);
  };
  switch (m.kind) {
    case MeasureKind::BLOCK_CHANNEL:
      return demand(m.channel != Channel::CHANNEL_UNSPECIFIED, "7.2", "channel", "Say which channel is closed.");
    case MeasureKind::LIMIT_VOLUME:
      demand_count("Say how many contacts are taken: at least one; to take none, close the channel.");
      return demand(m.period != Period::PERIOD_UNSPECIFIED, "7.2", "period", "Say over what time contacts are counted.");
    case MeasureKind::LIMIT_TIME:
      demand(IsTimeOfDay(m.from), "7.2", "from", "Say from when contact is taken, as \"HH:MM\".");
      demand(IsTimeOfDay(m.to), "7.2", "to", "Say until when contact is taken, as \"HH:MM\".");
      if (IsTimeOfDay(m.from) && IsTimeOfDay(m.to)) demand(m.from < m.to, "7.2", "to", "The end of the time must be after its start.");
      if (m.max_contacts) demand_count("Say how many contacts are taken: at least one.");
      return;
    case MeasureKind::NAMED_CONTACT:
      return demand(Said(m.name), "7.2", "name", "Name the contact.");
    case MeasureKind::THIRD_PARTY_ONLY:
      return demand(Said(m.name) || Said(m.description), "7.2", "name", "Name the third party.");
    case MeasureKind::LIMIT_COMPLAINTS:
      return demand(Said(m.description) || Said(m.name), "9.8", "description", "Name the matter whose complaints are limited.");
    case MeasureKind::OTHER:
      return demand(Said(m.description), "7.2", "description", "Describe the measure.");
    case MeasureKind::WITHHOLD_STAFF_DETAILS:
    case MeasureKind::BLOCK_ONLINE_ACCOUNT:
      return;
    case MeasureKind::TAKE_CARE:
    case MeasureKind::PASS_TO_COLLEAGUE:
    case MeasureKind::MEASURE_KIND_UNSPECIFIED:
      break;
  }
  demand(false, "7.2", "kind", "Say which measure it is.");
}

bool Mentions(std::string_view text, std::string_view word) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == b; };
  return !std::ranges::search(text, word, same).empty();
}

}  // namespace

wording::MeasureWords WordsOf(const MeasureFacts& m) {
  return {.kind = m.kind,
          .channel = m.channel,
          .max_contacts = m.max_contacts.value_or(0),
          .period = m.period,
          .from = m.from,
          .to = m.to,
          .name = m.name,
          .description = m.description};
}

Refusals FaultsOfMeasures(std::span<const MeasureFacts> measures) {
  Refusals no;
  if (measures.empty()) no.push_back({"7.2", "measures", "Say what is to be done: at least one measure."});
  std::set<std::pair<MeasureKind::Value, Channel::Value>> seen;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    const std::string at = "measures[" + std::to_string(i) + "]";
    Check(measures[i], at, no);
    if (measures[i].kind != MeasureKind::MEASURE_KIND_UNSPECIFIED && !seen.insert({measures[i].kind, measures[i].channel}).second)
      no.push_back({"7.2", at, "The same measure for the same channel stands here twice."});
  }
  return no;
}

bool LimitsComplaints(std::span<const MeasureFacts> measures) {
  return std::ranges::any_of(measures, [](const MeasureFacts& m) {
    return m.kind == MeasureKind::LIMIT_COMPLAINTS ||
           (m.kind == MeasureKind::OTHER && (Mentions(m.description, "complain") || Mentions(m.name, "complain")));
  });
}

}  // namespace evenhand::restriction
