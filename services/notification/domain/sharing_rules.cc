#include "services/notification/domain/sharing_rules.h"

#include <algorithm>
#include <array>

#include <absl/strings/ascii.h>

namespace evenhand::notification {
namespace {

// Who meets the person on a channel, and why they have to know. kTheService stands for the service itself.
struct ChannelRule {
  std::string_view audience;
  std::string_view reason;
};
constexpr std::string_view kTheService = "service";

ChannelRule RuleFor(Channel::Value channel) {
  switch (channel) {
    case Channel::PHONE:
      return {kPublicNumbers, "They answer the public telephone numbers, where this measure has to be carried out."};
    case Channel::EMAIL:
      return {kWebContact, "They monitor e-mail and other web contact, where this measure has to be carried out."};
    case Channel::ONLINE_FORM:
      return {kWebContact, "They monitor online forms, where this measure has to be carried out."};
    case Channel::SOCIAL_MEDIA:
      return {kWebContact, "They monitor social media, where this measure has to be carried out."};
    case Channel::IN_PERSON:
      return {kTheService, "They meet the person face to face, where this measure has to be carried out."};
    case Channel::LETTER:
      return {kTheService, "They open the person's letters, where this measure has to be carried out."};
    case Channel::COUNCIL_EVENT:
      return {kTheService, "They hold the events at which this measure has to be carried out."};
    case Channel::OUTSIDE_WORK:
      return {kTheService, "Their staff may be met outside work, where this measure has to be carried out."};
    case Channel::CHANNEL_UNSPECIFIED:
      break;
  }
  return {kTheService, "The measure holds where the service meets the person."};
}

constexpr std::string_view kEveryChannelReason = "The measure holds on every channel; they carry it out on theirs.";
constexpr std::string_view kThreatReason = "A physical threat was made and they have, or are likely to have, contact with the person.";

bool Told(const SharingPlan& plan, std::string_view audience) {
  return std::ranges::any_of(plan.told, [&](const ShareLine& line) { return line.audience == audience; });
}

void Tell(SharingPlan& plan, std::string audience, std::string_view reason, std::string_view clause) {
  if (!Told(plan, audience)) plan.told.push_back({std::move(audience), std::string(reason), std::string(clause)});
}

// The channels it is met on: an online account's is the web, and what names none holds on all of them.
std::vector<Channel::Value> ChannelsOf(const SharedMeasure& measure) {
  switch (measure.kind) {
    case MeasureKind::BLOCK_ONLINE_ACCOUNT:
      return {Channel::ONLINE_FORM};
    case MeasureKind::BLOCK_CHANNEL:
    case MeasureKind::LIMIT_VOLUME:
    case MeasureKind::LIMIT_TIME:
    case MeasureKind::NAMED_CONTACT:
    case MeasureKind::WITHHOLD_STAFF_DETAILS:
    case MeasureKind::THIRD_PARTY_ONLY:
    case MeasureKind::LIMIT_COMPLAINTS:
    case MeasureKind::OTHER:
    case MeasureKind::TAKE_CARE:
    case MeasureKind::PASS_TO_COLLEAGUE:
    case MeasureKind::MEASURE_KIND_UNSPECIFIED:
      break;
  }
  if (measure.channel != Channel::CHANNEL_UNSPECIFIED) return {measure.channel};
  constexpr auto kAll = Every<Channel>();
  return {kAll.begin(), kAll.end()};
}

void TellForMeasure(SharingPlan& plan, const SharedMeasure& measure, const std::string& service) {
  const std::vector<Channel::Value> channels = ChannelsOf(measure);
  for (const std::string_view audience : {kPublicNumbers, kWebContact, kTheService}) {
    for (const Channel::Value channel : channels) {
      const ChannelRule rule = RuleFor(channel);
      if (rule.audience != audience) continue;
      Tell(plan, audience == kTheService ? service : std::string(audience), channels.size() > 1 ? kEveryChannelReason : rule.reason,
           "12.5");
    }
  }
}

void NoteNotTold(SharingPlan& plan, const SharingFacts& facts) {
  if (!Told(plan, kPublicNumbers))
    plan.not_told.push_back({std::string(kPublicNumbers), "No measure limits contact by telephone.", "12.5"});
  if (!Told(plan, kWebContact))
    plan.not_told.push_back({std::string(kWebContact), "No measure limits e-mail, online or other web contact.", "12.5"});
  plan.not_told.push_back({"other-services",
                           facts.physical_threat ? "They have no contact with the person, as far as is recorded."
                                                 : "No physical threat was made, so other services need not know.",
                           "12.5"});
}

}  // namespace

std::string AudienceOfService(std::string_view service_area) {
  std::string id = "service-";
  for (const char c : service_area) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c));
    if (plain) {
      id.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (id.back() != '-') {
      id.push_back('-');
    }
  }
  while (id.ends_with('-')) id.pop_back();
  return id;
}

SharingPlan PlanSharing(const SharingFacts& facts) {
  SharingPlan plan;
  const std::string service = AudienceOfService(facts.service_area);
  for (const SharedMeasure& measure : facts.measures) TellForMeasure(plan, measure, service);
  if (facts.physical_threat) {
    Tell(plan, service, kThreatReason, "12.5");
    for (const std::string& area : facts.services_with_contact) Tell(plan, AudienceOfService(area), kThreatReason, "12.5");
  }
  NoteNotTold(plan, facts);
  return plan;
}

SharingPlan PlanRegisterEntry(const RegisterFacts& facts) {
  SharingPlan plan;
  const bool threat = facts.category == Behaviour::VIOLENCE || facts.category == Behaviour::PHYSICAL_THREAT;
  Tell(plan, AudienceOfService(facts.service_area),
       threat ? kThreatReason : "The person is on the register for what happened in this service, which meets them.",
       threat ? "12.5" : "4.3");
  if (threat) {
    for (const std::string& area : facts.services_with_contact) Tell(plan, AudienceOfService(area), kThreatReason, "12.5");
  }
  plan.not_told.push_back({std::string(kPublicNumbers), "They see what to do at the contact itself, and need no more.", "12.4"});
  plan.not_told.push_back({std::string(kWebContact), "They see what to do at the contact itself, and need no more.", "12.4"});
  plan.not_told.push_back({"other-services",
                           threat ? "They have no contact with the person, as far as is recorded."
                                  : "No physical threat was made, so other services need not know.",
                           "12.5"});
  return plan;
}

SharingPlan PlanStaffNamed() {
  constexpr std::string_view kReason = "A member of staff was named publicly; they act for that colleague.";
  SharingPlan plan;
  for (const std::string_view audience : {kLineManager, kHrPartner, kCommunications}) Tell(plan, std::string(audience), kReason, "12.6");
  plan.not_told.push_back({"everybody-else", "To lessen the impact on the colleague this goes no further than is needed to act.", "12.7"});
  return plan;
}

bool NamesEverybody(std::string_view audience) {
  constexpr std::array kEverybody = {
      std::string_view("all"),  std::string_view("everyone"),       std::string_view("everybody"),      std::string_view("all-staff"),
      std::string_view("*"),    std::string_view("everybody-else"), std::string_view("other-services"), std::string_view("council"),
      std::string_view("staff")};
  std::string plain(audience);
  std::ranges::transform(plain, plain.begin(),
                         [](char c) { return c == ' ' || c == '_' ? '-' : absl::ascii_tolower(static_cast<unsigned char>(c)); });
  return std::ranges::find(kEverybody, plain) != kEverybody.end();
}

}  // namespace evenhand::notification
