#include "services/notification/app/catalog.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

namespace evenhand::notification {
namespace {

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

BlameList ReadBlame(const std::string& text) {
  BlameList list;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(line, absl::MaxSplits(" = ", 1));
    list[std::string(absl::StripAsciiWhitespace(pair.first))] = std::string(absl::StripAsciiWhitespace(pair.second));
  }
  return list;
}

}  // namespace

absl::StatusOr<Catalog> Catalog::Load(const std::string& folder) {
  Catalog catalog;
  std::vector<std::string> faults;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/templates", error)) {
    if (entry.path().extension() != ".txt") continue;
    ParsedTemplate parsed = ParseTemplate(Read(entry.path()));
    for (const std::string& fault : parsed.faults) faults.push_back(absl::StrCat(entry.path().filename().string(), ": ", fault));
    catalog.templates_.push_back(std::move(parsed.value));
  }
  std::ranges::sort(catalog.templates_, {}, &Template::name);
  for (const LetterKind::Value kind : Every<LetterKind>())
    if (catalog.Find(kind, Format::STANDARD) == nullptr) faults.push_back("no template for " + LetterKind::Value_Name(kind));
  if (!faults.empty()) return absl::FailedPreconditionError(absl::StrCat("letter templates:\n  ", absl::StrJoin(faults, "\n  ")));
  catalog.blame_ = ReadBlame(Read(folder + "/blame_words.txt"));
  return catalog;
}

const Template* Catalog::Find(LetterKind::Value kind, Format::Value format) const {
  const Format::Value wanted = format == Format::EASY_READ ? Format::EASY_READ : Format::STANDARD;
  const Template* best = nullptr;
  for (const Template& letter : templates_) {
    if (letter.kind != kind || letter.format != wanted) continue;
    if (best == nullptr || letter.version > best->version) best = &letter;
  }
  return best;
}

bool IsMadeByHand(Format::Value format) {
  switch (format) {
    case Format::TRANSLATION:
    case Format::BSL:
    case Format::AUDIO:
    case Format::BRAILLE:
      return true;
    case Format::STANDARD:
    case Format::LARGE_PRINT:
    case Format::EASY_READ:
    case Format::FORMAT_UNSPECIFIED:
      break;
  }
  return false;
}

}  // namespace evenhand::notification
