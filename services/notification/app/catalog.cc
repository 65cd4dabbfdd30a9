#include "services/notification/app/catalog.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

namespace evenhand::notification {
namespace {

static_assert(static_cast<int>(LetterKind::kAppealWithdrawn) == static_cast<int>(v1::Letter::Kind::APPEAL_WITHDRAWN),
              "the domain's kinds are the contract's");

std::map<std::string, LetterKind> Kinds() {
  std::map<std::string, LetterKind> kinds;
  for (int kind = v1::Letter::Kind::WARNING; kind <= v1::Letter::Kind::APPEAL_WITHDRAWN; ++kind) {
    kinds[v1::Letter::Kind::Value_Name(static_cast<v1::Letter::Kind::Value>(kind))] = static_cast<LetterKind>(kind);
  }
  return kinds;
}

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
    ParsedTemplate parsed = ParseTemplate(Read(entry.path()), Kinds());
    for (const std::string& fault : parsed.faults) faults.push_back(absl::StrCat(entry.path().filename().string(), ": ", fault));
    catalog.templates_.push_back(std::move(parsed.value));
  }
  std::ranges::sort(catalog.templates_, {}, &Template::name);
  for (int kind = v1::Letter::Kind::WARNING; kind <= v1::Letter::Kind::APPEAL_WITHDRAWN; ++kind) {
    const auto value = static_cast<v1::Letter::Kind::Value>(kind);
    if (catalog.Find(value, v1::Letter::Format::STANDARD) == nullptr)
      faults.push_back("no template for " + v1::Letter::Kind::Value_Name(value));
  }
  if (!faults.empty()) return absl::FailedPreconditionError(absl::StrCat("letter templates:\n  ", absl::StrJoin(faults, "\n  ")));
  catalog.blame_ = ReadBlame(Read(folder + "/blame_words.txt"));
  return catalog;
}

const Template* Catalog::Find(v1::Letter::Kind::Value kind, v1::Letter::Format::Value format) const {
  const std::string wanted = format == v1::Letter::Format::EASY_READ ? "EASY_READ" : "";
  const Template* best = nullptr;
  for (const Template& letter : templates_) {
    if (static_cast<int>(letter.kind) != static_cast<int>(kind) || letter.format != wanted) continue;
    if (best == nullptr || letter.version > best->version) best = &letter;
  }
  return best;
}

bool IsMadeByHand(v1::Letter::Format::Value format) {
  return format == v1::Letter::Format::TRANSLATION || format == v1::Letter::Format::BSL || format == v1::Letter::Format::AUDIO ||
         format == v1::Letter::Format::BRAILLE;
}

}  // namespace evenhand::notification
