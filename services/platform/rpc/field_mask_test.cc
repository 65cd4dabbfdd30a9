#include "services/platform/rpc/field_mask.h"

#include <gmock/gmock.h>
#include <google/api/field_behavior.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace evenhand {
namespace {

using google::protobuf::Message;
using google::protobuf::TextFormat;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kContract[] = R"(
  name: "thing.proto" syntax: "proto3" package: "evenhand.testing"
  message_type {
    name: "Thing"
    field { name: "id" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL options { [google.api.field_behavior]: OUTPUT_ONLY } }
    field { name: "name" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "owner" number: 3 type: TYPE_STRING label: LABEL_OPTIONAL json_name: "owner" options { [google.api.field_behavior]: IMMUTABLE } }
    field { name: "words" number: 4 type: TYPE_STRING label: LABEL_REPEATED }
    field { name: "part" number: 5 type: TYPE_MESSAGE type_name: ".evenhand.testing.Thing" label: LABEL_OPTIONAL }
    field { name: "parts" number: 6 type: TYPE_MESSAGE type_name: ".evenhand.testing.Thing" label: LABEL_REPEATED }
  })";

class Things : public ::testing::Test {
 protected:
  Things() {
    google::protobuf::FileDescriptorProto file;
    EXPECT_NE(google::api::field_behavior.number(), 0);
    EXPECT_TRUE(TextFormat::ParseFromString(kContract, &file));
    type_ = pool_.BuildFile(file)->message_type(0);
  }
  std::unique_ptr<Message> Thing(const std::string& text) {
    std::unique_ptr<Message> thing(factory_.GetPrototype(type_)->New());
    EXPECT_TRUE(TextFormat::ParseFromString(text, thing.get())) << text;
    return thing;
  }
  static std::string Text(const Message& message) { return message.ShortDebugString(); }
  static google::protobuf::FieldMask Mask(std::initializer_list<const char*> paths) {
    google::protobuf::FieldMask mask;
    for (const char* path : paths) mask.add_paths(path);
    return mask;
  }
  std::string Applied(const std::string& kept, const std::string& given, std::initializer_list<const char*> paths) {
    const auto onto = Thing(kept);
    ApplyMask(*Thing(given), Mask(paths), onto.get());
    return Text(*onto);
  }

 private:
  google::protobuf::DescriptorPool pool_{google::protobuf::DescriptorPool::generated_pool()};
  google::protobuf::DynamicMessageFactory factory_{&pool_};
  const google::protobuf::Descriptor* type_ = nullptr;
};

TEST_F(Things, WhatIsNamedIsTaken_AndEmptiedWhereItIsNotGiven) {
  EXPECT_EQ(Applied(R"(name: "a" words: "b" part { name: "c" })", R"(name: "x" words: "y")", {"words", "part"}), R"(name: "a" words: "y")");
  EXPECT_EQ(Applied(R"(part { name: "a" words: "b" })", R"(part { name: "x" })", {"part.name"}), R"(part { name: "x" words: "b" })");
  EXPECT_EQ(Applied(R"(part { name: "a" words: "b" })", R"(part { name: "x" })", {"part"}), R"(part { name: "x" })");
}

TEST_F(Things, WithoutAMaskWhatIsSetCounts) {
  EXPECT_EQ(Applied(R"(name: "a" words: "b")", R"(words: "y")", {}), R"(name: "a" words: "y")");
  EXPECT_THAT(WhatCounts(*Thing(R"(id: "1" words: "y")"), {}).paths(), ElementsAre("words"));
  EXPECT_THAT(WhatCounts(*Thing(R"(id: "1")"), Mask({"id", "nothing"})).paths(), IsEmpty());
}

TEST_F(Things, WhatIsToldIsNeverTaken) {
  EXPECT_EQ(Applied(R"(id: "1" name: "a")", R"(id: "2" parts { id: "3" name: "x" })", {"id", "parts"}),
            R"(id: "1" name: "a" parts { name: "x" })");
  const auto given = Thing(R"(id: "1" part { id: "2" parts { id: "3" owner: "o" } })");
  ClearOutputOnly(given.get());
  EXPECT_EQ(Text(*given), R"(part { parts { owner: "o" } })");
}

TEST_F(Things, WhatIsSaidOnceIsNamedWhereItDiffers) {
  const Refusals no = RefusalsToChange(*Thing(R"(owner: "a" name: "b")"), *Thing(R"(owner: "c" name: "d")"));
  ASSERT_THAT(no, SizeIs(1));
  EXPECT_EQ(no[0].field, "owner");
  EXPECT_THAT(RefusalsToChange(*Thing(R"(owner: "a")"), *Thing(R"(owner: "a" name: "d")")), IsEmpty());
}

}  // namespace
}  // namespace evenhand
