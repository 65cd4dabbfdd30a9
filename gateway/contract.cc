#include "gateway/contract.h"

#include "gateway/contract_data.h"
#include "gateway/openapi/document.h"
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
  pages->Add("/openapi.json", "application/json", MakeOpenApi(router));
  pages->Add("/docs", "text/html; charset=utf-8", std::string(kDocsHtml));
  pages->Add("/docs/docs.js", "text/javascript; charset=utf-8", std::string(kDocsScript));
  pages->Add("/docs/docs.css", "text/css; charset=utf-8", std::string(kDocsStyle));
}

std::string OpenApiDocument() { return MakeOpenApi(Router(RoutesOf(ContractFiles()))); }

}  // namespace evenhand::gateway
