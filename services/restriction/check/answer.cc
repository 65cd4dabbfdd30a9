#include "services/restriction/check/answer.h"

#include <algorithm>

namespace evenhand::restriction::check {
namespace {

using v1::CheckContactResponse;
using v1::ContactMarker;
using v1::ContactMatch;
using v1::Instruction;

static_assert(static_cast<int>(MeasureKind::kOther) == Instruction::OTHER &&
              static_cast<int>(MeasureKind::kLimitVolume) == Instruction::LIMIT_VOLUME);
static_assert(static_cast<int>(Channel::kOutsideWork) == v1::ContactChannel::OUTSIDE_WORK);

constexpr char kCare[] =
    "It can't be confirmed right now whether guidance is in force. Take care, follow your service's usual safe practice, and check again "
    "soon.";
constexpr char kColleague[] = "Please pass this contact to a colleague or your manager.";
constexpr char kMarkerConfirmed[] = "There is a register entry about this person. Follow your service's safe-working arrangements.";
constexpr char kMarkerProvisional[] =
    "A register entry about this person awaits confirmation. Follow your service's safe-working arrangements.";
constexpr char kMarkerPossible[] =
    "A register entry may concern this contact. Find out who it is, and follow your service's safe-working arrangements.";

bool AsksNoContact(const Guidance& guidance, std::string_view staff) {
  return !staff.empty() && std::ranges::find(guidance.no_contact, staff) != guidance.no_contact.end();
}

// Those that close or limit the channel of this contact come first: they are read while it rings.
bool OfThisChannel(const Measure& measure, Channel contact) { return contact != Channel::kAny && measure.channel == contact; }

Instruction& AddInstruction(ContactMatch& match, int code, const std::string& text, const std::string& restriction_id) {
  Instruction& instruction = *match.add_instructions();
  instruction.set_code(static_cast<Instruction::Code>(code));
  instruction.set_text(text);
  instruction.set_restriction_id(restriction_id);
  return instruction;
}

// The tightest limit that counts this contact says what remains.
void NoteRemaining(ContactMatch& match, const Measure& measure, Channel contact, absl::Time now) {
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

// As the decision says it, and what the moment adds: an advocate who has gone, another time of day, a limit that is used up.
void AddMeasure(ContactMatch& match, const Measure& measure, const Guidance& guidance, const ContactQuery& query, absl::Time now) {
  std::string& text = *AddInstruction(match, static_cast<int>(measure.kind), measure.text, measure.restriction_id).mutable_text();
  if (measure.kind == MeasureKind::kThirdPartyOnly && guidance.advocate && guidance.advocate->resigned) {
    text.append(" ").append(InstructionFor(*guidance.advocate));
  } else if (measure.times && !WithinTimes(measure.times->from, measure.times->to, now)) {
    text.append(kOutsideItsTimes);
    if (measure.IsAbout(query.channel)) NoteClosed(match, measure, now);
  } else if (measure.Counts(query.channel) && measure.limit->ExceededBy(now, query.counted)) {
    text.append(kUsedUp);
  }
  NoteRemaining(match, measure, query.channel, now);
}

// Contact through an advocate alone, where no restriction says so already.
void AddAdvocate(ContactMatch& match, const Guidance& guidance) {
  if (!guidance.advocate || !guidance.advocate->only_contact) return;
  for (const Instruction& instruction : match.instructions())
    if (instruction.code() == Instruction::THIRD_PARTY_ONLY) return;
  AddInstruction(match, Instruction::THIRD_PARTY_ONLY, InstructionFor(*guidance.advocate), "");
}

void AddMarker(ContactMatch& match, const Guidance& guidance) {
  const Marker* shown = nullptr;
  for (const Marker& marker : guidance.markers)
    if (shown == nullptr || marker.confirmed > shown->confirmed) shown = &marker;
  if (shown == nullptr) return;
  ContactMarker& marker = *match.mutable_marker();
  if (match.match() != ContactMatch::EXACT) {  // scenario 6: never a confirmed marker on others
    marker.set_state(ContactMarker::POSSIBLY_ANOTHER);
    marker.set_instruction(kMarkerPossible);
    return;
  }
  marker.set_marker_id(shown->id);
  marker.set_state(shown->confirmed ? ContactMarker::CONFIRMED : ContactMarker::PROVISIONAL);
  const char* otherwise = shown->confirmed ? kMarkerConfirmed : kMarkerProvisional;
  marker.set_instruction(shown->instruction.empty() ? otherwise : shown->instruction);
}

void Instruct(ContactMatch& match, const Guidance& guidance, const ContactQuery& query, absl::Time now) {
  for (const bool this_channel : {true, false}) {
    for (const Measure& measure : guidance.measures) {
      if (OfThisChannel(measure, query.channel) != this_channel || !measure.InForce(now) || !measure.Concerns(query.area)) continue;
      AddMeasure(match, measure, guidance, query, now);
    }
  }
  AddAdvocate(match, guidance);
  if (AsksNoContact(guidance, query.staff)) AddInstruction(match, Instruction::PASS_TO_COLLEAGUE, kColleague, "");
  AddMarker(match, guidance);
}

}  // namespace

void AnswerFrom(const Holders& holders, const ContactQuery& query, absl::Time now, CheckContactResponse& answer) {
  answer.set_outcome(CheckContactResponse::CLEAR);
  const bool exact = holders.size() == 1 && holders[0].confirmed && !holders[0].shared;
  bool worth_telling = false;
  for (const Holder& holder : holders) {
    ContactMatch& match = *answer.add_matches();
    match.set_person_id(FormatPersonId(holder.person));
    match.set_match(exact ? ContactMatch::EXACT : ContactMatch::POSSIBLE);
    if (holder.guidance != nullptr) Instruct(match, *holder.guidance, query, now);
    worth_telling |= match.instructions_size() > 0 || match.has_marker();
  }
  if (worth_telling) {
    answer.set_outcome(CheckContactResponse::GUIDANCE);
  } else {
    answer.clear_matches();
  }
}

void MakeUnknown(CheckContactResponse& answer) {
  answer.set_outcome(CheckContactResponse::UNKNOWN);
  ContactMatch& care = *answer.add_matches();
  AddInstruction(care, Instruction::TAKE_CARE, kCare, "");
  for (int i = answer.matches_size() - 1; i > 0; --i) answer.mutable_matches()->SwapElements(i, i - 1);
}

}  // namespace evenhand::restriction::check
