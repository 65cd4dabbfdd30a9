// What every letter has to say before it may be issued: policy 7.3, 7.4, 7.9 and 11.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/platform/base/vocabulary.h"

namespace evenhand::notification {

// The purposes that a letter of this kind needs a paragraph for, each with its clause.
struct Needed {
  std::string_view purpose;
  std::string_view clause;
  std::string_view fault;
};
std::vector<Needed> NeededIn(LetterKind::Value kind);
// An outcome that changes the terms is a new decision, told in the same letter: once it says one of these, it says all (7.3, 7.4).
std::vector<Needed> NeededWithNewTerms(LetterKind::Value kind);

struct LetterParagraph {
  std::string purpose;
  std::string heading;
  std::string text;
};

// Why it can't be issued; empty when it can.
std::vector<std::string> FaultsOf(LetterKind::Value kind, const std::vector<LetterParagraph>& paragraphs);

}  // namespace evenhand::notification
