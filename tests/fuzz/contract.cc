#include "tests/fuzz/contract.h"

#include <fstream>
#include <set>
#include <string>

#include <google/api/annotations.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include "tests/fuzz/claim.h"

namespace evenhand::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::DynamicMessageFactory;
using google::protobuf::FileDescriptor;

struct Contract {
  // Times, wrappers and the like come out of the linked library, so that they are the classes that the gateway knows.
  DescriptorPool pool{DescriptorPool::generated_pool()};
  DynamicMessageFactory factory{&pool};
  std::vector<const FileDescriptor*> files;
  std::vector<const Descriptor*> types;

  Contract() {
    for (const Descriptor* linked :
         {google::protobuf::Duration::descriptor(), google::protobuf::FieldMask::descriptor(), google::protobuf::Value::descriptor(),
          google::protobuf::Timestamp::descriptor(), google::protobuf::StringValue::descriptor(), google::api::HttpRule::descriptor()})
      Claim(linked != nullptr, "the well-known types are linked");
    google::api::http.number();
    factory.SetDelegateToGeneratedFactory(true);
    std::ifstream file(EVENHAND_PROTOSET, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    Claim(set.ParseFromIstream(&file), "the contract can be read", EVENHAND_PROTOSET);
    for (const auto& one : set.file()) {
      if (!one.package().starts_with("evenhand")) {
        if (pool.FindFileByName(one.name()) == nullptr) Claim(pool.BuildFile(one) != nullptr, "a file builds", one.name());
        continue;
      }
      files.push_back(pool.BuildFile(one));
      Claim(files.back() != nullptr, "a file of the contract builds", one.name());
    }
    std::set<std::string> seen;
    const auto add = [&](const Descriptor* type) {
      if (seen.insert(type->full_name()).second) types.push_back(type);
    };
    for (const FileDescriptor* one : files) {
      for (int s = 0; s < one->service_count(); ++s) {
        for (int m = 0; m < one->service(s)->method_count(); ++m) {
          add(one->service(s)->method(m)->input_type());
          add(one->service(s)->method(m)->output_type());
        }
      }
    }
    types.insert(types.begin(), pool.FindMessageTypeByName("evenhand.fuzz.EveryForm"));
    Claim(types.front() != nullptr, "EveryForm is there");
  }
};

Contract& TheContract() {
  static auto* const contract = new Contract();
  return *contract;
}

}  // namespace

const std::vector<const FileDescriptor*>& Files() { return TheContract().files; }
const std::vector<const Descriptor*>& Types() { return TheContract().types; }

std::unique_ptr<google::protobuf::Message> New(const Descriptor& type) {
  return std::unique_ptr<google::protobuf::Message>(TheContract().factory.GetPrototype(&type)->New());
}

}  // namespace evenhand::fuzz
