#include "services/notification/app/letter_calls.h"

#include <absl/strings/str_cat.h>

#include "services/notification/app/catalog.h"
#include "services/notification/app/closure_for.h"
#include "services/notification/app/facts.h"
#include "services/notification/app/letter_words.h"
#include "services/notification/app/letters.h"
#include "services/notification/app/tasks.h"
#include "services/notification/send/renderer.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/notification_store.h"
#include "services/platform/base/uuid.h"
#include "services/platform/lists/page.h"

namespace evenhand::notification {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

Refusal RendererAway() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .detail = "The letter can't be set right now; please try again."};
}

void NoteRead(Session& session, const v1::Letter& letter) {
  session.Audit(
      {.action = "letter.read", .subject_kind = "letter", .subject_id = letter.id(), .clause = "12.4", .person_id = letter.person_id()});
}

// Text and numbers as they are, a list as one line an item.
std::string ValueText(const google::protobuf::Value& value) {
  if (value.has_string_value()) return value.string_value();
  if (value.has_number_value()) return absl::StrCat(value.number_value());
  std::string lines;
  for (const auto& item : value.list_value().values()) absl::StrAppend(&lines, ValueText(item), "\n");
  return lines;
}

void Overlay(Variables& words, const google::protobuf::Struct& variables) {
  for (const auto& [name, value] : variables.fields()) words[name] = ValueText(value);
}

Refusals FaultsOfVariables(const google::protobuf::Struct& variables, const Template& letter) {
  Refusals no;
  for (const auto& [name, value] : variables.fields()) {
    const auto declared = letter.variables.find(name);
    if (declared == letter.variables.end()) {
      no.push_back({"council rule", "variables." + name, "This letter has no such variable."});
    } else if (declared->second == VariableType::kDate && !ParseDate(ValueText(value))) {
      no.push_back({"council rule", "variables." + name, "This is not a date of the form YYYY-MM-DD."});
    } else if (declared->second != VariableType::kList && value.has_list_value()) {
      no.push_back({"council rule", "variables." + name, "Give a text, not a list."});
    }
  }
  return no;
}

void Judge(const Context& context, const std::string& text, v1::PreviewLetterResponse& reply) {
  for (Blame& blame : FindBlame(text, context.catalog.blame())) {
    v1::BlameWord& word = *reply.add_blame_words();
    word.set_word(blame.word);
    word.set_suggestion(blame.suggestion);
    word.set_sentence(blame.sentence);
  }
  reply.set_reading_age(static_cast<int>(ReadingAge(text) * 10 + 0.5) / 10.0);
}

// The letter's own facts, asked of who owns them; the caller must be of the area.
Outcome<Facts> FactsFor(const Context& context, const Call& call, const v1::PreviewLetterRequest& request) {
  Facts facts;
  std::string restriction_id = request.restriction_id();
  if (!request.appeal_id().empty()) {
    auto appeal = context.peers.Appeal(call, request.appeal_id());
    if (!appeal.ok()) return appeal.refusal();
    facts.appeal = *appeal;
    restriction_id = appeal->restriction_id();
  }
  if (restriction_id.empty()) return facts;
  auto restriction = context.peers.Restriction(call, restriction_id, "");
  if (!restriction.ok()) return restriction.refusal();
  if (auto no = call.RefusalIn(restriction->service_area())) return *no;
  if (Refusals no = RefusalsToRead(call.actor, SubjectOf(restriction->person())); !no.empty()) return NotPermitted(std::move(no));
  facts.restriction = *restriction;
  auto appeal_by = AppealByIfPostedToday(context, call);
  if (!appeal_by.ok()) return appeal_by.refusal();
  facts.appeal_by = *appeal_by;
  return facts;
}

// A person who needs another format is never sent the standard one alone (11.1).
Refusals FaultsOfFormat(const v1::CreateLetterRequest& request, const restriction::v1::PersonFacts& person) {
  const auto needed = person.preferred_format();
  const bool free = needed == Format::FORMAT_UNSPECIFIED || needed == Format::STANDARD;
  if (free || request.format() == Format::FORMAT_UNSPECIFIED || request.format() == needed) return {};
  return {{"11.1", "format",
           absl::StrCat("The person needs ", Format::Value_Name(needed), "; leave the format out and the letter is made so.")}};
}

v1::PreviewLetterResponse PreviewText(const Context& context, const std::string& text) {
  v1::PreviewLetterResponse reply;
  Judge(context, text, reply);
  return reply;
}

}  // namespace

std::optional<Refusal> RefusalToOpenLetter(const Context& context, const Call& call, const std::string& id) {
  auto letter = context.unit_of_work.Read<v1::Letter>(call, [&](Session& session) -> Outcome<v1::Letter> {
    auto kept = FindLetter(session, id);
    if (!kept) return NotFound("letter");
    if (auto no = call.RefusalIn(kept->letter.service_area())) return *no;
    return kept->letter;
  });
  if (!letter.ok()) return letter.refusal();
  return ClosureFor(context, call).RefusalOf(letter->person_id());
}

