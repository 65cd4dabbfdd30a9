#include "services/restriction/domain/measures.h"

#include <set>

#include "services/restriction/domain/text.h"

namespace evenhand::restriction {
namespace {

constexpr int kMostContacts = 10'000;  // a limit above this limits nothing

void Check(const MeasureFacts& m, const std::string& at, Refusals& no) {
  const auto demand = [&](bool met, const char* clause, const char* field, const char* message) {
    if (!met) no.push_back({clause, at + "." + field, message});
  };
  if (m.kind.empty()) return demand(false, "7.2", "kind", "Say which measure it is.");
  if (m.kind == "BLOCK_CHANNEL") demand(!m.channel.empty(), "7.2", "channel", "Say which channel is closed.");
  if (m.kind == "LIMIT_VOLUME") {
    demand(m.max_contacts.has_value() && *m.max_contacts >= 1 && *m.max_contacts <= kMostContacts, "7.2", "maxContacts",
           "Say how many contacts are taken: at least one; to take none, close the channel.");
    demand(!m.period.empty(), "7.2", "period", "Say over what time contacts are counted.");
  }
  if (m.kind == "LIMIT_TIME") {
    demand(IsTimeOfDay(m.from), "7.2", "from", "Say from when contact is taken, as \"HH:MM\".");
    demand(IsTimeOfDay(m.to), "7.2", "to", "Say until when contact is taken, as \"HH:MM\".");
    if (IsTimeOfDay(m.from) && IsTimeOfDay(m.to)) demand(m.from < m.to, "7.2", "to", "The end of the time must be after its start.");
  }
  if (m.kind == "LIMIT_TIME" && m.max_contacts)
    demand(*m.max_contacts >= 1 && *m.max_contacts <= kMostContacts, "7.2", "maxContacts",
           "Say how many contacts are taken: at least one.");
  if (m.kind == "NAMED_CONTACT") demand(Said(m.name), "7.2", "name", "Name the contact.");
  if (m.kind == "THIRD_PARTY_ONLY") demand(Said(m.name) || Said(m.description), "7.2", "name", "Name the third party.");
  if (m.kind == "OTHER") demand(Said(m.description), "7.2", "description", "Describe the measure.");
  if (m.kind == "LIMIT_COMPLAINTS")
    demand(Said(m.description) || Said(m.name), "9.8", "description", "Name the matter whose complaints are limited.");
}

}  // namespace

wording::MeasureWords WordsOf(const MeasureFacts& m) {
  return {.kind = wording::MeasureKindNamed(m.kind).value_or(wording::MeasureKind::kUnspecified),
          .channel = wording::ChannelNamed(m.channel).value_or(wording::Channel::kAny),
          .max_contacts = m.max_contacts.value_or(0),
          .period = wording::PeriodNamed(m.period),
          .from = m.from,
          .to = m.to,
          .name = m.name,
          .description = m.description};
}

Refusals FaultsOfMeasures(std::span<const MeasureFacts> measures) {
  Refusals no;
  if (measures.empty()) no.push_back({"7.2", "measures", "Say what is to be done: at least one measure."});
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    const std::string at = "measures[" + std::to_string(i) + "]";
    Check(measures[i], at, no);
    if (!measures[i].kind.empty() && !seen.insert({measures[i].kind, measures[i].channel}).second)
      no.push_back({"7.2", at, "The same measure for the same channel stands here twice."});
  }
  return no;
}

bool LimitsComplaints(std::span<const MeasureFacts> measures) {
  return std::ranges::any_of(measures, [](const MeasureFacts& m) { return m.kind == "LIMIT_COMPLAINTS"; });
}

}  // namespace evenhand::restriction
