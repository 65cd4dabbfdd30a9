#include "services/restriction/check/answer.h"

#include <algorithm>

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;
using v1::ContactMarker;
using v1::ContactMatch;
using v1::Instruction;

using wording::Ways;

constexpr char kCare[] =
    "It can't be confirmed right now whether guidance is in force. Take care, follow your service's usual safe practice, and check again "
    "soon.";
constexpr char kColleague[] = "Please pass this contact to a colleague or your manager.";
constexpr char kMarkerConfirmed[] = "There is a register entry about this person. Follow your service's safe-working arrangements.";
constexpr char kMarkerProvisional[] =
    "A register entry about this person awaits confirmation. Follow your service's safe-working arrangements.";
constexpr char kMarkerPossible[] =
    "A register entry may concern this contact. Find out who it is, and follow your service's safe-working arrangements.";

const Guidance kNothing;

bool AsksNoContact(const Guidance& guidance, std::string_view staff) {
  return !staff.empty() && std::ranges::find(guidance.no_contact, staff) != guidance.no_contact.end();
}

Instruction& AddInstruction(ContactMatch& match, MeasureKind::Value code, std::string text, const std::string& restriction_id = "") {
  Instruction& instruction = *match.add_instructions();
  instruction.set_code(code);
  instruction.set_text(std::move(text));
  instruction.set_restriction_id(restriction_id);
  instruction.set_applies(Instruction::Applies::THIS_CONTACT);
  return instruction;
}

// What an answer is made from, beside the person's guidance.
struct Moment {
  const ContactQuery& query;
  absl::Time now;
  Ways ways;
};

// The tightest limit that counts this contact says what remains.
void NoteRemaining(ContactMatch& match, const Measure& measure, Channel::Value contact, absl::Time now) {
  if (!measure.Counts(contact)) return;
  const int remaining = measure.limit->Remaining(now);
  if (match.has_remaining_contacts() && match.remaining_contacts() <= remaining) return;
  match.set_remaining_contacts(remaining);
  const absl::Time resets = WindowOf(measure.limit->period, now).end;
  match.mutable_resets_at()->set_seconds(absl::ToUnixSeconds(resets));
}

// Contact is taken at certain times and this is another: nothing is left until they come again.
void NoteClosed(ContactMatch& match, const Measure& measure, absl::Time now) {
  if (measure.limit) return;  // what is left of its count is said
  match.set_remaining_contacts(0);
  match.mutable_resets_at()->set_seconds(absl::ToUnixSeconds(NextStart(*measure.times, now)));
}

// What the moment adds to a measure that binds this contact: another time of day, a limit that is used up.
void AddMoment(ContactMatch& match, std::string& text, const Measure& measure, const Moment& at) {
  if (measure.times && !WithinTimes(measure.times->from, measure.times->to, at.now)) {
    text.append(kOutsideItsTimes);
    NoteClosed(match, measure, at.now);
  } else if (measure.limit && measure.limit->ExceededBy(at.now, at.query.counted)) {
    text.append(kUsedUp);
  }
  NoteRemaining(match, measure, at.query.channel, at.now);
}

void AddMeasure(ContactMatch& match, const Measure& measure, const Guidance& guidance, const Moment& at) {
  const bool binds = measure.Binds(at.query.channel);
  // One order at a time: where the third party has gone, contact is not through them.
  std::string text = HasGone(guidance, measure) ? InstructionFor(*guidance.advocate, at.ways)
                                                : wording::ForStaff(measure.words, at.query.channel, at.ways);
  if (binds) AddMoment(match, text, measure, at);
  Instruction& instruction = AddInstruction(match, measure.words.kind, std::move(text), measure.restriction_id);
  instruction.set_channel(wording::ChannelOf(measure.words));
  if (!binds) instruction.set_applies(Instruction::Applies::OTHER_CHANNEL);
}