Outcome<v1::ListLettersResponse> ListLetters(const Context& context, const Call& call, const v1::ListLettersRequest& request) {
  if (auto no = RefusalOfPosition(PageOf(request.page()))) return *no;
  std::optional<std::vector<std::string>> areas;
  if (!InEveryArea(*call.rule, call.actor)) areas = call.actor.areas;
  auto listed = context.unit_of_work.Read<v1::ListLettersResponse>(call, [&](Session& session) -> Outcome<v1::ListLettersResponse> {
    v1::ListLettersResponse reply;
    for (v1::Letter& letter : ListLetters(session, request, areas, *reply.mutable_next_page_token()))
      *reply.add_letters() = std::move(letter);
    return reply;
  });
  if (!listed.ok()) return listed;
  v1::ListLettersResponse shown = *std::move(listed);
  if (auto no = KeepOpenOnes(context, call, *shown.mutable_letters())) return *no;
  return context.unit_of_work.Read<v1::ListLettersResponse>(call, [&](Session& session) -> Outcome<v1::ListLettersResponse> {
    for (const v1::Letter& letter : shown.letters()) NoteRead(session, letter);
    return shown;
  });
}

Outcome<v1::Letter> GetLetter(const Context& context, const Call& call, const v1::GetLetterRequest& request) {
  if (auto no = RefusalToOpenLetter(context, call, request.id())) return *no;
  return context.unit_of_work.Read<v1::Letter>(call, [&](Session& session) -> Outcome<v1::Letter> {
    auto kept = FindLetter(session, request.id());
    if (!kept) return NotFound("letter");
    if (auto no = call.RefusalIn(kept->letter.service_area())) return *no;
    NoteRead(session, kept->letter);
    return kept->letter;
  });
}

std::optional<Refusal> GetLetterPdf(const Context& context, const Call& call, const v1::GetLetterPdfRequest& request,
                                    const std::function<bool(const v1::LetterChunk&)>& write) {
  if (auto no = RefusalToOpenLetter(context, call, request.id())) return no;
  auto kept = context.unit_of_work.Read<KeptLetter>(call, [&](Session& session) -> Outcome<KeptLetter> {
    auto found = FindLetter(session, request.id());
    if (!found) return NotFound("letter");
    if (auto no = call.RefusalIn(found->letter.service_area())) return *no;
    NoteRead(session, found->letter);
    return *found;
  });
  if (!kept.ok()) return kept.refusal();
  std::string pdf = kept->pdf;
  if (pdf.empty()) {  // not printed yet: set for this look
    auto made = context.renderer.RenderNow("pdf", RenderRequest(context.council, kept->letter, kept->address, DateOf(context.clock.Now())));
    if (!made.ok()) return RendererAway();
    pdf = *std::move(made);
  }
  for (std::size_t at = 0; at < pdf.size(); at += kChunk) {
    v1::LetterChunk chunk;
    if (at == 0) chunk.set_content_type("application/pdf");
    chunk.set_chunk(pdf.substr(at, kChunk));
    if (!write(chunk)) return std::nullopt;  // the caller has left
  }
  return std::nullopt;
}

Outcome<v1::PreviewLetterResponse> PreviewLetter(const Context& context, const Call& call, const v1::PreviewLetterRequest& request) {
  if (!request.text().empty()) {
    if (!request.restriction_id().empty() || !request.appeal_id().empty())
      return Invalid({{"council rule", "text", "A text is looked at alone: leave out restrictionId and appealId."}});
    return PreviewText(context, request.text());
  }
  const Template* letter = context.catalog.Find(request.kind(), request.format());
  if (letter == nullptr) letter = context.catalog.Find(request.kind(), Format::STANDARD);
  if (letter == nullptr) return Invalid({{"council rule", "kind", "Say which letter, or give a text to look at."}});
  if (Refusals no = FaultsOfVariables(request.variables(), *letter); !no.empty()) return Invalid(std::move(no));
  auto facts = FactsFor(context, call, request);
  if (!facts.ok()) return facts.refusal();
  Variables words = facts->appeal        ? WordsOfAppeal(*facts)
                    : facts->restriction ? WordsOfRestriction(*facts->restriction, facts->appeal_by)
                                         : Variables{};
  Overlay(words, request.variables());
  const Composed composed = Compose(*letter, words);
  v1::PreviewLetterResponse reply;
  v1::Letter shown;
  std::string text;
  for (const LetterParagraph& paragraph : composed.paragraphs) {
    v1::Paragraph& row = *reply.add_paragraphs();
    row.set_purpose(paragraph.purpose);
    row.set_heading(paragraph.heading);
    row.set_text(paragraph.text);
    *shown.add_paragraphs() = row;
    absl::StrAppend(&text, paragraph.text, "\n");
  }
  for (const std::string& fault : composed.faults) reply.add_faults(fault);
  reply.set_template_(letter->Reference());
  Judge(context, text, reply);
  shown.set_format(request.format());
  shown.set_title(letter->title);
  if (facts->restriction) {
    shown.set_service_area(facts->restriction->service_area());
    shown.set_sender(SenderOf(facts->restriction->service_area(), !facts->restriction->person().letters_in_managers_name().empty()));
  }
  auto html = context.renderer.RenderNow("html", RenderRequest(context.council, shown, {}, DateOf(context.clock.Now())));
  if (!html.ok()) return RendererAway();
  reply.set_html(*std::move(html));
  return reply;
}

