// The contract's descriptors, read at run time, and messages made of them.
#pragma once

#include <memory>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace evenhand::fuzz {

// All files of ours, tests/fuzz/every_form.proto the last.
const std::vector<const google::protobuf::FileDescriptor*>& Files();

// Every type that a caller may send or receive, and EveryForm: the same order every time.
const std::vector<const google::protobuf::Descriptor*>& Types();

std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor& type);

}  // namespace evenhand::fuzz