// Contact through an advocate alone, where no restriction says so already.
void AddAdvocate(ContactMatch& match, const Guidance& guidance, const wording::Ways& ways) {
  if (!guidance.advocate || !guidance.advocate->only_contact) return;
  for (const Instruction& instruction : match.instructions())
    if (instruction.code() == MeasureKind::THIRD_PARTY_ONLY) return;
  AddInstruction(match, MeasureKind::THIRD_PARTY_ONLY, InstructionFor(*guidance.advocate, ways));
}

void AddMarker(ContactMatch& match, const Guidance& guidance) {
  const Marker* shown = nullptr;
  for (const Marker& marker : guidance.markers)
    if (shown == nullptr || marker.confirmed > shown->confirmed) shown = &marker;
  if (shown == nullptr) return;
  ContactMarker& marker = *match.mutable_marker();
  if (match.match() != HandleMatch::EXACT) {  // scenario 6: never a confirmed marker on others
    marker.set_state(ContactMarker::State::POSSIBLY_ANOTHER);
    marker.set_instruction(kMarkerPossible);
    return;
  }
  marker.set_marker_id(shown->id);
  marker.set_state(shown->confirmed ? ContactMarker::State::CONFIRMED : ContactMarker::State::PROVISIONAL);
  const char* otherwise = shown->confirmed ? kMarkerConfirmed : kMarkerProvisional;
  marker.set_instruction(shown->instruction.empty() ? otherwise : shown->instruction);
}

void Instruct(ContactMatch& match, const Guidance& guidance, const ContactQuery& query, absl::Time now) {
  const Moment at{query, now, WaysTo(guidance, query.area, now)};
  for (const Channel::Value channel : Every<Channel>())
    if (at.ways.open.Has(channel)) match.add_open_channels(channel);
  // Those that bind this contact come first: they are read while it rings.
  for (const bool binds : {true, false})
    for (const Measure& measure : guidance.measures)
      if (measure.Binds(query.channel) == binds && measure.InForce(now) && measure.Concerns(query.area))
        AddMeasure(match, measure, guidance, at);
  AddAdvocate(match, guidance, at.ways);
  if (AsksNoContact(guidance, query.staff)) AddInstruction(match, MeasureKind::PASS_TO_COLLEAGUE, kColleague);
  AddMarker(match, guidance);
}

}  // namespace

void AnswerFrom(const Holders& holders, const ContactQuery& query, absl::Time now, CheckContactResponse& answer) {
  answer.set_outcome(CheckContactResponse::Outcome::CLEAR);
  const bool exact = holders.size() == 1 && holders[0].confirmed && !holders[0].shared;
  // One order whoever asks, from the index, the database or the history: a replay gives the very answer that was given.
  absl::InlinedVector<const Holder*, 2> in_order;
  for (const Holder& holder : holders) in_order.push_back(&holder);
  std::ranges::sort(in_order, {}, &Holder::person);
  bool worth_telling = false;
  for (const Holder* holder : in_order) {
    ContactMatch& match = *answer.add_matches();
    match.set_person_id(FormatPersonId(holder->person));
    match.set_match(exact ? HandleMatch::EXACT : HandleMatch::POSSIBLE);
    Instruct(match, holder->guidance != nullptr ? *holder->guidance : kNothing, query, now);
    worth_telling |= match.instructions_size() > 0 || match.has_marker();
  }
  if (worth_telling) {
    answer.set_outcome(CheckContactResponse::Outcome::GUIDANCE);
  } else {
    answer.clear_matches();
  }
}

void MakeUnknown(CheckContactResponse& answer) {
  answer.set_outcome(CheckContactResponse::Outcome::UNKNOWN);
  ContactMatch& care = *answer.add_matches();
  AddInstruction(care, MeasureKind::TAKE_CARE, kCare);
  for (int i = answer.matches_size() - 1; i > 0; --i) answer.mutable_matches()->SwapElements(i, i - 1);
}

}  // namespace evenhand::restriction::check
