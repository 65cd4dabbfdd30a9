// Words that blame, and how old a reader has to be: shown to the author, never a refusal (11.1).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace evenhand::notification {

// word or words in small letters → something calmer
using BlameList = std::map<std::string, std::string>;

struct Blame {
  std::string word;
  std::string suggestion;
  std::string sentence;
};

// Whole words only, in any case, in the order of the text.
std::vector<Blame> FindBlame(std::string_view text, const BlameList& list);

// Flesch-Kincaid grade + 5: the age of a British reader who can follow it. 0 for no words.
double ReadingAge(std::string_view text);

}  // namespace evenhand::notification
