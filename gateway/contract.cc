#include "gateway/contract.h"

#include "gateway/contract_data.h"
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

void AddPages(Pages*) {}
std::string OpenApiDocument() { return "{}"; }

}  // namespace evenhand::gateway
