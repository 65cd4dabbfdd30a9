// Rights over the data itself: a write that finds a record asks that record's rights; nobody gains or sheds a right by an edit of their
// own; a colleague's case is closed to those who work with them, whatever the way in (7.3, 12.4, 12.6).
#include <filesystem>
#include <functional>

#include <sodium.h>
#include <unistd.h>

#include "evenhand/common/v1/rights.pb.h"
#include "services/incident/app/evidence.h"
#include "services/incident/app/rejections.h"
#include "services/incident/app/rights_of.h"
#include "services/incident/domain/change_rights.h"
#include "services/incident/domain/source_rights.h"
#include "services/incident/store/incident_store.h"
#include "services/incident/testing/stories.h"
#include "services/platform/rpc/canonical_fields.h"
#include "services/platform/rpc/field_mask.h"

namespace evenhand::incident {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using Kind = FollowUpKind;
using Out = FollowUpOutcome;

const std::vector<Role> kEveryRole = {
    Role::kEmployee,          Role::kTeamLeader,         Role::kSeniorManager,       Role::kStrategicDirector,
    Role::kHrBusinessPartner, Role::kCommunicationsLead, Role::kHealthSafetyAdviser, Role::kCrm};

constexpr char kHeader[] =
    "RecordNo,Version,Status,IncidentDate,IncidentTime,Service,EmployeeNo,LineManagerNo,PersonName,ContactMethod,Categories,WarningGiven,"
    "ContactEnded,Description\n";

class Rights : public Stories {
 protected:
  Rights() { EXPECT_GE(sodium_init(), 0); }

