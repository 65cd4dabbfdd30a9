#include "services/wording/measure_words.h"

#include <utility>

namespace evenhand::wording {
namespace {

std::string_view NounFor(Channel::Value channel) {
  switch (channel) {
    case Channel::PHONE:
      return "phone";
    case Channel::IN_PERSON:
      return "the counter";
    case Channel::EMAIL:
      return "e-mail";
    case Channel::LETTER:
      return "post";
    case Channel::ONLINE_FORM:
      return "the online form";
    case Channel::SOCIAL_MEDIA:
      return "social media";
    case Channel::COUNCIL_EVENT:
      return "council events";
    case Channel::OUTSIDE_WORK:
      return "contact outside work";
    case Channel::CHANNEL_UNSPECIFIED:
      break;
  }
  return "";
}

constexpr bool IsOrdinary(Channel::Value channel) {
  switch (channel) {
    case Channel::PHONE:
    case Channel::IN_PERSON:
    case Channel::EMAIL:
    case Channel::LETTER:
    case Channel::ONLINE_FORM:
      return true;
    case Channel::SOCIAL_MEDIA:
    case Channel::COUNCIL_EVENT:
    case Channel::OUTSIDE_WORK:
    case Channel::CHANNEL_UNSPECIFIED:
      break;
  }
  return false;
}

std::string_view Each(Period::Value period) {
  switch (period) {
    case Period::HOUR:
      return "an hour";
    case Period::WEEK:
      return "a week";
    case Period::MONTH:
      return "a month";
    case Period::DAY:
    case Period::PERIOD_UNSPECIFIED:
      break;
  }
  return "a day";
}

// "E-mail" and "in person" are channels as well, as people write them.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') plain += static_cast<char>(c - 'a' + 'A');
    if (c >= 'A' && c <= 'Z') plain += c;
  }
  return plain;
}

constexpr char kAskManager[] = "A measure is in force; ask your manager before you go on.";
constexpr char kCountIt[] = " Record this contact so that it is counted.";

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
std::string Where(const MeasureWords& m) { return m.channel == Channel::CHANNEL_UNSPECIFIED ? "" : Say(" ", WordsFor(m.channel)); }

// What the decider adds, as sentences of their own.
std::string More(const MeasureWords& m) {
  const std::string_view more = Trimmed(m.description);
  return more.empty() ? "" : Say(" ", Sentence(std::string(more)));
}

// "up to 3 contacts a week"
std::string UpTo(const MeasureWords& m) {
  return Say("up to ", std::to_string(m.max_contacts), m.max_contacts == 1 ? " contact " : " contacts ", Each(m.period));
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
  if (words.empty() || m.channel == Channel::CHANNEL_UNSPECIFIED) return words;
  return Say(Capital(std::string(WordsFor(m.channel))), ": ", words);
}

std::string Blocked(const MeasureWords& m, Channel::Value asked, const Ways& ways) {
  const std::string open = WaysWords(ways);
  const std::string closed = Say("Contact", Where(m), " is closed for now");
  if (!Binds(m, asked)) return Say(closed, open.empty() ? "" : "; ", open, ".", More(m));
  const std::string only_if = asked == Channel::CHANNEL_UNSPECIFIED ? Say("If this contact is one", Where(m), ", please") : "Please";
  const std::string say = open.empty() ? Say(only_if, " say so politely and end the contact; ask your manager which way stays open.")
                                       : Say(only_if, " say so politely, say that ", open, ", and end the contact.");
  return Say(closed, ".", More(m), " ", say, " If anybody may be in danger, deal with that first.");
}

}  // namespace

Channels Channels::Ordinary() {
  constexpr Channels kOrdinary = [] {
    Channels some;
    for (const Channel::Value channel : Every<Channel>())
      if (IsOrdinary(channel)) some.Add(channel);
    return some;
  }();
  return kOrdinary;
}

std::string_view WordsFor(Channel::Value channel) {
  switch (channel) {
    case Channel::PHONE:
      return "by phone";
    case Channel::IN_PERSON:
      return "in person";
    case Channel::EMAIL:
      return "by e-mail";
    case Channel::LETTER:
      return "by letter";
    case Channel::ONLINE_FORM:
      return "by online form";
    case Channel::SOCIAL_MEDIA:
      return "on social media";
    case Channel::COUNCIL_EVENT:
      return "at council events";
    case Channel::OUTSIDE_WORK:
      return "with staff outside their work";
    case Channel::CHANNEL_UNSPECIFIED:
      break;
  }
  return "";
}

NamedWay::NamedWay(std::string written) : words(std::move(written)) {
  for (const Channel::Value one : Every<Channel>())
    if (Plain(Channel::Value_Name(one)) == Plain(words)) channel = one;
}

Channel::Value ChannelOf(const MeasureWords& m) { return m.kind == MeasureKind::BLOCK_ONLINE_ACCOUNT ? Channel::ONLINE_FORM : m.channel; }

bool GoesThrough(MeasureKind::Value kind, std::string_view named, std::string_view whom) {
  const std::string one = Plain(named), other = Plain(whom);
  return kind == MeasureKind::THIRD_PARTY_ONLY && (one.find(other) != std::string::npos || other.find(one) != std::string::npos);
}

