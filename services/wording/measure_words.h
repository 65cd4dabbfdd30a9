// A measure in words: to the person in a letter (7.3), to staff at a contact (12.4). Both are spelled here, so that they say the same, and
// the rules of 7.2 and 5.4 ask here what a measure closes and whom it names.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "services/platform/base/vocabulary.h"

namespace evenhand::wording {

std::string_view WordsFor(Channel::Value channel);  // "in person"; empty for any

// The way that a decision names to stay open (5.4): a channel, as the contract or people write it ("IN_PERSON", "e-mail"), or a way in
// words. Read once, where it comes in.
struct NamedWay {
  NamedWay() = default;
  explicit NamedWay(std::string written);

  std::string words;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;  // a way in words
};

// Some channels.
class Channels {
 public:
  constexpr Channels() = default;
  constexpr Channels(std::initializer_list<Channel::Value> some) {
    for (const Channel::Value channel : some) Add(channel);
  }
  // Those through which the council can be reached at all.
  static Channels Ordinary();
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool Has(Channel::Value channel) const { return (bits_ >> static_cast<unsigned>(channel) & 1) != 0; }
  constexpr void Add(Channel::Value channel) { bits_ |= 1u << static_cast<unsigned>(channel); }
  constexpr void Add(Channels others) { bits_ |= others.bits_; }
  constexpr void Remove(Channel::Value channel) { bits_ &= ~(1u << static_cast<unsigned>(channel)); }
  constexpr void Remove(Channels others) { bits_ &= ~others.bits_; }
  constexpr void Keep(Channels others) { bits_ &= others.bits_; }
  friend constexpr bool operator==(Channels, Channels) = default;

 private:
  unsigned bits_ = 0;
};

struct MeasureWords {
  MeasureKind::Value kind = MeasureKind::MEASURE_KIND_UNSPECIFIED;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;  // or any
  int max_contacts = 0;
  Period::Value period = Period::PERIOD_UNSPECIFIED;  // of max_contacts; a day where none is said
  std::string from, to;                               // "10:00"
  std::string name;                                   // of the contact, the third party, the account, the matter
  std::string description;                            // in the decider's own words
};

// What the measure is about; CHANNEL_UNSPECIFIED: contact by any channel. An online account is the online form's, whatever else was said.
Channel::Value ChannelOf(const MeasureWords& measure);
// The channel that it closes (5.4); CHANNEL_UNSPECIFIED: none.
Channel::Value ClosedBy(const MeasureWords& measure);
// Is contact through this third party alone? One who isn't named may be anybody.
bool GoesThrough(MeasureKind::Value kind, std::string_view named, std::string_view whom);
// Does it bind a contact by `asked`? Where either is not said, it may.
bool Binds(const MeasureWords& measure, Channel::Value asked);

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
std::string ForStaff(const MeasureWords& measure, Channel::Value asked, const Ways& ways);

}  // namespace evenhand::wording
