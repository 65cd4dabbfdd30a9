#include "gateway/contract.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_replace.h>
#include <sodium.h>

#include "gateway/contract_data.h"
#include "gateway/openapi/document.h"
#include "gateway/openapi/webhooks.h"
#include "gateway/web/api_reference.h"
#include "gateway/web/docs_page.h"
#include "services/platform/base/check.h"

namespace evenhand::gateway {

std::vector<const google::protobuf::FileDescriptor*> ContractFiles() {
  std::vector<const google::protobuf::FileDescriptor*> files;
  for (const std::string& name : ContractFileNames()) {
    files.push_back(google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name));
    EVENHAND_CHECK(files.back() != nullptr, name.c_str());
  }
  return files;
}

void AddPages(const Router& router, Pages* pages) {
  // Scripts are ours alone. What draws the page sets styles at its elements, which no nonce reaches; they are allowed here and nowhere
  // else.
  constexpr std::string_view kDocsPolicy =
      "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src data:; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  constexpr std::string_view kPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  const auto add = [&](std::string path, std::string_view type, std::string body, std::string_view policy) {
    pages->Add(std::move(path),
               {.content_type = type, .body = std::move(body), .headers = {{"Content-Security-Policy", std::string(policy)}}});
  };
  // Whatever this address answers is the same for ever.
  const std::string script(ApiReferenceScript());
  std::string hash(crypto_hash_sha256_BYTES, 0);
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()), reinterpret_cast<const unsigned char*>(script.data()), script.size());
  const std::string reference = "/docs/api-reference." + absl::BytesToHexString(hash.substr(0, 8)) + ".js";
  pages->Add(reference, {.content_type = "text/javascript; charset=utf-8",
                         .body = script,
                         .headers = {{"Content-Encoding", "gzip"}},
                         .cache_control = "public, max-age=31536000, immutable"});
  add("/openapi.json", "application/json", MakeOpenApi(router), kPolicy);
  add("/asyncapi.json", "application/json", MakeAsyncApi(), kPolicy);
  add("/docs", "text/html; charset=utf-8",
      absl::StrReplaceAll(absl::string_view(kDocsHtml.data(), kDocsHtml.size()), {{"@REFERENCE@", reference}}), kDocsPolicy);
  add("/docs/start.js", "text/javascript; charset=utf-8", std::string(kDocsScript), kPolicy);
  for (const char* icon : {"/favicon.svg", "/favicon.ico"}) add(icon, "image/svg+xml", std::string(kFavicon), kPolicy);
}

std::string OpenApiDocument() { return MakeOpenApi(Router(RoutesOf(ContractFiles()))); }

}  // namespace evenhand::gateway
