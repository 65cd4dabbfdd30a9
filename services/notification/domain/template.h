// A letter template: a file of paragraphs with typed variables. One that lacks its reason, review or appeal can't be loaded (case C).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/notification/domain/letter_rules.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::notification {

enum class VariableType { kText, kDate, kList };

struct TemplateParagraph {
  std::string purpose;
  std::string heading;
  std::string text;
  bool optional = false;  // left out when one of its variables is empty
};

struct Template {
  std::string name;
  int version = 0;
  LetterKind::Value kind = LetterKind::KIND_UNSPECIFIED;
  Format::Value format = Format::STANDARD;  // or EASY_READ
  std::string title;
  std::map<std::string, VariableType> variables;
  std::vector<TemplateParagraph> paragraphs;

  std::string Reference() const { return name + "@" + std::to_string(version); }
};

// Every fault of the file, each naming what is missing, or the template.
struct ParsedTemplate {
  Template value;
  std::vector<std::string> faults;
};
ParsedTemplate ParseTemplate(std::string_view text);

// A list is one line an item. A date is YYYY-MM-DD and is written as "1 May 2027".
using Variables = std::map<std::string, std::string>;

struct Composed {
  std::vector<LetterParagraph> paragraphs;
  std::vector<std::string> faults;  // why it can't be issued
};
Composed Compose(const Template& letter, const Variables& variables);

}  // namespace evenhand::notification
