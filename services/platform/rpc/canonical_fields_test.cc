#include "services/platform/rpc/canonical_fields.h"

#include <gtest/gtest.h>

#include "evenhand/audit/v1/audit_service.pb.h"
#include "services/platform/audit/look_keeper.h"

namespace evenhand {
namespace {

TEST(CanonicalFields, WhatTheContractMarksArrivesInItsOneForm) {
  audit::v1::ListAuditEntriesRequest request;
  request.set_actor(" e1001\u200b");
  request.set_subject_id(" e1001");
  Canonicalise(&request, nullptr);
  EXPECT_EQ(request.actor(), "E1001");
  EXPECT_EQ(request.subject_id(), " e1001") << "not marked";
}

TEST(CanonicalFields, ListsAndWhatIsNestedToo) {
  audit::v1::ListAuditEntriesResponse response;
  for (const char* actor : {"e1", "Ｅ2", ""}) response.add_audit_entries()->set_actor(actor);
  Canonicalise(&response, nullptr);
  EXPECT_EQ(response.audit_entries(0).actor(), "E1");
  EXPECT_EQ(response.audit_entries(1).actor(), "E2");
  EXPECT_EQ(response.audit_entries(2).actor(), "");
}

TEST(Looks, ARequestSaysWhatItLooksAt) {
  audit::v1::ListAuditEntriesRequest request;
  constexpr char kId[] = "01900000-0000-7000-8000-000000000001";
  request.set_subject_id(kId);
  const Look look = LookOf("ImposeRestriction", &request);
  EXPECT_EQ(look.action, "restriction.impose");
  EXPECT_EQ(look.kind, "restriction");
  EXPECT_EQ(look.subject_id, kId);
  request.set_subject_id("INC-2026-000123");
  EXPECT_EQ(LookOf("GetIncident", &request).subject_id, "INC-2026-000123");
  for (const char* typed : {"Pat Example, 1 High Street", "Example", "07700900123"}) {
    request.set_subject_id(typed);
    EXPECT_EQ(LookOf("GetPerson", &request).subject_id, "") << "text that is no id is not for the trail";
  }
  EXPECT_EQ(LookOf("ImportIncidents", nullptr).action, "incidents.import");
}

}  // namespace
}  // namespace evenhand
