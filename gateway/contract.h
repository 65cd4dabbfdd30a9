// The contract as the gateway sees it: the linked protos' descriptors, their comments, and the pages made of them.
#pragma once

#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "gateway/route/router.h"
#include "gateway/web/pages.h"

namespace evenhand::gateway {

std::vector<const google::protobuf::FileDescriptor*> ContractFiles();
void AddPages(const Router& router, Pages* pages);

}  // namespace evenhand::gateway
