// JSON in and out: what is read, what is refused and where, and that json_util agrees.
#include <gmock/gmock.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/time_util.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "evenhand/incident/v1/follow_up_service.pb.h"
#include "evenhand/incident/v1/incident_service.pb.h"
#include "evenhand/restriction/v1/contact_service.pb.h"
#include "evenhand/restriction/v1/person.pb.h"
#include "evenhand/restriction/v1/restriction_service.pb.h"
#include "gateway/json/field_table.h"
#include "gateway/json/json_path.h"
#include "gateway/json/json_reader.h"
#include "gateway/json/json_writer.h"

namespace evenhand::gateway {
namespace {

using google::protobuf::util::MessageDifferencer;
using incident::v1::Incident;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Not;
using ::testing::SizeIs;

template <typename Message = Incident>
Refusals Faults(std::string_view json) {
  Message message;
  return ReadJson(json, &message);
}

auto At(std::string_view path) { return ElementsAre(Field(&Violation::field, path)); }

TEST(JsonReader, ReadsWhatJsonUtilReads) {
  const std::string json =
      R"({"sourceSystem":"CRM","sourceRef":"a\u00e9\ud83d\ude00","occurredAt":"2026-11-02T10:15:00.5+01:00","channel":"PHONE",
    "behaviours":["ABUSE","VIOLENCE"],"staff":[{"staffId":"E1","role":"AFFECTED"},{}],"contactEnded":false,"sourceVersion":3,"narrative":null})";
  Incident ours, theirs;
  EXPECT_THAT(ReadJson(json, &ours), SizeIs(0));
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &theirs).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(ours, theirs)) << ours.DebugString();
}

TEST(JsonReader, WhatIsToldIsPassedOver_WhatIsUnknownIsNot) {
  restriction::v1::Person person;
  google::protobuf::FieldMask given;
  EXPECT_THAT(ReadJson(R"({"id":7,"state":"DECEASED","etag":"x","displayName":"Pat","advocate":null,"handles":[],
    "adjustments":[{"description":"d","recordedBy":"E1"}]})",
                       &person, &given),
              SizeIs(0));
  EXPECT_EQ(person.id() + person.etag() + person.adjustments(0).recorded_by(), "");
  EXPECT_EQ(person.state(), restriction::v1::Person::State::STATE_UNSPECIFIED);
  EXPECT_THAT(given.paths(), ElementsAre("display_name", "advocate", "handles", "adjustments"));
  EXPECT_THAT(Faults<restriction::v1::Person>(R"({"stat":"DECEASED"})"), At("stat"));
}

TEST(JsonReader, AFlatMessageStandsAmongTheFieldsAroundIt) {
  restriction::v1::ReplayContactRequest replay;
  EXPECT_THAT(ReadJson(R"({"phone":"1","at":"2026-11-02T10:15:00Z","channel":"PHONE"})", &replay), SizeIs(0));
  EXPECT_EQ(replay.check().phone(), "1");
  EXPECT_TRUE(replay.has_at());
  std::string json;
  WriteJson(replay, &json);
  EXPECT_EQ(json, R"({"channel":"PHONE","phone":"1","at":"2026-11-02T10:15:00Z"})");
  EXPECT_THAT(Faults<restriction::v1::ReplayContactRequest>(R"({"check":{}})"), At("check"));
  EXPECT_THAT(Faults<restriction::v1::ReplayContactRequest>(R"({"phone":"1","phone":"1"})"), At("phone"));
}

TEST(FieldMask, NamesFieldsAsJsonDoes) {
  const auto& person = *restriction::v1::Person::descriptor();
  EXPECT_EQ(MaskPath(person, "displayName"), "display_name");
  EXPECT_EQ(MaskPath(person, "postalAddress.lines"), "postal_address.lines");
  EXPECT_EQ(MaskPath(person, "state"), "");
  EXPECT_EQ(MaskPath(*restriction::v1::VaryRestrictionRequest::descriptor(), "endsOn"), "terms.ends_on");
  for (const char* none : {"", "display_name", "nothing", "handles.kind", "displayName.x", "postalAddress."})
    EXPECT_FALSE(MaskPath(person, none)) << none;
}

