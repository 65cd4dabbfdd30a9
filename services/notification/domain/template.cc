#include "services/notification/domain/template.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include "services/platform/base/local_date.h"

namespace evenhand::notification {
namespace {

std::string Trimmed(absl::string_view text) { return std::string(absl::StripAsciiWhitespace(text)); }

// "{{name}}" in order of the text.
std::vector<std::string> NamesIn(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
    const std::size_t end = text.find("}}", at);
    if (end == std::string_view::npos) break;
    names.emplace_back(text.substr(at + 2, end - at - 2));
  }
  return names;
}

void ReadHead(absl::string_view line, ParsedTemplate& parsed) {
  const std::pair<std::string, std::string> pair = absl::StrSplit(line, absl::MaxSplits(':', 1));
  const std::string key = Trimmed(pair.first);
  const std::string value = Trimmed(pair.second);
  Template& t = parsed.value;
  if (key == "name")
    t.name = value;
  else if (key == "title")
    t.title = value;
  else if (key == "format") {
    t.format = Named<Format>(value);
    if (t.format == Format::FORMAT_UNSPECIFIED) parsed.faults.push_back(absl::StrCat("format: no such format as ", value));
  } else if (key == "version") {
    if (!absl::SimpleAtoi(value, &t.version)) parsed.faults.push_back("version: not a number");
  } else if (key == "kind") {
    t.kind = Named<LetterKind>(value);
  } else if (key.starts_with("var ")) {
    const auto type = value == "text" ? VariableType::kText : value == "date" ? VariableType::kDate : VariableType::kList;
    if (value != "text" && value != "date" && value != "list") parsed.faults.push_back(absl::StrCat(key, ": no such type as ", value));
    t.variables[Trimmed(key.substr(4))] = type;
  } else
    parsed.faults.push_back(absl::StrCat("unknown line: ", std::string(line)));
}

void ReadBody(absl::string_view line, Template& t) {
  if (line.size() > 2 && line.front() == '[') {
    const std::size_t end = line.find(']');
    std::string purpose(line.substr(1, end - 1));
    const bool optional = purpose.ends_with('?');
    if (optional) purpose.pop_back();
    t.paragraphs.push_back({purpose, end == absl::string_view::npos ? "" : Trimmed(line.substr(end + 1)), "", optional});
  } else if (!t.paragraphs.empty()) {
    absl::StrAppend(&t.paragraphs.back().text, line, "\n");
  }
}

void Check(ParsedTemplate& parsed) {
  const Template& t = parsed.value;
  if (t.name.empty()) parsed.faults.push_back("it has no name");
  if (t.version < 1) parsed.faults.push_back("it has no version");
  if (t.title.empty()) parsed.faults.push_back("it has no title");
  if (t.kind == LetterKind::KIND_UNSPECIFIED) parsed.faults.push_back("it has no kind that is known");
  for (const TemplateParagraph& paragraph : t.paragraphs) {
    for (const std::string& name : NamesIn(paragraph.text)) {
      if (!t.variables.contains(name))
        parsed.faults.push_back(absl::StrCat("[", paragraph.purpose, "] uses ", name, ", which is not declared"));
    }
  }
  const auto demand = [&](const Needed& needed, bool may_be_optional) {
    const bool there = std::ranges::any_of(t.paragraphs, [&](const TemplateParagraph& p) {
      return p.purpose == needed.purpose && (may_be_optional || !p.optional) && !Trimmed(p.text).empty();
    });
    if (!there)
      parsed.faults.push_back(absl::StrCat("it has no [", std::string(needed.purpose), "] paragraph (", std::string(needed.clause), ")"));
  };
  for (const Needed& needed : NeededIn(t.kind)) demand(needed, false);
  for (const Needed& needed : NeededWithNewTerms(t.kind)) demand(needed, true);
}

std::string Shown(VariableType type, const std::string& value) {
  if (type == VariableType::kDate) {
    const auto date = ParseDate(value);
    return date ? absl::FormatTime("%-e %B %Y", StartOf(*date) + absl::Hours(12), London()) : value;
  }
  if (type == VariableType::kText) return value;
  std::string list;
  for (const absl::string_view item : absl::StrSplit(value, '\n', absl::SkipWhitespace())) absl::StrAppend(&list, "• ", item, "\n");
  return list;
}

}  // namespace

ParsedTemplate ParseTemplate(std::string_view text) {
  ParsedTemplate parsed;
  bool body = false;
  for (const absl::string_view line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    if (!body && line == "---")
      body = true;
    else if (body)
      ReadBody(line, parsed.value);
    else if (!absl::StripAsciiWhitespace(line).empty() && line.front() != '#')
      ReadHead(line, parsed);
  }
  Check(parsed);
  return parsed;
}

Composed Compose(const Template& letter, const Variables& variables) {
  Composed composed;
  for (const TemplateParagraph& paragraph : letter.paragraphs) {
    std::string text = paragraph.text;
    bool empty = false;
    for (const std::string& name : NamesIn(paragraph.text)) {
      const auto value = variables.find(name);
      const std::string shown = value == variables.end() ? "" : Shown(letter.variables.at(name), value->second);
      if (Trimmed(shown).empty()) {
        empty = true;
        if (!paragraph.optional)
          composed.faults.push_back(absl::StrCat("The paragraph \"", paragraph.heading.empty() ? paragraph.purpose : paragraph.heading,
                                                 "\" lacks its ", name, "."));
      }
      const std::string hole = "{{" + name + "}}";
      for (std::size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at + shown.size()))
        text.replace(at, hole.size(), shown);
    }
    if (!(empty && paragraph.optional)) composed.paragraphs.push_back({paragraph.purpose, paragraph.heading, empty ? "" : Trimmed(text)});
  }
  for (std::string& fault : FaultsOf(letter.kind, composed.paragraphs)) composed.faults.push_back(std::move(fault));
  return composed;
}

}  // namespace evenhand::notification
