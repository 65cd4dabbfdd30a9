#include "services/restriction/check/guidance.h"

#include <array>

#include <absl/strings/str_cat.h>

namespace evenhand::restriction::check {
namespace {

constexpr std::array<std::string_view, 10> kKinds = {"",
                                                     "BLOCK_CHANNEL",
                                                     "LIMIT_VOLUME",
                                                     "LIMIT_TIME",
                                                     "NAMED_CONTACT",
                                                     "WITHHOLD_STAFF_DETAILS",
                                                     "THIRD_PARTY_ONLY",
                                                     "BLOCK_ONLINE_ACCOUNT",
                                                     "LIMIT_COMPLAINTS",
                                                     "OTHER"};
constexpr std::array<std::string_view, 9> kChannels = {
    "", "PHONE", "IN_PERSON", "EMAIL", "LETTER", "ONLINE_FORM", "SOCIAL_MEDIA", "COUNCIL_EVENT", "OUTSIDE_WORK"};
constexpr std::array<std::string_view, 9> kWords = {"by any channel", "by phone",        "in person",         "by e-mail",   "by letter",
                                                    "by online form", "on social media", "at council events", "outside work"};

template <typename Enum, std::size_t kSize>
std::optional<Enum> Named(const std::array<std::string_view, kSize>& names, std::string_view name) {
  for (std::size_t i = 1; i < kSize; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

std::string OtherThan(std::string_view text, std::string_view otherwise) { return std::string(text.empty() ? otherwise : text); }

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string VolumeText(const MeasureWords& words) {
  const std::string_view period = words.period ? WordFor(*words.period) : "period";
  return absl::StrCat("Contact ", View(WordsFor(words.channel)), " is limited to ", words.max_contacts, " in a ", View(period),
                      ". Record this contact so that it is counted.");
}

std::string TimeText(const MeasureWords& words) {
  std::string text = absl::StrCat("Contact ", View(WordsFor(words.channel)), " is limited in time");
  if (!words.from.empty() && !words.to.empty()) absl::StrAppend(&text, ": between ", words.from, " and ", words.to);
  if (words.max_contacts > 0 && words.period)
    absl::StrAppend(&text, ", at most ", words.max_contacts, " in a ", View(WordFor(*words.period)));
  if (!words.description.empty()) absl::StrAppend(&text, " (", words.description, ")");
  return text + ".";
}

}  // namespace

std::string InstructionFor(const Advocate& advocate) {
  if (!advocate.resigned)
    return absl::StrCat("Contact is through ", OtherThan(advocate.name, "an advocate"), " only. Please say so politely.");
  const auto channel = ChannelNamed(advocate.channel);
  const std::string way = channel ? std::string(WordsFor(*channel)) : OtherThan(advocate.channel, "by a way that your manager names");
  return absl::StrCat("The advocate", advocate.name.empty() ? "" : ", " + advocate.name + ",",
                      " has resigned. Until there is another, contact with the person is open: ", way, ".");
}

std::optional<MeasureKind> MeasureKindNamed(std::string_view name) { return Named<MeasureKind>(kKinds, name); }
std::optional<Channel> ChannelNamed(std::string_view name) { return Named<Channel>(kChannels, name); }
std::string_view WordsFor(Channel channel) { return kWords[static_cast<std::size_t>(channel)]; }

std::string InstructionFor(const MeasureWords& words) {
  switch (words.kind) {
    case MeasureKind::kBlockChannel:
      return absl::StrCat("Contact ", View(WordsFor(words.channel)),
                          " is closed for now. Please say so politely, name the channels that are open, and end the contact.");
    case MeasureKind::kLimitVolume:
      return VolumeText(words);
    case MeasureKind::kLimitTime:
      return TimeText(words);
    case MeasureKind::kNamedContact:
      return absl::StrCat("All contact goes through ", OtherThan(words.name, "the named contact"), ". Please pass it on.");
    case MeasureKind::kWithholdStaffDetails:
      return "Do not give names or direct contact details of staff.";
    case MeasureKind::kThirdPartyOnly:
      return absl::StrCat("Contact is through ", OtherThan(words.name, "an advocate or another third party"),
                          " only. Please say so politely.");
    case MeasureKind::kBlockOnlineAccount:
      return "The online account is closed for now. Please offer another channel.";
    case MeasureKind::kLimitComplaints:
      return absl::StrCat("Use of the complaints process is limited", words.description.empty() ? "" : ": " + words.description,
                          ". A complaint about a new incident always passes.");
    case MeasureKind::kOther:
      return OtherThan(words.description, "A measure is in force; ask your manager before you go on.");
    case MeasureKind::kUnspecified:
      break;
  }
  return "A measure is in force; ask your manager before you go on.";
}

}  // namespace evenhand::restriction::check
