#include "services/platform/base/postal_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand {
namespace {

using Lines = std::vector<std::string>;

std::vector<std::string> FieldsOf(const Lines& lines) {
  std::vector<std::string> fields;
  for (const Violation& fault : FaultsOfAddress(lines, "address")) fields.push_back(fault.field);
  return fields;
}

TEST(PostalAddress, WhatAPostPersonFindsIsTaken) {
  for (const Lines& lines :
       {Lines{"1 High Street", "Alloa", "FK10 1AA"}, Lines{"Pat Example", "Flat 2/1", "1 High Street", "Alloa", "fk101aa"},
        Lines{"1 Rue de l'Exemple", "75001 Paris", "France"}, Lines{"12345 Example", "BFPO", "BFPO 123"},
        Lines{"1 Main Street", "Gibraltar GX11 1AA", "Gibraltar"}, Lines{"c/o Ada Example", "2 High Street", "Alloa", "EC1A 1BB"},
        Lines{"1", "2", "3", "4", "5", "6", "W1A 0AX"}})
    EXPECT_TRUE(FaultsOfAddress(lines, "address").empty()) << lines.front();
}

TEST(PostalAddress, WhatNoLetterReachesIsRefusedWithItsLine) {
  using ::testing::Contains;
  EXPECT_THAT(FieldsOf({"", ""}), Contains("address"));
  EXPECT_THAT(FieldsOf({"", " "}), Contains("address[0]"));
  EXPECT_THAT(FieldsOf({"", "", "FK10 1AA"}), Contains("address[1]"));
  EXPECT_THAT(FieldsOf({"1 High Street", "FK10 1AA"}), Contains("address"));
  EXPECT_THAT(FieldsOf({"1", "2", "3", "4", "5", "6", "7", "FK10 1AA"}), Contains("address"));
  for (const char* none :
       {"NFA", "N.F.A.", "No fixed abode", "(address unknown)", "no-fixed  abode", "Unknown", "currently of no fixed abode", "n/a"})
    EXPECT_THAT(FieldsOf({"Pat Example", none, "FK10 1AA"}), Contains("address[1]")) << none;
  EXPECT_THAT(FieldsOf({"1 High Street\nAlloa", "Clacks", "FK10 1AA"}), Contains("address[0]"));
  for (const char* last : {"Alloa", "FK10", "GX11 1AA", "12345", "?"})
    EXPECT_THAT(FieldsOf({"1 High Street", "Alloa", last}), Contains("address[2]")) << last;
}

TEST(PostalAddress, EveryFaultIsToldAtOnce) { EXPECT_EQ(FaultsOfAddress({"NFA", "Alloa\t"}, "address").size(), 4U); }

}  // namespace
}  // namespace evenhand