Channel::Value ClosedBy(const MeasureWords& m) {
  switch (m.kind) {
    case MeasureKind::BLOCK_CHANNEL:
    case MeasureKind::BLOCK_ONLINE_ACCOUNT:
      return ChannelOf(m);
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
  return Channel::CHANNEL_UNSPECIFIED;
}

bool Binds(const MeasureWords& m, Channel::Value asked) {
  const Channel::Value own = ChannelOf(m);
  return own == Channel::CHANNEL_UNSPECIFIED || asked == Channel::CHANNEL_UNSPECIFIED || own == asked;
}

std::string WaysWords(const Ways& ways) {
  std::string list;
  int named = 0;
  Channel::Value last = Channel::CHANNEL_UNSPECIFIED;
  for (const Channel::Value channel : Every<Channel>())
    if (ways.open.Has(channel)) last = channel;
  for (const Channel::Value channel : Every<Channel>()) {
    if (!ways.open.Has(channel)) continue;
    if (named > 0) list += channel == last ? " and " : ", ";
    list += NounFor(channel);
    ++named;
  }
  if (named > 0) return list + (named == 1 && last != Channel::COUNCIL_EVENT ? " is open" : " are open");
  if (!ways.third_party.empty()) return Say("contact through ", ways.third_party, " is open");
  if (!ways.alternative.empty()) return Say("the way that stays open is: ", ways.alternative);
  return "";
}

std::string ForPerson(const MeasureWords& m) {
  switch (m.kind) {
    case MeasureKind::BLOCK_CHANNEL:
      return Say("We will not take contact", Where(m), ".", More(m));
    case MeasureKind::LIMIT_VOLUME:
      return Say("We will take ", UpTo(m), Where(m), ".", More(m));
    case MeasureKind::LIMIT_TIME:
      return Say("We will take contact", Where(m), Times(m), ".", More(m));
    case MeasureKind::NAMED_CONTACT:
      return Say("Please be in touch with ", Either(m.name, "one named member of staff"), Where(m), ".", More(m));
    case MeasureKind::WITHHOLD_STAFF_DETAILS:
      return Say("We will not give direct contact details or names of staff", Where(m), ".", More(m));
    case MeasureKind::THIRD_PARTY_ONLY:
      return Say("We will be in touch through ", Either(m.name, "another person only"), Where(m), ".", More(m));
    case MeasureKind::BLOCK_ONLINE_ACCOUNT:
      return Say(Account(m, "Your online account"), " is closed for contact with us.", More(m));
    case MeasureKind::LIMIT_COMPLAINTS:
      return Say("We will not look again at complaints", Where(m), " about this matter", Matter(m),
                 " A complaint about something new is always looked at.");
    case MeasureKind::OTHER:
    case MeasureKind::TAKE_CARE:
    case MeasureKind::PASS_TO_COLLEAGUE:
    case MeasureKind::MEASURE_KIND_UNSPECIFIED:
      break;
  }
  return InOwnWords(m);
}

std::string ForStaff(const MeasureWords& m, Channel::Value asked, const Ways& ways) {
  const bool binds = Binds(m, asked);
  switch (m.kind) {
    case MeasureKind::BLOCK_CHANNEL:
      return Blocked(m, asked, ways);
    case MeasureKind::LIMIT_VOLUME:
      return Say(Capital(UpTo(m)), m.max_contacts == 1 ? " is taken" : " are taken", Where(m), ".", More(m), binds ? kCountIt : "");
    case MeasureKind::LIMIT_TIME:
      return Say("Contact", Where(m), " is taken", Times(m), ".", More(m), binds && m.max_contacts > 0 ? kCountIt : "");
    case MeasureKind::NAMED_CONTACT:
      return Say(m.channel == Channel::CHANNEL_UNSPECIFIED ? "All contact" : "Contact", Where(m), " goes through ",
                 Either(m.name, "the named contact"), ".", More(m), binds ? " Please pass it on." : "");
    case MeasureKind::WITHHOLD_STAFF_DETAILS:
      return binds ? Say("Do not give names or direct contact details of staff", Where(m), ".", More(m))
                   : Say("Names and direct contact details of staff are not given", Where(m), ".", More(m));
    case MeasureKind::THIRD_PARTY_ONLY:
      return Say("Contact", Where(m), " is through ", Either(m.name, "another person"), " only.", More(m),
                 binds ? " Please say so politely." : "");
    case MeasureKind::BLOCK_ONLINE_ACCOUNT: {
      const std::string open = WaysWords(ways);
      const std::string closed = Say(Account(m, "The online account"), " is closed for now");
      if (open.empty()) return Say(closed, ".", More(m), binds ? " Ask your manager which way stays open." : "");
      return binds ? Say(closed, ".", More(m), " Please say that ", open, ".") : Say(closed, "; ", open, ".", More(m));
    }
    case MeasureKind::LIMIT_COMPLAINTS:
      return Say("Use of the complaints process", Where(m), " is limited", Matter(m), " A complaint about a new incident always passes.");
    case MeasureKind::OTHER:
    case MeasureKind::TAKE_CARE:
    case MeasureKind::PASS_TO_COLLEAGUE:
    case MeasureKind::MEASURE_KIND_UNSPECIFIED:
      break;
  }
  std::string own = InOwnWords(m);
  if (!own.empty()) return own;
  return binds ? kAskManager : Say("A measure is in force", Where(m), ".");
}

}  // namespace evenhand::wording
