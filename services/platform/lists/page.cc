#include "services/platform/lists/page.h"

#include <memory>

#include <absl/strings/escaping.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include "services/platform/base/uuid.h"

namespace evenhand {
namespace {

// Of SHA-256. A position gives nobody a right, since every row is judged anew: the seal tells a slip from a token, and needs no key.
constexpr std::size_t kSealBytes = 12;

std::string Digest(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, 0);
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string SealOf(const std::string& query, const std::string& position) { return Digest(query + position).substr(0, kSealBytes); }

}  // namespace

Page PageOf(const common::v1::Page& asked) {
  return {.size = static_cast<std::size_t>(asked.page_size() <= 0 ? kDefaultPage : std::min(asked.page_size(), kLargestPage)),
          .after = asked.page_token()};
}

Refusal NotOfThisList() {
  return Invalid({{"", "pageToken", "This is no page token of this list and these filters; send the nextPageToken of the page before."}});
}

std::optional<Refusal> RefusalOfPosition(const Page& page) {
  if (page.after.empty() || IsUuid(page.after)) return std::nullopt;
  return NotOfThisList();
}

common::v1::Page* PageIn(google::protobuf::Message& request) {
  const auto* type = request.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->message_type() != common::v1::Page::descriptor()) continue;
    return static_cast<common::v1::Page*>(request.GetReflection()->MutableMessage(&request, type->field(i)));
  }
  return nullptr;
}

std::string QueryOf(std::string_view method, const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> filters(request.New());
  filters->CopyFrom(request);
  if (common::v1::Page* page = PageIn(*filters)) page->Clear();
  std::string bytes = std::string(method) + "\n";
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    filters->SerializePartialToCodedStream(&coded);
  }
  return Digest(bytes);
}

std::string SealPosition(const std::string& query, const std::string& position) {
  return absl::WebSafeBase64Escape(SealOf(query, position) + position);
}

std::optional<std::string> OpenToken(const std::string& query, const std::string& token) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= kSealBytes) return std::nullopt;
  std::string position = bytes.substr(kSealBytes);
  if (bytes.substr(0, kSealBytes) != SealOf(query, position)) return std::nullopt;
  return position;
}

}  // namespace evenhand