// Found by fuzzing: rapidjson read "0e38" as 18446744073709551616, and "1.7976931348623159e308" as infinity.
TEST(JsonReader, NumbersAreWhatTheirTextSays) {
  const auto real = [](std::string_view text) {
    const std::string json = "{\"a\":" + std::string(text) + "}";
    google::protobuf::Struct fields;
    EXPECT_THAT(ReadJson(json, &fields), SizeIs(0)) << text;
    return fields.fields().at("a").number_value();
  };
  for (const char* zero : {"0", "-0", "0e38", "0e300", "0.0e99", "0.000e+40", "1e-400", "0e-400"}) EXPECT_EQ(real(zero), 0) << zero;
  EXPECT_EQ(real("1.7976931348623157e308"), 1.7976931348623157e308);
  EXPECT_EQ(real("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(real("1000000000000000000000000000000.5"), 1e30);
  EXPECT_EQ(real("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(real("1" + std::string(200, '0') + "e-200"), 1);
  google::protobuf::Struct fields;
  EXPECT_THAT(ReadJson(R"({"a":1.7976931348623159e308})", &fields), SizeIs(1));
  EXPECT_THAT(ReadJson(R"({"a":1e309})", &fields), SizeIs(1));
  Incident request;
  EXPECT_THAT(ReadJson(R"({"sourceVersion":0e38})", &request), SizeIs(1)) << "a whole number is written as one";
}

TEST(JsonReader, NamesTheFieldAtFault) {
  EXPECT_THAT(Faults(R"({"zz":1})"), At("zz"));
  EXPECT_THAT(Faults(R"({"staff":[{},{"zz":1}]})"), At("staff[1].zz"));
  EXPECT_THAT(Faults(R"({"team":"a","team":"b"})"), At("team"));
  EXPECT_THAT(Faults(R"({"source_ref":"b"})"), At("source_ref")) << "the contract's own names are no JSON's";
  EXPECT_THAT(Faults(R"({"team":1})"), At("team"));
  EXPECT_THAT(Faults(R"({"team":["a"]})"), At("team"));
  EXPECT_THAT(Faults(R"({"staff":{}})"), At("staff"));
  EXPECT_THAT(Faults(R"({"staff":[null]})"), At("staff[0]"));
  EXPECT_THAT(Faults(R"({"sourceVersion":"3"})"), At("sourceVersion"));
  EXPECT_THAT(Faults(R"({"sourceVersion":3.5})"), At("sourceVersion"));
  EXPECT_THAT(Faults(R"({"sourceVersion":3000000000})"), At("sourceVersion"));
  EXPECT_THAT(Faults(R"({"contactEnded":"true"})"), At("contactEnded"));
  EXPECT_THAT(Faults(R"({"channel":"FAX"})"), At("channel"));
  EXPECT_THAT(Faults(R"({"channel":1})"), At("channel"));
  EXPECT_THAT(Faults(R"({"behaviours":["ABUSE","abuse"]})"), At("behaviours[1]"));
  EXPECT_THAT(Faults(R"({"occurredAt":"yesterday"})"), At("occurredAt"));
  EXPECT_THAT(Faults(R"({"occurredAt":"2026-02-30T10:00:00Z"})"), At("occurredAt"));
  EXPECT_THAT(Faults(R"({"narrative":"a\u0000b"})"), At("narrative"));
  EXPECT_THAT(Faults("{\"person\":{\"name\":\"\xff\"}}"), At("person.name"));
  EXPECT_THAT(Faults(R"({"person":{"name":"\ud800"}})"), At("person.name"));
  EXPECT_THAT(Faults("{\"narrative\":\"" + std::string(kMaxStringBytes + 1, 'x') + "\"}"), At("narrative"));
}

// A text that is UTF-8 throughout is not looked at again; one that is not must be named wherever it breaks.
TEST(JsonReader, ABrokenCharacterIsFoundWhereverItStands) {
  for (std::size_t before = 0; before < 20; ++before) {
    const std::string lead = "{\"team\":\"" + std::string(before, 'x');
    for (const char* broken : {"\xff", "\x80", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc0\xaf", "\xed\xa0\x80"}) {
      EXPECT_THAT(Faults(lead + broken + std::string(20, 'x') + "\"}"), At("team")) << before;
      EXPECT_THAT(Faults(lead + broken), At("team")) << before << ": the text ends within it";
    }
    Incident message;
    EXPECT_THAT(ReadJson(lead + "\u00e9\U0001f600\"}", &message), SizeIs(0)) << before;
    EXPECT_EQ(message.team(), std::string(before, 'x') + "\u00e9\U0001f600");
  }
}

TEST(JsonReader, EscapesStandForTheirCharacters) {
  Incident message;
  EXPECT_THAT(ReadJson(R"({"te\u0061m":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00.","sourceRef":"next"})", &message), SizeIs(0));
  EXPECT_EQ(message.team(), "\"\\/\b\f\n\r\t\u00e9\U0001f600.");
  EXPECT_EQ(message.source_ref(), "next");
}

TEST(JsonReader, ATextThatNeedsTheHeapIsReadToo) {
  Incident message;
  EXPECT_THAT(ReadJson("{\"team\":\"" + std::string(100'000, 'x') + "\",\"sourceVersion\":3}", &message), SizeIs(0));
  EXPECT_EQ(message.team().size(), 100'000u);
  EXPECT_EQ(message.source_version(), 3);
}

TEST(JsonReader, NamesAllFaultsAtOnce) { EXPECT_THAT(Faults(R"({"zz":1,"team":2,"channel":"FAX"})"), SizeIs(3)); }

TEST(JsonReader, RefusesWhatIsNoJson) {
  for (const char* text : {"", " ", "{", "{}{}", "{'team':'a'}", "{team:\"a\"}", "{\"team\":\"a\",}", "[]", "null", "1", "\"a\"",
                           "{\"sourceVersion\":01}", "{\"sourceVersion\":NaN}", "// a\n{}", "{\"team\":\"a\nb\"}"}) {
    EXPECT_THAT(Faults(text), Not(SizeIs(0))) << text;
  }
}

TEST(JsonReader, DepthCostsNoStack) {
  EXPECT_THAT(Faults<google::protobuf::ListValue>(std::string(1'000'000, '[')), SizeIs(1));
  EXPECT_THAT(Faults<google::protobuf::ListValue>(std::string(500'000, '[') + std::string(500'000, ']')), SizeIs(1));
}

TEST(JsonReader, StructsAreReadToo) {
  google::protobuf::Struct ours, theirs;
  const std::string json = R"({"a":[1,null,true,"x",{"b":{}}],"c":2.5})";
  EXPECT_THAT(ReadJson(json, &ours), SizeIs(0));
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &theirs).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(ours, theirs));
  std::string printed;
  WriteJson(ours, &printed);
  EXPECT_EQ(printed, R"({"a":[1,null,true,"x",{"b":{}}],"c":2.5})");
}

TEST(TextReader, FillsFieldsAndNamesWhatIsWrong) {
  incident::v1::ListIncidentsRequest request;
  EXPECT_FALSE(ReadText("pageSize", "20", &request));
  EXPECT_FALSE(ReadText("behaviour", "ABUSE", &request));
  EXPECT_EQ(request.page().page_size(), 20);
  EXPECT_TRUE(ReadText("pageSize", "30", &request)) << "twice";
  EXPECT_TRUE(ReadText("pageToken.x", "30", &request));
  EXPECT_TRUE(ReadText("colour", "red", &request));
  EXPECT_TRUE(ReadText("state", "NOWHERE", &request));
}

TEST(JsonWriter, PrintsCanonically) {
  Incident incident;
  incident.set_id("1");
  incident.set_narrative("\"\\\n\x01</script>\u00e9");
  incident.set_contact_ended(false);
  incident.mutable_occurred_at()->set_seconds(1);
  incident.mutable_occurred_at()->set_nanos(500'000'000);
  std::string ours, theirs;
  WriteJson(incident, &ours);
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(incident, &theirs).ok());
  EXPECT_EQ(ours, theirs);
}

TEST(JsonWriter, ATimeIsWrittenAsProtobufWritesIt) {
  using google::protobuf::Timestamp;
  for (const std::int64_t seconds :
       {-62135596800L, -1L, 0L, 951782399L, 951782400L, 1793614500L, 4107542400L, 253402300799L, 253402300800L}) {
    for (const int nanos : {0, 1, 1'000, 1'000'000, 500'000'000, 120'000'000, 123'456'000, 999'999'999, -1}) {
      Timestamp time;
      time.set_seconds(seconds), time.set_nanos(nanos);
      std::string ours;
      WriteJson(time, &ours);
      EXPECT_EQ(ours, '"' + google::protobuf::util::TimeUtil::ToString(time) + '"');
    }
  }
}

// Found by fuzzing: rapidjson lets the lower half of a surrogate pair through, and gRPC would refuse the message later, nameless.
TEST(JsonReader, HalfASurrogatePairIsNoText) {
  EXPECT_THAT(Faults(R"({"sourceRef":"a\udc00b"})"), At("sourceRef"));
  EXPECT_THAT(Faults(R"({"sourceRef":"a\ud800b"})"), Not(SizeIs(0)));
}

// Found by fuzzing: rapidjson takes a zero byte for the end of the text.
TEST(JsonReader, NothingHidesBehindAZeroByte) {
  Incident message;
  EXPECT_THAT(ReadJson(std::string_view("{}\0{\"sourceRef\":1}", 18), &message), SizeIs(1));
}

// Found by fuzzing: rapidjson skips EF, BB and BF, each by itself.
TEST(JsonReader, NoByteOrderMarkNorHalfOfOne) {
  for (const char* text : {"\xbf{}", "\xef\xbb\xbf{}", "\xef{}"}) EXPECT_THAT(Faults(text), SizeIs(1));
}

TEST(JsonReader, FieldMasksAreLowerCamelCase) {
  google::protobuf::FieldMask mask;
  for (const char* good : {R"("displayName,handles.kind")", R"("")"}) EXPECT_THAT(ReadJson(good, &mask), SizeIs(0)) << good;
  for (const char* bad : {R"("Handles")", R"("a,,b")", R"("a.")", R"("display_name")"}) EXPECT_THAT(ReadJson(bad, &mask), SizeIs(1)) << bad;
}

TEST(JsonReader, BytesHaveOneText) {
  google::protobuf::BytesValue bytes;
  for (const char* good : {R"("+_8=")", R"("-_8")", R"("-_8=")", R"("+/8=")", R"("")"}) {
    const bool mixed = std::string_view(good).find("+_") != std::string_view::npos;
    EXPECT_EQ(ReadJson(good, &bytes).empty(), !mixed) << good;
  }
  for (const char* bad : {R"("-_7=")", R"("AQ ID")", R"("A")", R"("AQI.")"}) EXPECT_FALSE(ReadJson(bad, &bytes).empty()) << bad;
}

// Found by fuzzing: a map's key went into the fault's path as it came, U+0000 and half characters included.
TEST(JsonPath, CanItselfBePrinted) {
  google::protobuf::Struct message;
  const Refusals nul = ReadJson(R"({"\u0000a":"\u0000"})", &message);
  ASSERT_THAT(nul, Not(SizeIs(0)));
  EXPECT_EQ(nul[0].field.find('\0'), std::string::npos);
  const Refusals cut = Faults("{\"" + std::string(199, 'a') + "\u00e9\":1}");
  EXPECT_THAT(Faults(R"({"a\udc00":1})"), At("a???")) << "half of a surrogate pair";
  EXPECT_THAT(cut, At(std::string(199, 'a'))) << "cut before a character, not inside it";
}

TEST(JsonPath, IsFoundInBrokenText) {
  constexpr std::string_view kText = R"({"a":1,"b":[{"c":2},{"d":"x)";
  EXPECT_EQ(PathAt(kText, kText.size()), "b[1].d");
  EXPECT_EQ(PathAt("", 5), "");
  EXPECT_LT(PathAt(std::string(10'000, '['), 9'000).size(), 300u);
}

// A call list with one slip in it is still a call list: the bad contact is named in its place, and the others are read.
TEST(JsonReader, OneBadContactOfABatchSpoilsNoOther) {
  restriction::v1::BatchCheckContactsRequest batch;
  EXPECT_THAT(ReadJson(R"({"requests":[{"phone":"1"},{"channel":"PIGEON","phone":"2"},{"fone":"3"},{"phone":"4\u0000"},5,{"phone":["6"]},
    {"email":"7"}]})",
                       &batch),
              SizeIs(0));
  ASSERT_EQ(batch.requests_size(), 7);
  EXPECT_EQ(batch.requests(0).phone(), "1");
  EXPECT_EQ(batch.requests(6).email(), "7");
  const char* const fields[] = {"channel", "fone", "phone", "", "phone"};
  ASSERT_EQ(batch.faults_size(), 5);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(batch.faults(i).index(), static_cast<unsigned>(i + 1));
    EXPECT_EQ(batch.faults(i).field(), fields[i]);
    EXPECT_EQ(batch.requests(i + 1).ByteSizeLong(), 0u);
  }
  // What is wrong around the list is still the whole's fault, and nobody says what the reader found.
  EXPECT_THAT(Faults<restriction::v1::BatchCheckContactsRequest>(R"({"requests":[{"fone":"3"}],"faults":[{"index":0}]})"), At("faults"));
  EXPECT_THAT(Faults<restriction::v1::BatchCheckContactsRequest>(R"({"requests":{"phone":"3"}})"), At("requests"));
}

TEST(JsonWriter, WhatIsAlwaysToldIsToldThoughItIsNothingYet) {
  incident::v1::ListFollowUpsResponse none;
  std::string json;
  WriteJson(none, &json);
  EXPECT_EQ(json, R"({"mineCount":0,"lateCount":0})");
  none.add_follow_ups()->set_id("f");
  none.set_late_count(2);
  json.clear();
  WriteJson(none, &json);
  EXPECT_EQ(json.substr(json.size() - 28), R"("mineCount":0,"lateCount":2})");
}

}  // namespace
}  // namespace evenhand::gateway
