// The gateway's own pages: /openapi.json and /docs. Made once at start, or built in.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace evenhand::gateway {

struct Page {
  std::string_view content_type;
  std::string body;
};

class Pages {
 public:
  void Add(std::string path, std::string_view content_type, std::string body) { pages_[std::move(path)] = {content_type, std::move(body)}; }
  const Page* Find(std::string_view path) const {
    const auto found = pages_.find(path);
    return found == pages_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Page, std::less<>> pages_;
};

}  // namespace evenhand::gateway
