// A measure in words: to the person in a letter (7.3), to staff at a contact (12.4). Both are spelled here, so that they say the same, and
// the rules of 7.2 and 5.4 ask here what a measure closes and whom it names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace evenhand::wording {

// Numbered as in Measure.Kind and Instruction.Code of the contract.
enum class MeasureKind {
  kUnspecified = 0,
  kBlockChannel = 1,
  kLimitVolume = 2,
  kLimitTime = 3,
  kNamedContact = 4,
  kWithholdStaffDetails = 5,
  kThirdPartyOnly = 6,
  kBlockOnlineAccount = 7,
  kLimitComplaints = 8,
  kOther = 9,
};
std::optional<MeasureKind> MeasureKindNamed(std::string_view name);

// Numbered as in Channel and ContactChannel of the contract.
enum class Channel {
  kAny = 0,
  kPhone = 1,
  kInPerson = 2,
  kEmail = 3,
  kLetter = 4,
  kOnlineForm = 5,
  kSocialMedia = 6,
  kCouncilEvent = 7,
  kOutsideWork = 8
};
inline constexpr int kChannels = 9;
std::optional<Channel> ChannelNamed(std::string_view name);
std::string_view NameOf(Channel channel);    // "IN_PERSON", as in the contract
std::string_view WordsFor(Channel channel);  // "in person"; empty for any

// Numbered as in Measure.Period of the contract.
enum class Period { kHour = 1, kDay = 2, kWeek = 3, kMonth = 4 };
std::optional<Period> PeriodNamed(std::string_view name);

// Some channels.
class Channels {
 public:
  constexpr Channels() = default;
  // Those through which the council can be reached at all.
  static constexpr Channels Ordinary() {
    return Channels(1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5);  // PHONE, IN_PERSON, EMAIL, LETTER, ONLINE_FORM
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool Has(Channel channel) const { return (bits_ >> static_cast<unsigned>(channel) & 1) != 0; }
  constexpr void Add(Channel channel) { bits_ |= 1u << static_cast<unsigned>(channel); }
  constexpr void Remove(Channel channel) { bits_ &= ~(1u << static_cast<unsigned>(channel)); }

 private:
  constexpr explicit Channels(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;
};

struct MeasureWords {
  MeasureKind kind = MeasureKind::kUnspecified;
  Channel channel = Channel::kAny;
  int max_contacts = 0;
  std::optional<Period> period;  // of max_contacts; a day where none is said
  std::string from, to;          // "10:00"
  std::string name;              // of the contact, the third party, the account, the matter
  std::string description;       // in the decider's own words
};

// What the measure is about; kAny: contact by any channel. An online account is the online form's, whatever else was said.
Channel ChannelOf(const MeasureWords& measure);
// The channel that it closes, if any (5.4).
std::optional<Channel> ClosedBy(const MeasureWords& measure);
// Does it bind a contact by `asked`? Where either is not said, it may.
bool Binds(const MeasureWords& measure, Channel asked);

// Where the person may be reached.
struct Ways {
  Channels open;
  std::string_view third_party;  // through whom, where nothing else is open
  std::string_view alternative;  // else the way that the decision names
};
// "e-mail and the counter are open"; empty where nothing is known to be.
std::string WaysWords(const Ways& ways);

// A line of the letter, with its full stop.
std::string ForPerson(const MeasureWords& measure);

// To staff who deal with a contact by `asked`. Where the measure binds it, what to do; where it is about another channel, only what is so
// there: nobody is turned away for what was decided about another channel (7.2).
std::string ForStaff(const MeasureWords& measure, Channel asked, const Ways& ways);

}  // namespace evenhand::wording
