#include "services/notification/domain/plain_words.h"

#include <algorithm>

#include <absl/strings/ascii.h>

namespace evenhand::notification {
namespace {

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '\''; }
bool EndsSentence(char c) { return c == '.' || c == '!' || c == '?' || c == '\n'; }

std::string SentenceAround(std::string_view text, std::size_t at) {
  std::size_t from = at;
  while (from > 0 && !EndsSentence(text[from - 1])) --from;
  std::size_t to = at;
  while (to < text.size() && !EndsSentence(text[to])) ++to;
  if (to < text.size() && text[to] != '\n') ++to;
  while (from < to && text[from] == ' ') ++from;
  return std::string(text.substr(from, to - from));
}

// Groups of vowels, a silent last e left out; at least one.
int Syllables(std::string_view word) {
  constexpr std::string_view kVowels = "aeiouy";
  int count = 0;
  bool before = false;
  for (const char c : word) {
    const bool vowel = kVowels.find(absl::ascii_tolower(static_cast<unsigned char>(c))) != std::string_view::npos;
    count += vowel && !before ? 1 : 0;
    before = vowel;
  }
  if (word.size() > 2 && absl::ascii_tolower(static_cast<unsigned char>(word.back())) == 'e' && !word.ends_with("le")) --count;
  return std::max(count, 1);
}

}  // namespace

std::vector<Blame> FindBlame(std::string_view text, const BlameList& list) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); });
  std::vector<std::pair<std::size_t, Blame>> found;
  for (const auto& [word, suggestion] : list) {
    for (std::size_t at = low.find(word); at != std::string::npos; at = low.find(word, at + 1)) {
      const bool starts = at == 0 || !IsLetter(low[at - 1]);
      const bool ends = at + word.size() == low.size() || !IsLetter(low[at + word.size()]);
      if (starts && ends) found.push_back({at, {std::string(text.substr(at, word.size())), suggestion, SentenceAround(text, at)}});
    }
  }
  std::ranges::sort(found, {}, [](const auto& one) { return one.first; });
  std::vector<Blame> blame;
  for (auto& [at, one] : found) blame.push_back(std::move(one));
  return blame;
}

double ReadingAge(std::string_view text) {
  int words = 0, sentences = 0, syllables = 0;
  bool open = false;
  for (std::size_t i = 0; i < text.size();) {
    if (IsLetter(text[i])) {
      std::size_t end = i;
      while (end < text.size() && IsLetter(text[end])) ++end;
      ++words;
      syllables += Syllables(text.substr(i, end - i));
      open = true;
      i = end;
      continue;
    }
    if (EndsSentence(text[i]) && open) {
      ++sentences;
      open = false;
    }
    ++i;
  }
  if (open) ++sentences;
  if (words == 0) return 0;
  const double grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59;
  return std::max(grade + 5.0, 5.0);
}

}  // namespace evenhand::notification
