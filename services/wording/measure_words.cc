#include "services/wording/measure_words.h"

#include <array>

namespace evenhand::wording {
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
constexpr std::array<std::string_view, kChannels> kNames = {
    "", "PHONE", "IN_PERSON", "EMAIL", "LETTER", "ONLINE_FORM", "SOCIAL_MEDIA", "COUNCIL_EVENT", "OUTSIDE_WORK"};
constexpr std::array<std::string_view, kChannels> kWords = {"",
                                                            "by phone",
                                                            "in person",
                                                            "by e-mail",
                                                            "by letter",
                                                            "by online form",
                                                            "on social media",
                                                            "at council events",
                                                            "with staff outside their work"};
constexpr std::array<std::string_view, kChannels> kNouns = {
    "", "phone", "the counter", "e-mail", "post", "the online form", "social media", "council events", "contact outside work"};
constexpr std::array<std::string_view, 5> kPeriods = {"", "HOUR", "DAY", "WEEK", "MONTH"};
constexpr std::array<std::string_view, 5> kEach = {"", "an hour", "a day", "a week", "a month"};

constexpr char kAskManager[] = "A measure is in force; ask your manager before you go on.";
constexpr char kCountIt[] = " Record this contact so that it is counted.";

template <typename Enum, std::size_t kSize>
std::optional<Enum> Named(const std::array<std::string_view, kSize>& names, std::string_view name) {
  for (std::size_t i = 1; i < kSize; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

template <typename... Parts>
std::string Say(const Parts&... parts) {
  std::string text;
  text.reserve((std::string_view(parts).size() + ...));
  (text.append(std::string_view(parts)), ...);
  return text;
}

std::string_view Trimmed(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

// Each says something, and the first of them is said.
std::string_view Either(std::string_view first, std::string_view otherwise) {
  first = Trimmed(first);
  return first.empty() ? Trimmed(otherwise) : first;
}

// With a full stop of its own.
std::string Sentence(std::string text) {
  const bool ends = text.ends_with('.') || text.ends_with('!') || text.ends_with('?');
  if (!text.empty() && !ends) text += '.';
  return text;
}

std::string Capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

// " by phone", to follow a word.
std::string Where(const MeasureWords& m) { return m.channel == Channel::kAny ? "" : Say(" ", WordsFor(m.channel)); }

// What the decider adds, as sentences of their own.
std::string More(const MeasureWords& m) {
  const std::string_view more = Trimmed(m.description);
  return more.empty() ? "" : Say(" ", Sentence(std::string(more)));
}

// "up to 3 contacts a week"
std::string UpTo(const MeasureWords& m) {
  const auto period = static_cast<std::size_t>(m.period.value_or(Period::kDay));
  return Say("up to ", std::to_string(m.max_contacts), m.max_contacts == 1 ? " contact " : " contacts ", kEach[period]);
}

// " from 10:00 to 12:00, up to 2 contacts a day"
std::string Times(const MeasureWords& m) {
  std::string text;
  if (!m.from.empty() && !m.to.empty()) text = Say(" from ", m.from, " to ", m.to);
  if (m.max_contacts > 0) text += Say(text.empty() ? " " : ", ", UpTo(m));
  return text.empty() ? " at certain times" : text;
}

// A matter is named by either field; where both are used, the description is a sentence of its own.
std::string Matter(const MeasureWords& m) {
  const std::string_view matter = Either(m.name, m.description);
  if (matter.empty()) return ".";
  return Say(": ", Sentence(std::string(matter)), Trimmed(m.name).empty() ? "" : More(m));
}

std::string Account(const MeasureWords& m, std::string_view unnamed) {
  const std::string_view name = Trimmed(m.name);
  return name.empty() ? std::string(unnamed) : Say("The online account ", name);
}

// A measure in the decider's words alone, and where it holds.
std::string InOwnWords(const MeasureWords& m) {
  const std::string words = Sentence(std::string(Either(m.description, m.name)));
  if (words.empty() || m.channel == Channel::kAny) return words;
  return Say(Capital(std::string(WordsFor(m.channel))), ": ", words);
}

std::string Blocked(const MeasureWords& m, Channel asked, const Ways& ways) {
  const std::string open = WaysWords(ways);
  const std::string closed = Say("Contact", Where(m), " is closed for now");
  if (!Binds(m, asked)) return Say(closed, open.empty() ? "" : "; ", open, ".", More(m));
  const std::string only_if = asked == Channel::kAny ? Say("If this contact is one", Where(m), ", please") : "Please";
  const std::string say = open.empty() ? Say(only_if, " say so politely and end the contact; ask your manager which way stays open.")
                                       : Say(only_if, " say so politely, say that ", open, ", and end the contact.");
  return Say(closed, ".", More(m), " ", say, " If anybody may be in danger, deal with that first.");
}

}  // namespace

std::optional<MeasureKind> MeasureKindNamed(std::string_view name) { return Named<MeasureKind>(kKinds, name); }
std::optional<Channel> ChannelNamed(std::string_view name) { return Named<Channel>(kNames, name); }
std::optional<Period> PeriodNamed(std::string_view name) { return Named<Period>(kPeriods, name); }
std::string_view NameOf(Channel channel) { return kNames[static_cast<std::size_t>(channel)]; }
std::string_view WordsFor(Channel channel) { return kWords[static_cast<std::size_t>(channel)]; }

Channel ChannelOf(const MeasureWords& m) { return m.kind == MeasureKind::kBlockOnlineAccount ? Channel::kOnlineForm : m.channel; }

std::optional<Channel> ClosedBy(const MeasureWords& m) {
  if (m.kind == MeasureKind::kBlockOnlineAccount || (m.kind == MeasureKind::kBlockChannel && m.channel != Channel::kAny))
    return ChannelOf(m);
  return std::nullopt;
}

bool Binds(const MeasureWords& m, Channel asked) {
  const Channel own = ChannelOf(m);
  return own == Channel::kAny || asked == Channel::kAny || own == asked;
}

std::string WaysWords(const Ways& ways) {
  std::string list;
  int named = 0, last = 0;
  for (int i = kChannels - 1; i > 0 && last == 0; --i)
    if (ways.open.Has(static_cast<Channel>(i))) last = i;
  for (int i = 1; i <= last; ++i) {
    if (!ways.open.Has(static_cast<Channel>(i))) continue;
    if (named > 0) list += i == last ? " and " : ", ";
    list += kNouns[static_cast<std::size_t>(i)];
    ++named;
  }
  if (named > 0) return list + (named == 1 && last != static_cast<int>(Channel::kCouncilEvent) ? " is open" : " are open");
  if (!ways.third_party.empty()) return Say("contact through ", ways.third_party, " is open");
  if (!ways.alternative.empty()) return Say("the way that stays open is: ", ways.alternative);
  return "";
}

std::string ForPerson(const MeasureWords& m) {
  switch (m.kind) {
    case MeasureKind::kBlockChannel:
      return Say("We will not take contact", Where(m), ".", More(m));
    case MeasureKind::kLimitVolume:
      return Say("We will take ", UpTo(m), Where(m), ".", More(m));
    case MeasureKind::kLimitTime:
      return Say("We will take contact", Where(m), Times(m), ".", More(m));
    case MeasureKind::kNamedContact:
      return Say("Please be in touch with ", Either(m.name, "one named member of staff"), Where(m), ".", More(m));
    case MeasureKind::kWithholdStaffDetails:
      return Say("We will not give direct contact details or names of staff", Where(m), ".", More(m));
    case MeasureKind::kThirdPartyOnly:
      return Say("We will be in touch through ", Either(m.name, "another person only"), Where(m), ".", More(m));
    case MeasureKind::kBlockOnlineAccount:
      return Say(Account(m, "Your online account"), " is closed for contact with us.", More(m));
    case MeasureKind::kLimitComplaints:
      return Say("We will not look again at complaints", Where(m), " about this matter", Matter(m),
                 " A complaint about something new is always looked at.");
    case MeasureKind::kOther:
    case MeasureKind::kUnspecified:
      break;
  }
  return InOwnWords(m);
}

std::string ForStaff(const MeasureWords& m, Channel asked, const Ways& ways) {
  const bool binds = Binds(m, asked);
  switch (m.kind) {
    case MeasureKind::kBlockChannel:
      return Blocked(m, asked, ways);
    case MeasureKind::kLimitVolume:
      return Say(Capital(UpTo(m)), m.max_contacts == 1 ? " is taken" : " are taken", Where(m), ".", More(m), binds ? kCountIt : "");
    case MeasureKind::kLimitTime:
      return Say("Contact", Where(m), " is taken", Times(m), ".", More(m), binds && m.max_contacts > 0 ? kCountIt : "");
    case MeasureKind::kNamedContact:
      return Say(m.channel == Channel::kAny ? "All contact" : "Contact", Where(m), " goes through ", Either(m.name, "the named contact"),
                 ".", More(m), binds ? " Please pass it on." : "");
    case MeasureKind::kWithholdStaffDetails:
      return binds ? Say("Do not give names or direct contact details of staff", Where(m), ".", More(m))
                   : Say("Names and direct contact details of staff are not given", Where(m), ".", More(m));
    case MeasureKind::kThirdPartyOnly:
      return Say("Contact", Where(m), " is through ", Either(m.name, "another person"), " only.", More(m),
                 binds ? " Please say so politely." : "");
    case MeasureKind::kBlockOnlineAccount: {
      const std::string open = WaysWords(ways);
      const std::string closed = Say(Account(m, "The online account"), " is closed for now");
      if (open.empty()) return Say(closed, ".", More(m), binds ? " Ask your manager which way stays open." : "");
      return binds ? Say(closed, ".", More(m), " Please say that ", open, ".") : Say(closed, "; ", open, ".", More(m));
    }
    case MeasureKind::kLimitComplaints:
      return Say("Use of the complaints process", Where(m), " is limited", Matter(m), " A complaint about a new incident always passes.");
    case MeasureKind::kOther:
    case MeasureKind::kUnspecified:
      break;
  }
  std::string own = InOwnWords(m);
  if (!own.empty()) return own;
  return binds ? kAskManager : Say("A measure is in force", Where(m), ".");
}

}  // namespace evenhand::wording
