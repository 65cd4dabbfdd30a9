// The walk over every event that is declared: somebody tells it, somebody hears it, and what leaves the house is ids and kinds.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "evenhand/common/v1/fields.pb.h"
#include "evenhand/events/v1/event.pb.h"
#include "services/events/receivers.h"

namespace evenhand::events {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::Not;

std::string NameOf(const EventType& type) { return type.message->GetDescriptor()->name(); }

// The code of one service beside its tests.
std::string CodeOf(std::string_view service) {
  std::ostringstream code;
  for (const auto& file : std::filesystem::recursive_directory_iterator("services/" + std::string(service))) {
    const std::string path = file.path().string();
    if (!path.ends_with(".cc") && !path.ends_with(".h")) continue;
    if (path.ends_with("test.cc") || path.find("/testing/") != std::string::npos) continue;
    code << std::ifstream(path).rdbuf();
  }
  return code.str();
}

TEST(Events, EachIsToldByTheServiceThatItsFileNames) {
  std::map<std::string_view, std::string> code;
  for (const EventType* type : EventTypes()) {
    if (code[type->source].empty()) code[type->source] = CodeOf(type->source) + CodeOf("platform");  // what every service keeps alike
    EXPECT_TRUE(std::regex_search(code[type->source], std::regex("events::" + NameOf(*type) + "\\b")))
        << type->source << " never tells " << type->name;
  }
}

TEST(Events, EachIsHeardBySomebodyAndWhatIsInternalByAServiceThatActsOnIt) {
  for (const EventType* type : EventTypes()) EXPECT_THAT(ReceiversOf(*type), Not(IsEmpty())) << type->name;
}

TEST(Events, EachMessageOfTheContractIsAnEventOfItsNameOrAPartOfOne) {
  std::set<std::string> parts, used;
  const auto* like = v1::PersonMerged::descriptor();
  for (const EventType* type : EventTypes()) {
    std::string words(type->name);
    std::erase(words, '_');
    std::erase(words, '.');
    std::string name = NameOf(*type);
    std::ranges::transform(name, name.begin(), ::tolower);
    std::ranges::transform(words, words.begin(), ::tolower);
    EXPECT_EQ(words, name);
    EXPECT_EQ(FindEventType(type->name), type);
    for (int i = 0; i < type->message->GetDescriptor()->field_count(); ++i) {
      const auto* field = type->message->GetDescriptor()->field(i);
      if (field->message_type() != nullptr && field->message_type()->file()->package() == like->file()->package())
        used.insert(field->message_type()->name());
    }
    for (int i = 0; i < type->message->GetDescriptor()->file()->message_type_count(); ++i) {
      const auto* message = type->message->GetDescriptor()->file()->message_type(i);
      if (!message->options().HasExtension(v1::event)) parts.insert(message->name());
    }
  }
  EXPECT_EQ(parts, used);
}

TEST(Events, EachHasOneSubject) {
  for (const EventType* type : EventTypes()) {
    int subjects = 0;
    const auto count = [&](const google::protobuf::Descriptor* message, const auto& self) -> void {
      for (int i = 0; i < message->field_count(); ++i) {
        subjects += message->field(i)->options().GetExtension(v1::subject) ? 1 : 0;
        if (message->field(i)->message_type() != nullptr) self(message->field(i)->message_type(), self);
      }
    };
    count(type->message->GetDescriptor(), count);
    EXPECT_EQ(subjects, 1) << type->name;
  }
}

// No personal data in events: a text is an id, a day, a reference, a staff number, an area, or one of those that are known here.
TEST(Events, ATextIsAnIdADayOrAWordThatIsKnown) {
  const std::set<std::string> known = {"id",         "name",
                                       "aliases",  // of a service area
                                       "calendar",   "date",
                                       "source",  // of a holiday
                                       "owner_role", "appeal_reference"};
  const auto look = [&](const google::protobuf::Descriptor* message, const auto& self) -> void {
    for (int i = 0; i < message->field_count(); ++i) {
      const auto& field = *message->field(i);
      if (field.message_type() != nullptr && field.message_type()->full_name() != "google.protobuf.Timestamp")
        self(field.message_type(), self);
      if (field.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING || known.contains(field.name())) continue;
      if (field.options().GetExtension(common::v1::canonical_form) != common::v1::CanonicalForm::CANONICAL_FORM_UNSPECIFIED) continue;
      EXPECT_THAT(field.name(), AnyOf(EndsWith("_id"), EndsWith("_ids"), EndsWith("_on"))) << field.full_name();
    }
  };
  for (const EventType* type : EventTypes()) look(type->message->GetDescriptor(), look);
}

TEST(Events, TheSchemaNamesWhatTheDataHolds) {
  for (const EventType* type : EventTypes()) {
    google::protobuf::Struct schema;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(std::string(type->data_schema), &schema).ok()) << type->name;
    const auto& properties = schema.fields().at("properties").struct_value().fields();
    const google::protobuf::Struct empty = DataForWebhooks(*type->message);
    for (const auto& [name, value] : empty.fields()) EXPECT_TRUE(properties.contains(name)) << type->name << ": " << name;
    for (const auto& name : schema.fields().at("required").list_value().values()) {
      const auto* at = &empty;
      // An instant has no empty form; everything else that is required is always there.
      const bool instant = properties.at(name.string_value()).struct_value().fields().contains("format") &&
                           properties.at(name.string_value()).struct_value().fields().at("format").string_value() == "date-time";
      EXPECT_TRUE(instant || at->fields().contains(name.string_value())) << type->name << ": " << name.string_value();
    }
  }
}

