// Made at build time by embed_contract.py: which proto files are the contract, and their descriptors with comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evenhand::gateway {

std::vector<std::string> ContractFileNames();

// A serialised google.protobuf.FileDescriptorSet, source info included.
std::string_view ContractDescriptorSet();

}  // namespace evenhand::gateway
