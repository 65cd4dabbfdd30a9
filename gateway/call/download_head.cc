#include "gateway/call/download_head.h"

#include <algorithm>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include "gateway/call/messages.h"

namespace evenhand::gateway {
namespace {

// A media type with nothing that could end the header.
bool IsMediaType(std::string_view text) {
  return text.size() < 200 && text.find('/') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// RFC 8187: any name, in ASCII.
std::string ExtendedName(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_') {
      out += c;
    } else {
      absl::StrAppend(&out, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return out;
}

}  // namespace

Response DownloadHead(const google::protobuf::Message& first) {
  Response head{.status = 200, .content_type = "", .body = {}, .headers = {}};
  const std::string type = TextField(first, "content_type"), name = TextField(first, "name"), sha256 = TextField(first, "sha256");
  head.headers.emplace_back("Content-Type", IsMediaType(type) ? type : "application/octet-stream");
  head.headers.emplace_back("Content-Disposition", name.empty() ? "attachment" : "attachment; filename*=UTF-8''" + ExtendedName(name));
  head.headers.emplace_back("Content-Security-Policy", "sandbox");
  std::string digest = sha256.size() == 64 ? absl::HexStringToBytes(sha256) : std::string();
  if (!digest.empty()) head.headers.emplace_back("Repr-Digest", "sha-256=:" + absl::Base64Escape(digest) + ":");
  return head;
}

}  // namespace evenhand::gateway