  Outcome<v1::Incident> Again(v1::Incident r, const Actor& by, int version, const std::string& text) {
    r.set_source_version(version);
    r.set_narrative(text);
    return RecordIncident(work_, neighbours_, By(by), r);
  }
  v1::AmendIncidentRequest Amendment(const std::string& id) {
    v1::AmendIncidentRequest amend;
    amend.set_id(id);
    amend.set_reason("It was written down wrongly");
    return amend;
  }
  std::string Row(const std::string& number, const std::string& version, const std::string& categories, const std::string& text,
                  const std::string& date = "02/11/2026") {
    return number + "," + version + ",Submitted," + date + ",10:15,Housing,E1001,E2001,Pat Example,Phone," + categories + ",Yes,Yes," +
           text + "\n";
  }
  std::vector<v1::ImportRejection> Rejections(const Actor& by) {
    const auto list = ListImportRejections(work_, neighbours_, By(by), {});
    EXPECT_TRUE(list.ok());
    return {list->import_rejections().begin(), list->import_rejections().end()};
  }
  std::vector<std::string> Harmed(const std::string& id) {
    v1::GetGroundsFactsRequest ask;
    ask.add_incident_ids(id);
    const auto facts = GetGroundsFacts(work_, By(safety_), ask);
    return {facts->incidents(0).harmed_staff_ids().begin(), facts->incidents(0).harmed_staff_ids().end()};
  }
  v1::Incident Held(const std::string& id) {
    return *work_.Read<v1::Incident>(By(safety_),
                                     [&](Session& session) -> Outcome<v1::Incident> { return LoadIncident(session, id, false)->incident; });
  }
  const Actor crm_ = Someone("crm", {Role::kCrm}, {});
};

// ---- A write that finds a record asks that record's rights.

TEST_F(Rights, Clause12_4_AStrangerWhoRecordsAgainChangesNothingAndLearnsNothing) {
  for (const bool named : {false, true}) {
    for (const std::string source : {"HS_PORTAL", "CRM", "LAGAN"}) {
      auto r = named ? AStaffNamedPost() : AnIncident();
      r.set_source_system(source);
      r.set_narrative("The words of the source");
      const Actor& first = source == "HS_PORTAL" ? portal_ : source == "CRM" ? crm_ : officer_;
      const auto made = RecordIncident(work_, neighbours_, By(first), r);
      ASSERT_TRUE(made.ok()) << source;
      const std::string before =
          Sql("select md5(string_agg(document::text, '' order by incident_id, version)) || count(*) from incident_text");
      for (const Role role : kEveryRole) {
        if (role == Role::kCrm && source == "CRM") continue;
        for (const char* spelt : {"", " ", "\u200b"}) {
          for (const int version : {1, 2, kMaxSourceVersion}) {
            auto stolen = r;
            stolen.set_source_system(source + spelt);
            stolen.set_source_ref(r.source_ref() + spelt);
            stolen.set_line_manager_id("E1777");
            stolen.set_service_area("Education");
            const auto reply = Again(stolen, Someone("E1777", {role}, {"Education", "Housing"}), version, "Nothing happened");
            ASSERT_FALSE(reply.ok()) << source << NameOf(role);
            EXPECT_EQ(reply.refusal().kind, RefusalKind::kNotPermitted);
            const std::string said = reply.refusal().detail + reply.refusal().other_id + reply.refusal().other_reference;
            EXPECT_THAT(said, Not(::testing::HasSubstr("INC-"))) << said;
          }
        }
      }
      EXPECT_EQ(Sql("select md5(string_agg(document::text, '' order by incident_id, version)) || count(*) from incident_text"), before)
          << source;
    }
  }
}

TEST_F(Rights, Clause4_4_ThePortalSpeaksForThePortalAlone) {
  auto r = AnIncident();
  for (const char* spelt : {"HS_PORTAL", "HS-PORTAL", "hs_portal ", "ＨＳ＿ＰＯＲＴＡＬ"}) {
    r.set_source_system(spelt);
    EXPECT_EQ(RecordIncident(work_, neighbours_, By(team_leader_), r).refusal().kind, RefusalKind::kNotPermitted) << spelt;
    EXPECT_EQ(RecordIncident(work_, neighbours_, By(safety_), r).refusal().kind, RefusalKind::kNotPermitted) << spelt;
  }
  EXPECT_TRUE(RecordIncident(work_, neighbours_, By(portal_), r).ok());
}

TEST_F(Rights, Clause4_4_NobodyFreezesARecord) {
  auto r = AnIncident();  // of the CRM, written down by an officer first
  Recorded(r);
  r.set_source_version(kMaxSourceVersion);
  ASSERT_TRUE(Again(r, officer_, kMaxSourceVersion, "As if for ever").ok());
  EXPECT_EQ(Again(r, officer_, 2147483647, "For ever").refusal().kind, RefusalKind::kInvalid);
  ASSERT_TRUE(Again(r, crm_, 2, "As the source has it").ok());
  EXPECT_EQ(Sql("select source_version from incident where source_ref = '" + r.source_ref() + "'"), "2");
  EXPECT_EQ(Sql("select count(*) from incident where source_ref = '" + r.source_ref() + "'"), "1");
  auto amend = Amendment(Sql("select id from incident where source_ref = '" + r.source_ref() + "'"));
  amend.mutable_incident()->set_source_version(2147483647);
  EXPECT_EQ(AmendIncident(work_, neighbours_, By(officer_), amend).refusal().kind, RefusalKind::kNotPermitted);
  EXPECT_EQ(AmendIncident(work_, neighbours_, By(team_leader_), amend).refusal().kind, RefusalKind::kInvalid);
}

TEST_F(Rights, Clause12_4_ARefusedRowIsNotMovedOntoSomebodyElsesRecord) {
  auto r = AnIncident();
  r.set_source_system("HS_PORTAL");
  r.set_source_ref("HS-930001");
  r.set_service_area("Education");
  r.set_narrative("Education's own");
  const auto theirs = RecordIncident(work_, neighbours_, By(portal_), r);
  ASSERT_TRUE(theirs.ok());
  Import(kHeader + Row("HS-1", "1", "Abuse", "Ours", "31/02/2026"));
  const auto open = Rejections(team_leader_);
  ASSERT_EQ(open.size(), 1U);
  v1::RetryImportRejectionRequest retry;
  retry.set_id(open[0].id());
  (*retry.mutable_fields())["IncidentDate"] = "02/11/2026";
  auto moved = retry;
  (*moved.mutable_fields())["RecordNo"] = "HS-930001";
  (*moved.mutable_fields())["Version"] = "7";
  EXPECT_EQ(RetryImportRejection(work_, neighbours_, By(team_leader_), moved).refusal().kind, RefusalKind::kNotPermitted);
  // Where the number itself was at fault it may be mended, with the rights of the record that it names.
  Import(kHeader + Row("", "7", "Abuse", "Whose?"));
  for (const v1::ImportRejection& one : Rejections(team_leader_)) {
    if (one.code() != "NO_RECORD_NUMBER") continue;
    moved.set_id(one.id());
    EXPECT_EQ(RetryImportRejection(work_, neighbours_, By(team_leader_), moved).refusal().kind, RefusalKind::kNotPermitted);
  }
  EXPECT_EQ(Sql("select service_area || source_version from incident where source_ref = 'HS-930001'"), "Education1");
  EXPECT_TRUE(RetryImportRejection(work_, neighbours_, By(team_leader_), retry).ok());
}

TEST_F(Rights, Clause12_6_ARefusedRowObeysTheCircleOfTheRecord) {
  Import(kHeader + Row("HS-1", "1", "Named publicly", "CLOSED WORDS", "99/99/2026") + Row("HS-2", "1", "Abuse", "open", "99/99/2026") +
         Row("HS-3", "1", "Named publicaly", "MAYBE CLOSED"));
  const auto seen = [&](const Actor& by) {
    std::vector<std::string> numbers;
    for (const auto& one : Rejections(by)) {
      const auto text = one.fields().find("Description");
      numbers.push_back(one.record_no() + (text == one.fields().end() ? "" : " " + text->second));
      const auto alone = [&] {
        v1::GetImportRejectionRequest get;
        get.set_id(one.id());
        return GetImportRejection(work_, neighbours_, By(by), get);
      }();
      EXPECT_TRUE(alone.ok() && alone->fields_size() == one.fields_size());
    }
    return numbers;
  };
  EXPECT_THAT(seen(team_leader_), UnorderedElementsAre("HS-2 open"));
  EXPECT_THAT(seen(director_), UnorderedElementsAre("HS-2 open"));
  EXPECT_THAT(seen(education_), IsEmpty());
  EXPECT_THAT(seen(safety_), UnorderedElementsAre("HS-1", "HS-2 open", "HS-3 MAYBE CLOSED"));
  EXPECT_THAT(seen(hr_), UnorderedElementsAre("HS-1 CLOSED WORDS", "HS-3 MAYBE CLOSED"));
  EXPECT_THAT(seen(line_manager_), UnorderedElementsAre("HS-1 CLOSED WORDS", "HS-2 open", "HS-3 MAYBE CLOSED"));
  EXPECT_THAT(seen(portal_), UnorderedElementsAre("HS-1 CLOSED WORDS", "HS-2 open", "HS-3 MAYBE CLOSED"));
}

TEST_F(Rights, Clause12_4_ARefusedRowOpensToTheAreaThatItMeans) {
  std::string row = Row("HS-1", "1", "Abuse", "open", "99/99/2026");
  row.replace(row.find("Housing"), 7, " housing ");
  Import(kHeader + row);
  const AreaDirectory areas(std::vector<ServiceArea>{{.id = "housing", .name = "Housing", .aliases = {}}});
  Call call = By(team_leader_);
  call.areas = &areas;
  EXPECT_EQ(ListImportRejections(work_, neighbours_, call, {})->import_rejections_size(), 1);
}

TEST_F(Rights, Clause12_3_TheSameBytesAreNoKeyToAnothersFile) {
  const std::string folder = std::filesystem::temp_directory_path() / ("rights-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  KeyRing keys(folder + "/keys", [] { return true; });
  EvidenceDesk desk(work_, neighbours_, keys, {.folder = folder + "/files"});
  auto r = AThreat();  // E1500 is a witness
  const v1::Incident incident = Recorded(r);
  const auto put = [&](const Actor& by, const std::string& name) {
    v1::AddEvidenceRequest first;
    first.set_id(incident.id());
    first.set_name(name);
    auto upload = desk.Begin(By(by), first);
    EXPECT_TRUE(upload.ok());
    EXPECT_FALSE((*upload)->Take("The same words in a file."));
    return *(*upload)->Finish();
  };
  const Actor witness = Someone("E1500", {Role::kEmployee});
  const v1::Evidence ours = put(line_manager_, "ours.txt"), theirs = put(witness, "theirs.txt");
  EXPECT_NE(ours.id(), theirs.id());
  EXPECT_EQ(theirs.uploaded_by(), "E1500");
  EXPECT_EQ(theirs.name(), "theirs.txt");
  EXPECT_EQ(put(witness, "again.txt").id(), theirs.id()) << "exactly once";
  EXPECT_NE(put(team_leader_, "third.txt").uploaded_by(), "E2002") << "who may open it is answered with it";
  std::filesystem::remove_all(folder);
}

TEST_F(Rights, RecordNumbersThatAReaderCantTellApartAreOneRecord) {
  Import(kHeader + Row("HS-1", "1", "Abuse", "once") + Row("HS-1\u00a0", "1", "Abuse", "once") + Row("hs-1\u200b", "2", "Abuse", "later"));
  EXPECT_EQ(Sql("select count(*) || ':' || max(source_version) from incident"), "1:2");
  const auto commas = Import(kHeader + Row("HS-2", "1", "Abuse", "x") + ",,,,,,,,,,,,,\n ,\u00a0,,,,,,,,,,,,\n");
  EXPECT_EQ(commas.summary.rows(), 1);
  EXPECT_EQ(commas.summary.rejected(), 0);
}

// ---- Field × right: every field that gives a right, written by everybody who may, then the rules asked again.

using Field = google::protobuf::FieldDescriptor;

bool GivesRight(const google::protobuf::Descriptor* message, int depth = 0);
bool GivesRight(const Field* field, int depth = 0) {
  if (field->options().GetExtension(common::v1::gives_right)) return true;
  return field->message_type() != nullptr && depth < 3 && GivesRight(field->message_type(), depth + 1);
}
bool GivesRight(const google::protobuf::Descriptor* message, int depth) {
  for (int i = 0; i < message->field_count(); ++i)
    if (GivesRight(message->field(i), depth)) return true;
  return false;
}

// The field set in every way that could serve this actor: to their own number, area, another kind, or emptied.
std::vector<v1::AmendIncidentRequest> Writes(const Field* field, const v1::AmendIncidentRequest& amend, const std::string& me) {
  std::vector<v1::AmendIncidentRequest> writes;
  const auto with = [&](const std::function<void(v1::AmendIncidentRequest&)>& write) { write(writes.emplace_back(amend)); };
  const std::string name(field->name());
  with([&](auto& a) { a.mutable_update_mask()->add_paths("incident." + name); });
  if (name == "staff") {
    for (const auto role : {v1::StaffMember::Role::AFFECTED, v1::StaffMember::Role::OTHER, v1::StaffMember::Role::REPORTER}) {
      with([&](auto& a) {
        auto& one = *a.mutable_incident()->add_staff();
        one.set_staff_id(me);
        one.set_role(role);
      });
    }
    with([](auto& a) { a.mutable_incident()->add_staff()->set_staff_id("E1999"); });
  } else if (name == "person") {
    with([&](auto& a) { a.mutable_incident()->mutable_person()->mutable_employee()->set_staff_id("E2001"); });
    with([&](auto& a) { a.mutable_incident()->mutable_person()->mutable_employee()->set_service_area("Housing"); });
    with([&](auto& a) { a.mutable_incident()->mutable_person()->set_name("Somebody"); });  // takes employee away
  } else if (name == "behaviours") {
    for (const auto one : {Behaviour::NAMED_PUBLICLY, Behaviour::EXCESSIVE_DEMAND})
      with([&](auto& a) { a.mutable_incident()->add_behaviours(one); });
  } else if (name == "correspondence") {
    with([](auto& a) { a.mutable_incident()->mutable_correspondence()->set_high_end(true); });  // takes aimed_at_individual away
  } else if (field->cpp_type() == Field::CPPTYPE_STRING) {
    for (const std::string& word : {me, std::string("Education"), std::string("Housing")}) {
      with([&](auto& a) {
        if (field->is_repeated())
          a.mutable_incident()->GetReflection()->AddString(a.mutable_incident(), field, word);
        else
          a.mutable_incident()->GetReflection()->SetString(a.mutable_incident(), field, word);
      });
    }
  } else if (field->cpp_type() == Field::CPPTYPE_INT32) {
    for (const int number : {7, 2147483647})
      with([&](auto& a) { a.mutable_incident()->GetReflection()->SetInt32(a.mutable_incident(), field, number); });
  }
  return writes;
}

TEST_F(Rights, Clause7_3_NobodyGainsOrShedsARightByAnEditOfTheirOwn) {
  std::vector<Actor> everybody = {officer_,
                                  colleague_,
                                  line_manager_,
                                  team_leader_,
                                  education_,
                                  hr_,
                                  communications_,
                                  director_,
                                  safety_,
                                  Someone("E1500", {Role::kEmployee}),
                                  Someone("E1001", {Role::kSeniorManager}),
                                  Someone("E1900", {Role::kEmployee})};
  int written = 0, taken = 0;
  for (const bool named : {false, true}) {
    auto r = named ? AStaffNamedPost() : AThreat();
    if (named) r.mutable_person()->mutable_employee()->set_staff_id("E2002");
    r.mutable_correspondence()->set_aimed_at_individual(true);
    for (const Actor& actor : everybody) {
      const auto view = [&](const std::string& id) {
        const auto seen = Get(id, actor);
        return seen.ok() ? IncidentView::Value_Name(seen->view()) : "NONE";
      };
      for (int i = 0; i < v1::Incident::descriptor()->field_count(); ++i) {
        const Field* field = v1::Incident::descriptor()->field(i);
        if (!IsTaken(*field) || (!GivesRight(field) && field->name() != "source_version")) continue;
        r.set_source_ref("F-" + std::to_string(++made_));
        const auto made = RecordIncident(work_, neighbours_, By(Someone("E1900", {Role::kEmployee})), r);
        ASSERT_TRUE(made.ok());
        const std::string id = made->id();
        for (const auto& amend : Writes(field, Amendment(id), actor.id)) {
          const v1::Incident before = Held(id);
          const std::string could = view(id);
          const bool harmed = ::testing::Matches(Contains(actor.id))(Harmed(id));
          const bool done = AmendIncident(work_, neighbours_, By(actor), amend).ok();
          const bool changed = !ChangedRights(before, Held(id)).empty() || Held(id).source_version() != before.source_version();
          const std::string what = actor.id + " " + std::string(field->name()) + " " + amend.ShortDebugString();
          ++written;
          taken += done && changed;
          EXPECT_FALSE(!done && changed) << what;
          EXPECT_FALSE(changed && harmed) << "the harmed wrote it: " << what;
          EXPECT_FALSE(changed && could != "FULL") << "who does not decide wrote it: " << what;
          EXPECT_FALSE(harmed && !::testing::Matches(Contains(actor.id))(Harmed(id))) << "shed: " << what;
          if (could != "FULL") {
            EXPECT_EQ(view(id), could) << "gained: " << what;
          }
        }
      }
    }
  }
  EXPECT_GT(written, 500);
  EXPECT_GT(taken, 20) << "managers do correct them";
}

// A field that the tables of readers and deciders look at carries the mark: each is set alone, and whether somebody's right follows tells.
TEST_F(Rights, EveryFieldThatARuleReadsIsMarked) {
  const std::vector<Actor> everybody = {Someone("X1", {Role::kEmployee}), Someone("X2", {Role::kTeamLeader}, {"X"}),
                                        Someone("X3", {Role::kHealthSafetyAdviser}, {}), Someone("X4", {Role::kHrBusinessPartner}, {})};
  const auto views = [&](const v1::Incident& incident) {
    std::vector<int> seen;
    for (const Actor& actor : everybody) {
      const Call call = By(actor);
      const Closeness c = ClosenessOf(neighbours_.ClosureOf(call), actor, incident, false);
      seen.push_back(static_cast<int>(ViewOf(c)));
      for (const Change change : {Change::kAmend, Change::kWithdraw, Change::kLinkPerson, Change::kAddStatement})
        seen.push_back(RefusalsToChange(change, c).empty() ? 1 : 0);
    }
    return seen;
  };
  v1::Incident plain;
  plain.set_service_area("Y");
  const std::function<void(const google::protobuf::Descriptor*, const std::function<google::protobuf::Message*(v1::Incident&)>&, bool)>
      walk = [&](const auto* message, const auto& in, bool marked_above) {
        for (int i = 0; i < message->field_count(); ++i) {
          const Field* field = message->field(i);
          const bool marked = marked_above || field->options().GetExtension(common::v1::gives_right);
          if (!IsTaken(*field)) continue;
          if (field->cpp_type() == Field::CPPTYPE_MESSAGE) {
            if (field->message_type()->file()->package() != "evenhand.incident.v1") continue;
            const auto deeper = [&](v1::Incident& incident) {
              google::protobuf::Message* at = in(incident);
              return field->is_repeated() ? at->GetReflection()->AddMessage(at, field) : at->GetReflection()->MutableMessage(at, field);
            };
            walk(field->message_type(), deeper, marked);
            continue;
          }
          for (const char* word : {"X1", "X2", "X"}) {
            v1::Incident incident = plain;
            google::protobuf::Message* at = in(incident);
            const auto* r = at->GetReflection();
            if (field->cpp_type() == Field::CPPTYPE_STRING)
              field->is_repeated() ? r->AddString(at, field, word) : r->SetString(at, field, word);
            if (field->cpp_type() == Field::CPPTYPE_BOOL) r->SetBool(at, field, true);
            if (field->cpp_type() == Field::CPPTYPE_ENUM)
              field->is_repeated() ? r->AddEnumValue(at, field, Behaviour::NAMED_PUBLICLY) : r->SetEnumValue(at, field, 1);
            v1::Incident without = plain;
            in(without);
            EXPECT_TRUE(marked || views(incident) == views(without)) << field->full_name() << " gives a right";
          }
        }
      };
  walk(v1::Incident::descriptor(), [](v1::Incident& incident) -> google::protobuf::Message* { return &incident; }, false);
}

TEST_F(Rights, Clause12_4_WhoRecordsDoesNotMakeThemselfTheLineManager) {
  auto r = AnIncident();
  r.mutable_staff(0)->set_staff_id("E1002");
  r.set_line_manager_id("E1900");
  const Actor e1900 = Someone("E1900", {Role::kEmployee});
  EXPECT_EQ(RecordIncident(work_, neighbours_, By(e1900), r).refusal().kind, RefusalKind::kNotPermitted);
  r.set_line_manager_id("E2001");
  EXPECT_TRUE(RecordIncident(work_, neighbours_, By(e1900), r).ok()) << "their own line manager may be named";
  r.set_source_version(2);
  r.set_line_manager_id("E1900");
  EXPECT_EQ(RecordIncident(work_, neighbours_, By(e1900), r).refusal().kind, RefusalKind::kNotPermitted);
  r.set_source_ref("T-own");
  r.set_line_manager_id("E2002");
  EXPECT_TRUE(RecordIncident(work_, neighbours_, By(team_leader_), r).ok()) << "a team leader of the area is one";
}

// ---- Harmed is who was AFFECTED in any version.

TEST_F(Rights, Clause7_3_HarmedInAnyVersionIsHarmed) {
  auto r = AnIncident();
  r.mutable_staff(0)->set_staff_id("E3000");
  const v1::Incident incident = Recorded(r);
  auto amend = Amendment(incident.id());
  amend.mutable_incident()->add_staff()->set_staff_id("E1002");
  const Actor e3000 = Someone("E3000", {Role::kSeniorManager});
  EXPECT_EQ(AmendIncident(work_, neighbours_, By(e3000), amend).refusal().kind, RefusalKind::kNotPermitted);
  ASSERT_TRUE(AmendIncident(work_, neighbours_, By(team_leader_), amend).ok());
  EXPECT_THAT(Harmed(incident.id()), ElementsAre("E1002", "E3000"));
  // The same happening recorded again, without them, and the first put aside for it.
  r.mutable_staff(0)->set_staff_id("E1001");
  r.set_source_ref("T-again");
  const v1::Incident again = Recorded(r);
  v1::MarkDuplicateRequest mark;
  mark.set_id(incident.id());
  mark.set_duplicate_of(again.id());
  ASSERT_TRUE(MarkDuplicate(work_, neighbours_, By(team_leader_), mark).ok());
  EXPECT_THAT(Harmed(again.id()), ElementsAre("E1001", "E1002", "E3000"));
  EXPECT_THAT(Harmed(incident.id()), Contains("E3000"));
}

TEST_F(Rights, Clause7_3_HarmedIsWhoeverAnEntryMayMean) {
  auto r = AnIncident();
  r.mutable_staff(0)->set_staff_id("'E-3001';");
  Canonicalise(&r, nullptr);
  const v1::Incident one = Recorded(r);
  EXPECT_THAT(Harmed(one.id()), ElementsAre("E3001"));
  EXPECT_EQ(Get(one.id(), safety_)->flags_size(), 0);
  for (const char* typed : {"E3001/E3002", "E3001@council.example", "A. Manager E3001", "E3002 3001", "E3OO1"}) {
    r = AnIncident();
    r.mutable_staff(0)->set_staff_id(typed);
    Canonicalise(&r, nullptr);
    const v1::Incident several = *Get(Recorded(r).id(), safety_);
    ASSERT_EQ(several.flags_size(), 1) << typed;
    EXPECT_EQ(several.flags(0).code(), "STAFF_NUMBER_NOT_READ");
    EXPECT_THAT(Harmed(several.id()), Contains("E3001")) << typed;
    auto amend = Amendment(several.id());
    amend.mutable_incident()->add_staff()->set_staff_id("E1002");
    EXPECT_EQ(AmendIncident(work_, neighbours_, By(Someone("E3001", {Role::kSeniorManager})), amend).refusal().kind,
              RefusalKind::kNotPermitted);
    const auto mended = AmendIncident(work_, neighbours_, By(team_leader_), amend);
    ASSERT_TRUE(mended.ok());
    EXPECT_EQ(mended->flags_size(), 0);
    EXPECT_THAT(Harmed(several.id()), Contains("E3001")) << "in any version";
  }
}

// ---- A colleague's case is closed to those who work with them, whatever the way in.

class ClosedCase : public Rights {
 protected:
  ClosedCase() {
    neighbours_.employees = {{kPat, {"E0077", "Repairs", "E0088"}}};
    auto r = AThreat();
    r.mutable_person()->set_person_id(kPat);
    r.set_line_manager_id("");
    incident_ = Recorded(r);
  }
  const Actor subject_ = Someone("E0077", {Role::kSeniorManager}), boss_ = Someone("E0088", {Role::kSeniorManager}),
              team_ = Someone("E0099", {Role::kTeamLeader}, {"Housing", "Repairs"});
  v1::Incident incident_;
};

TEST_F(ClosedCase, Clause12_4_TheSubjectTheirManagerAndTeamNeitherReadNorDecide) {
  const std::string id = incident_.id();
  const v1::FollowUp police = FollowUpOf(id, Kind::POLICE_DECISION, team_leader_),
                     entry = FollowUpOf(id, Kind::REGISTER_DECISION, team_leader_);
  ASSERT_FALSE(police.id().empty() || entry.id().empty());
  for (const bool away : {false, true}) {
    neighbours_.register_away = away;
    const auto no = away ? RefusalKind::kUnavailable : RefusalKind::kNotPermitted;
    for (const Actor& closed : {subject_, boss_, team_}) {
      const Call by = By(closed);
      EXPECT_EQ(Get(id, closed).refusal().kind, no) << closed.id;
      v1::ListIncidentsRequest list;
      list.mutable_filter()->set_person_id(kPat);
      const auto listed = ListIncidents(work_, neighbours_, by, list);
      EXPECT_TRUE(away ? listed.refusal().kind == no : listed->incidents_size() == 0) << closed.id;
      v1::SearchIncidentsRequest search;
      search.set_text("swore");
      *search.mutable_filter() = list.filter();
      const auto searched = SearchIncidents(work_, neighbours_, by, search);
      EXPECT_TRUE(away ? searched.refusal().kind == no : searched->incidents_size() == 0) << closed.id;
      v1::ListFollowUpsRequest due;
      due.set_incident_id(id);
      const auto tasks = ListFollowUps(work_, neighbours_, by, due);
      EXPECT_TRUE(away ? tasks.refusal().kind == no : tasks->follow_ups_size() + tasks->mine_count() + tasks->late_count() == 0)
          << closed.id;
      v1::GetFollowUpRequest one;
      one.set_id(entry.id());
      EXPECT_EQ(GetFollowUp(work_, neighbours_, by, one).refusal().kind, no) << closed.id;
      v1::CompleteFollowUpRequest end;
      end.set_id(police.id());
      end.set_outcome(Out::NOT_REPORTED);
      end.mutable_record()->set_reason("-");
      end.mutable_record()->set_staff_view("-");
      end.mutable_record()->set_effect_on_others("-");
      EXPECT_EQ(CompleteFollowUp(work_, neighbours_, by, end).refusal().kind, no) << closed.id;
      end.set_id(entry.id());
      end.set_outcome(Out::NOT_TO_REGISTER);
      EXPECT_EQ(CompleteFollowUp(work_, neighbours_, by, end).refusal().kind, no) << closed.id;
      v1::ReassignFollowUpRequest hand_on;
      hand_on.set_id(entry.id());
      hand_on.set_owner(closed.id);
      hand_on.set_reason("-");
      EXPECT_EQ(ReassignFollowUp(work_, neighbours_, by, hand_on).refusal().kind, no) << closed.id;
      auto amend = Amendment(id);
      amend.mutable_incident()->set_narrative("The subject rewrites it");
      EXPECT_EQ(AmendIncident(work_, neighbours_, by, amend).refusal().kind, no) << closed.id;
      v1::WithdrawIncidentRequest withdraw;
      withdraw.set_id(id);
      withdraw.set_reason("-");
      EXPECT_EQ(WithdrawIncident(work_, neighbours_, by, withdraw).refusal().kind, no) << closed.id;
      v1::UnlinkPersonRequest unlink;
      unlink.set_id(id);
      unlink.set_reason("-");
      EXPECT_EQ(UnlinkPerson(work_, neighbours_, by, unlink).refusal().kind, no) << closed.id;
      v1::AddStatementRequest statement;
      statement.set_id(id);
      statement.mutable_statement()->set_text("-");
      EXPECT_EQ(AddStatement(work_, neighbours_, by, statement).refusal().kind, no) << closed.id;
      if (!away) {
        EXPECT_EQ(GetStatistics(work_, neighbours_, by, {})->total(), 0) << closed.id;
      }
    }
  }
  neighbours_.register_away = false;
  for (const Actor& open : {team_leader_, director_, safety_}) EXPECT_EQ(Get(id, open)->view(), IncidentView::FULL) << open.id;
}

TEST_F(ClosedCase, Clause12_4_AnAreaThatNobodyKnowsGivesNoRightAndStillCloses) {
  Actor parks = Someone("E0100", {Role::kSeniorManager});
  EXPECT_TRUE(Get(incident_.id(), parks).ok());
  auto reported = AThreat();
  reported.mutable_person()->mutable_employee()->set_service_area("Parks");
  reported.set_line_manager_id("");
  const v1::Incident other = Recorded(reported);
  reported.mutable_person()->mutable_employee()->set_service_area("Libraries");
  reported.mutable_person()->mutable_employee()->set_team("Parks");
  reported.set_source_ref("T-team");
  const v1::Incident third = Recorded(reported);
  neighbours_.employees[kPat].team = "Parks";
  parks.unknown_areas = {"parks "};
  for (const std::string& id : {incident_.id(), other.id(), third.id()}) {
    EXPECT_EQ(Get(id, parks).refusal().kind, RefusalKind::kNotPermitted);
    v1::ListFollowUpsRequest due;
    due.set_incident_id(id);
    EXPECT_EQ(ListFollowUps(work_, neighbours_, By(parks), due)->follow_ups_size(), 0);
  }
  EXPECT_EQ(ListIncidents(work_, neighbours_, By(parks), {})->incidents_size(), 0);
}

TEST_F(ClosedCase, Clause7_14_AnyoneMayReportAndReadsBackWhatTheySaid) {
  v1::CompleteFollowUpRequest report;
  report.set_id(FollowUpOf(incident_.id(), Kind::POLICE_DECISION, team_leader_).id());
  report.set_outcome(Out::REPORTED);
  report.mutable_record()->set_police_ref("PS-1");
  const auto reported = CompleteFollowUp(work_, neighbours_, By(boss_), report);
  ASSERT_TRUE(reported.ok());
  EXPECT_EQ(reported->state(), v1::FollowUp::State::COMPLETED);
  EXPECT_EQ(reported->incident_reference() + reported->service_area(), "");
}

TEST_F(ClosedCase, Clause12_4_ACaseLinkedLaterClosesAtOnceAndIsNotLinkedByThoseItClosesTo) {
  auto r = AnIncident();
  const v1::Incident open = Recorded(r);
  EXPECT_TRUE(Get(open.id(), boss_).ok());
  EXPECT_EQ(Link(open.id(), kPat, boss_).refusal().kind, RefusalKind::kNotPermitted);
  ASSERT_TRUE(Link(open.id(), kPat, team_leader_).ok());
  EXPECT_EQ(Get(open.id(), boss_).refusal().kind, RefusalKind::kNotPermitted);
}

TEST_F(ClosedCase, WhileTheRegisterIsAwayCasesAboutNobodyOfItAndHrGoOn) {
  auto r = AnIncident();
  const v1::Incident other = Recorded(r), named = Recorded(AStaffNamedPost());
  neighbours_.register_away = true;
  EXPECT_TRUE(Get(other.id(), team_leader_).ok());
  EXPECT_TRUE(Get(named.id(), hr_).ok());
  EXPECT_EQ(Get(incident_.id(), team_leader_).refusal().kind, RefusalKind::kUnavailable);
  EXPECT_TRUE(RecordIncident(work_, neighbours_, By(officer_), AnIncident()).ok()) << "recording waits for nobody";
}

// ---- What the circle alone may know of.

TEST_F(Rights, Clause12_6_ARefusalTellsNothingOfTheKindOfCase) {
  const v1::Incident ordinary = Recorded(AnIncident()), named = Recorded(AStaffNamedPost());
  const Refusal one = Get(ordinary.id(), education_).refusal(), other = Get(named.id(), education_).refusal();
  EXPECT_EQ(one.kind, other.kind);
  EXPECT_EQ(one.violations, other.violations);
  EXPECT_EQ(one.detail, other.detail);
}

TEST_F(Rights, Clause12_8_WithoutALineManagerHrOwnsWhatFollows) {
  auto r = AStaffNamedPost();
  r.clear_line_manager_id();
  r.add_behaviours(Behaviour::ABUSE);
  const v1::Incident incident = Recorded(r);
  for (const Actor& outside : {team_leader_, director_, safety_, education_}) {
    EXPECT_EQ(ListFollowUps(work_, neighbours_, By(outside), {})->follow_ups_size(), 0) << outside.id;
  }
  v1::ListFollowUpsRequest mine;
  mine.set_mine(true);
  std::set<int> kinds;
  const auto listed = ListFollowUps(work_, neighbours_, By(hr_), mine);
  for (const auto& f : listed->follow_ups()) kinds.insert(f.kind());
  for (const int kind : {Kind::STAFF_NAMED_PERSON_TOLD, Kind::STAFF_NAMED_SUPPORT, Kind::REGISTER_DECISION, Kind::DEBRIEF})
    EXPECT_TRUE(kinds.contains(kind)) << kind;
  v1::CompleteFollowUpRequest end;
  end.set_id(FollowUpOf(incident.id(), Kind::REGISTER_DECISION, hr_).id());
  end.set_outcome(Out::NOT_TO_REGISTER);
  end.mutable_record()->set_reason("Words only");
  EXPECT_TRUE(CompleteFollowUp(work_, neighbours_, By(hr_), end).ok());
}

// ---- An area that nobody knows refuses no incident.

TEST_F(Rights, Clause4_3_AnUnknownAreaIsFlaggedAndHealthAndSafetyLooksAfterIt) {
  const AreaDirectory areas(std::vector<ServiceArea>{{.id = "housing", .name = "Housing", .aliases = {}}});
  auto r = AThreat();
  r.set_service_area("Housng");
  r.clear_line_manager_id();
  Call call = By(officer_);
  call.areas = &areas;
  const auto made = RecordIncident(work_, neighbours_, call, r);
  ASSERT_TRUE(made.ok());
  const auto seen = Get(made->id(), safety_);
  ASSERT_EQ(seen->flags_size(), 1);
  EXPECT_EQ(seen->flags(0).code(), kAreaUnknown);
  EXPECT_THAT(seen->flags(0).message(), ::testing::HasSubstr("Housing"));
  v1::CompleteFollowUpRequest end;
  end.set_id(FollowUpOf(made->id(), Kind::REGISTER_DECISION, safety_).id());
  end.set_outcome(Out::NOT_TO_REGISTER);
  end.mutable_record()->set_reason("Words only");
  EXPECT_EQ(FollowUpOf(made->id(), Kind::REGISTER_DECISION, safety_).owner_role(), "health_safety_adviser");
  EXPECT_TRUE(CompleteFollowUp(work_, neighbours_, By(safety_), end).ok());
  auto amend = Amendment(made->id());
  amend.mutable_incident()->set_service_area("Housing");
  Call correct = By(safety_);
  correct.areas = &areas;
  const auto corrected = AmendIncident(work_, neighbours_, correct, amend);
  ASSERT_TRUE(corrected.ok());
  EXPECT_EQ(corrected->flags_size(), 0);
  EXPECT_EQ(FollowUpOf(made->id(), Kind::POLICE_DECISION, team_leader_).owner_role(), "team_leader");
}

}  // namespace
}  // namespace evenhand::incident
