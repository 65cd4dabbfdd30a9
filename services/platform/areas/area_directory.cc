#include "services/platform/areas/area_directory.h"

#include <algorithm>
#include <numeric>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include "services/platform/base/canonical.h"

namespace evenhand {
namespace {

constexpr std::size_t kLongestName = 200;  // compared letter by letter for the nearest; longer ones are nobody's slip of the finger

// Levenshtein: letters to change, add or leave out.
std::size_t Distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

struct AreaDirectory::Table {
  absl::flat_hash_map<std::string, std::string> names;  // a name, or the key of a name or an alias → the name
  std::vector<std::string> ordered;
};

AreaDirectory::AreaDirectory() : table_(std::make_shared<const Table>()) {}
AreaDirectory::AreaDirectory(std::vector<ServiceArea> areas) : AreaDirectory() { Replace(std::move(areas)); }
AreaDirectory::~AreaDirectory() = default;

const AreaDirectory& AreaDirectory::Any() {
  static const AreaDirectory& any = []() -> const AreaDirectory& {
    auto& made = *new AreaDirectory();
    made.any_ = true;
    return made;
  }();
  return any;
}

std::shared_ptr<const AreaDirectory::Table> AreaDirectory::Now() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return table_;
}

std::optional<std::string> AreaDirectory::Resolve(std::string_view typed) const {
  if (any_) return std::string(typed);
  const std::shared_ptr<const Table> table = Now();
  auto found = table->names.find(absl::string_view(typed.data(), typed.size()));
  if (found == table->names.end()) found = table->names.find(CanonicalKey(typed));
  if (found == table->names.end()) return std::nullopt;
  return found->second;
}

std::string AreaDirectory::Nearest(std::string_view typed) const {
  const std::shared_ptr<const Table> table = Now();
  const std::string key = CanonicalKey(typed.substr(0, kLongestName));
  std::size_t least = std::string::npos;
  std::string nearest;
  for (const std::string& name : table->ordered) {
    for (const auto& [known, area] : table->names) {
      if (area != name) continue;
      if (const std::size_t distance = Distance(key, known); distance < least) least = distance, nearest = name;
    }
  }
  return nearest;
}

std::string AreaDirectory::SentenceOfUnknown(std::string_view typed) const {
  const std::string nearest = Nearest(typed);
  if (nearest.empty()) return "There is no such service area. None is known yet: an administrator enters them.";
  return absl::StrCat("There is no such service area. Did you mean ", nearest, "?");
}

bool AreaDirectory::known() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return any_ || known_;
}

std::vector<std::string> AreaDirectory::Names() const { return Now()->ordered; }

void AreaDirectory::Replace(std::vector<ServiceArea> areas) {
  auto table = std::make_shared<Table>();
  std::ranges::sort(areas, {}, &ServiceArea::name);
  for (const ServiceArea& area : areas) {
    table->ordered.push_back(area.name);
    table->names.emplace(area.name, area.name);
    table->names.emplace(CanonicalKey(area.name), area.name);
  }
  for (const ServiceArea& area : areas) {
    for (const std::string& alias : area.aliases) table->names.emplace(CanonicalKey(alias), area.name);
  }
  const absl::MutexLock lock(&mutex_);
  table_ = std::move(table);
  known_ = true;
}

}  // namespace evenhand