TEST(Events, GoOutFlatAndTypedAndWithoutStaffNumbers) {
  const OutgoingEvent event = AppealDecided{.appeal = AppealFacts{.appeal_id = "a-1",
                                                                  .appeal_reference = "APL-2026-000001",
                                                                  .restriction_id = "r-1",
                                                                  .decision_id = "d-1",
                                                                  .person_id = "p-1",
                                                                  .service_area = "Housing",
                                                                  .state = common::v1::AppealState::DECIDED,
                                                                  .assignee = "E4001",
                                                                  .incident_ids = std::vector<std::string>{"i-1", "i-2"}}};
  EXPECT_EQ(event.subject, "a-1");
  EXPECT_EQ(event.type->name, "appeal.decided");
  const Data data = DataOf(*event.type, event.data);
  ASSERT_NE(data, nullptr);
  const auto shown = DataForWebhooks(*data);
  EXPECT_EQ(shown.fields().at("appealId").string_value(), "a-1");
  EXPECT_EQ(shown.fields().at("incidentIds").list_value().values_size(), 2);
  EXPECT_EQ(shown.fields().at("state").string_value(), "DECIDED");
  EXPECT_FALSE(shown.fields().contains("assignee"));
  EXPECT_FALSE(shown.fields().contains("outcome"));
}

TEST(Events, GoWhereTheyAreHeardAndNowhereElse) {
  EXPECT_THAT(ReceiversOf(RestrictionSuspended::Type()), ::testing::ElementsAre("notification"));
  EXPECT_THAT(ReceiversOf(RestrictionErased::Type()), ::testing::UnorderedElementsAre("appeal", "notification"));
  EXPECT_THAT(ReceiversOf(NotificationTold::Type()), ::testing::ElementsAre("appeal"));
  EXPECT_THAT(ReceiversOf(ServiceAreaChanged::Type()), ::testing::UnorderedElementsAre("incident", "appeal", "notification"));
  EXPECT_THAT(ReceiversOf(HolidayChanged::Type()), ::testing::UnorderedElementsAre("incident", "restriction", "notification"));
  EXPECT_THAT(DestinationsOf("notification"), ::testing::ElementsAre("appeal"));
  EXPECT_THAT(DestinationsOf("incident"), Not(Contains("appeal")));
}

}  // namespace
}  // namespace evenhand::events
