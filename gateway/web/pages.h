// The gateway's own pages: /openapi.json, /docs and what draws it. Made once at start, or built in.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenhand::gateway {

struct Page {
  std::string_view content_type;
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers = {};
  std::string_view cache_control = "no-store";
};

class Pages {
 public:
  void Add(std::string path, Page page) { pages_[std::move(path)] = std::move(page); }
  const Page* Find(std::string_view path) const {
    const auto found = pages_.find(path);
    return found == pages_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Page, std::less<>> pages_;
};

}  // namespace evenhand::gateway