Outcome<v1::Letter> CreateLetter(const Context& context, const Call& call, const v1::CreateLetterRequest& request) {
  if (auto no = call.RefusalIn(request.service_area())) return *no;
  Refusals no;
  const bool by_hand = request.kind() == LetterKind::WARNING || request.kind() == LetterKind::CORRESPONDENCE_UNACCEPTABLE;
  if (!by_hand)
    no.push_back({"council rule", "kind", "By hand you write a WARNING or CORRESPONDENCE_UNACCEPTABLE; the others follow from decisions."});
  if (request.person_id().empty()) no.push_back({"council rule", "personId", "Say to whom."});
  const Template* letter = by_hand ? context.catalog.Find(request.kind(), Format::STANDARD) : nullptr;
  if (letter != nullptr) {
    for (Violation& fault : FaultsOfVariables(request.variables(), *letter)) no.push_back(std::move(fault));
    Variables given = {{"addressee", "-"}, {"area", "-"}};
    Overlay(given, request.variables());
    for (const auto& [name, type] : letter->variables) {
      if (given[name].find_first_not_of(" \t\r\n") == std::string::npos)
        no.push_back({"11.1", "variables." + name, "The letter can't be issued without this."});
    }
  }
  if (!no.empty()) return Invalid(std::move(no));
  auto person = context.peers.Person(call, request.person_id());
  if (!person.ok()) {
    if (person.refusal().kind == RefusalKind::kNotFound) return Invalid({{"council rule", "personId", "No such person is registered."}});
    return person.refusal();
  }
  if (Refusals closed = RefusalsToRead(call.actor, SubjectOf(*person)); !closed.empty()) return NotPermitted(std::move(closed));
  if (Refusals faults = FaultsOfFormat(request, *person); !faults.empty()) return Invalid(std::move(faults));
  return context.unit_of_work.Write<v1::Letter>(call, [&](Session& session) -> Outcome<v1::Letter> {
    LetterOrder order{.kind = request.kind(),
                      .format = request.format(),
                      .event_id = NewUuid(),
                      .occasion = "letter.by_hand",
                      .incident_id = request.incident_id(),
                      .service_area = request.service_area(),
                      .sender = request.aimed_at_individual()
                                    ? "Customer Contact, " + context.council
                                    : SenderOf(request.service_area(), !person->letters_in_managers_name().empty()),
                      .words = {{"addressee", person->display_name()}, {"area", request.service_area()}},
                      .person = &*person};
    Overlay(order.words, request.variables());
    v1::Letter made = IssueLetter(context, session, order);
    if (auto kept = FindLetter(session, made.id())) made = kept->letter;
    session.Audit({.action = "letter.written",
                   .subject_kind = "letter",
                   .subject_id = made.id(),
                   .clause = request.kind() == LetterKind::WARNING ? "7.7" : "7.9",
                   .person_id = made.person_id(),
                   .after = made.etag()});
    return made;
  });
}

Outcome<v1::ListTemplatesResponse> ListTemplates(const Context& context, const Call&, const v1::ListTemplatesRequest& request) {
  constexpr const char* kTypes[] = {"text", "date", "list"};
  v1::ListTemplatesResponse reply;
  for (const Template& letter : context.catalog.templates()) {
    auto& row = *reply.add_templates();
    row.set_name(letter.name);
    row.set_version(letter.version);
    row.set_kind(letter.kind);
    for (const auto& [name, type] : letter.variables) (*row.mutable_variables())[name] = kTypes[static_cast<int>(type)];
    for (const TemplateParagraph& paragraph : letter.paragraphs) row.add_purposes(paragraph.purpose);
  }
  reply.set_next_page_token(TakePage(*reply.mutable_templates(), PageOf(request.page()),
                                     [](const auto& row) { return absl::StrCat(row.name(), "/", row.version()); }));
  return reply;
}

}  // namespace evenhand::notification
