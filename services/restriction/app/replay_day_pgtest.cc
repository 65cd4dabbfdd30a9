// A whole day of random decisions, corrections and checks: what a replay says was known then is what the audit says was told, and what it
// says with today's knowledge is what the records give when they are read anew.
#include <filesystem>
#include <random>

#include "services/restriction/app/sweeps.h"
#include "services/restriction/check/audit_copier.h"
#include "services/restriction/check/check_contact.h"
#include "services/restriction/check/follower.h"
#include "services/restriction/check/record_contact.h"
#include "services/restriction/check/replay_contact.h"
#include "services/restriction/store/time.h"
#include "services/restriction/testing/people_stories.h"
#include "services/restriction/testing/seed.h"

namespace evenhand::restriction {
namespace {

using check::CheckState;
using v1::CheckContactResponse;

constexpr int kSteps = 160;
constexpr int kPeople = 6;
constexpr int kNumbers = 8;

std::string Number(int n) { return "+4477009002" + std::string(n < 10 ? "0" : "") + std::to_string(n); }

// What an answer says, without when and in whichever order of people.
std::string Said(CheckContactResponse answer) {
  answer.clear_as_of();
  answer.clear_consistency_token();
  std::ranges::sort(*answer.mutable_matches(), {}, &v1::ContactMatch::person_id);
  return answer.ShortDebugString();
}

struct Asked {
  absl::Time at;
  v1::CheckContactRequest request;
  CheckContactResponse told;
};

class ReplayOfADay : public PeopleStories {
 protected:
  ReplayOfADay()
      : folder_(std::filesystem::temp_directory_path() / NewUuid()),
        spool_(folder_, {}),
        check_(state_, spool_, clock_),
        record_(work_),
        replay_(work_, clock_),
        follower_(pool_, clock_, state_),
        seed_(testing::Seed()),
        random_(seed_) {
    follower_.Start(absl::Seconds(20));
  }
  ~ReplayOfADay() override { std::filesystem::remove_all(folder_); }

  int OneOf(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  const std::string& SomeOf(const std::vector<std::string>& ids) {
    return ids[static_cast<std::size_t>(OneOf(static_cast<int>(ids.size())))];
  }

  // Everything of every write until now is in the index.
  std::string TokenNow() {
    const auto connection = pool_.Open();
    pqxx::work sql(*connection);
    const auto row = sql.exec1("select life(epoch)::text, n from revision");
    return FormatToken({row[0].as<std::string>(), row[1].as<std::int64_t>()});
  }

  void Decide() {
    const std::string person = SomeOf(people_ids_);
    const int what = OneOf(10);
    if (what < 4 || restrictions_.empty()) return ProposeAndImpose(person);
    const std::string id = SomeOf(restrictions_);
    v1::VaryRestrictionRequest vary;
    vary.set_id(id);
    vary.set_reason("It changed");
    vary.mutable_terms()->set_ends_on(FormatDate(DateOf(clock_.Now()) + OneOf(2)));
    if (what == 4) (void)decide_.Vary(As(manager_, "RestrictionService/VaryRestriction"), vary);
    if (what == 5) (void)Review(id, v1::ReviewRestrictionRequest::Outcome::CONTINUE, manager_);
    if (what == 6) (void)Lift(id, manager_);
    if (what == 7) (void)Apply(NewUuid(), Get(id), AppealOutcome::UPHELD);
    if (what == 8) Marker(person);
    if (what == 9) Sweeps(work_).ExpireRestrictions();
  }

  void ProposeAndImpose(const std::string& person) {
    using K = MeasureKind;
    auto proposal = AProposal(person);
    auto& m = *proposal.mutable_measures(0);
    m.Clear();
    m.set_kind(static_cast<K::Value>(1 + OneOf(6)));
    m.set_channel(OneOf(2) == 0 ? Channel::PHONE : Channel::EMAIL);
    m.set_name("Sandy Advocate");
    m.set_max_contacts(1 + OneOf(4));
    m.set_period(static_cast<Period::Value>(1 + OneOf(4)));
    m.set_from("09:00");
    m.set_to("12:30");
    if (OneOf(3) == 0) proposal.set_ends_on(FormatDate(DateOf(clock_.Now())));
    const auto proposed = Propose(proposal, leader_);
    if (proposed && Impose(proposed->id(), manager_)) restrictions_.push_back(proposed->id());
  }

  void Marker(const std::string& person) {
    const auto marker = ProposeMarker(person, incidents_.Add(person));
    if (marker && OneOf(2) == 0) (void)Confirm(*marker, manager_);
  }

  void Correct() {
    const std::string person = SomeOf(people_ids_);
    const int what = OneOf(6);
    if (what == 0) {
      v1::UpdatePersonRequest update;
      update.mutable_person()->set_id(person);
      update.mutable_update_mask()->add_paths("handles");
      for (int i = 0, n = 1 + OneOf(2); i < n; ++i) {
        auto* handle = update.mutable_person()->add_handles();
        handle->set_kind(v1::Handle::Kind::PHONE);
        handle->set_value(Number(OneOf(kNumbers)));
        handle->set_shared(OneOf(4) == 0);
        handle->set_confirmed(OneOf(4) != 0);
      }
      (void)people_.Update(As(leader_, "PersonService/UpdatePerson"), update);
    }
    if (what == 1) {
      v1::MergePeopleRequest merge;
      merge.set_survivor_id(person);
      merge.set_duplicate_id(SomeOf(people_ids_));
      (void)merger_.Merge(As(leader_, "PersonService/MergePeople"), merge);
    }
    if (what == 2) {
      v1::UnmergePersonRequest unmerge;
      unmerge.set_id(person);
      (void)merger_.Unmerge(As(leader_, "PersonService/UnmergePerson"), unmerge);
    }
    if (what == 3) {
      v1::AddNoContactRequestRequest ask;
      ask.set_id(person);
      ask.mutable_request()->set_staff_id("E7001");
      (void)care_.AddNoContactRequest(As(leader_, "PersonService/AddNoContactRequest"), ask);
    }
    if (what == 4 && !incidents_.known.empty()) {
      auto& [id, fact] = *std::next(incidents_.known.begin(), OneOf(static_cast<int>(incidents_.known.size())));
      fact.person_id = "";
      Unlinked(id, person);
    }
    if (what == 5) Advocate(person);
  }

  void Advocate(const std::string& person) {
    v1::UpdatePersonRequest update;
    update.mutable_person()->set_id(person);
    update.mutable_person()->mutable_advocate()->set_name("Sandy Advocate");
    update.mutable_person()->mutable_advocate()->set_only_contact(OneOf(2) == 0);
    update.mutable_update_mask()->add_paths("advocate");
    (void)people_.Update(As(leader_, "PersonService/UpdatePerson"), update);
    v1::RecordAdvocateResignationRequest resign;
    resign.set_id(person);
    resign.set_temporary_channel("EMAIL");
    if (OneOf(2) == 0) (void)care_.RecordAdvocateResignation(As(leader_, "PersonService/RecordAdvocateResignation"), resign);
  }

  void Check() {
    v1::CheckContactRequest request;
    request.set_channel(OneOf(2) == 0 ? Channel::PHONE : Channel::EMAIL);
    request.set_phone(Number(OneOf(kNumbers)));
    if (OneOf(3) == 0) request.set_staff_id("E7001");
    if (OneOf(3) == 0) request.set_service_area(OneOf(2) == 0 ? "Housing" : "Libraries");
    if (OneOf(3) == 0) {
      clock_.Advance(absl::Seconds(1));  // what was asked before stands at an instant of its own
      (void)record_(As(Who("crm", Role::kCrm, {}), "ContactService/RecordContact"), request);
      clock_.Advance(absl::Seconds(20));
    }
    request.set_consistency_token(TokenNow());
    auto told = check_(As(Who("crm", Role::kCrm, {}), "ContactService/CheckContact"), request);
    ASSERT_THAT(told, Allowed());
    ASSERT_NE(told->outcome(), CheckContactResponse::Outcome::UNKNOWN);
    asked_.push_back({clock_.Now(), request, *told});
  }

  v1::ReplayContactResponse Replayed(const Asked& asked) {
    v1::ReplayContactRequest request;
    request.mutable_check()->set_channel(asked.request.channel());
    request.mutable_check()->set_phone(asked.request.phone());
    request.mutable_check()->set_staff_id(asked.request.staff_id());
    request.mutable_check()->set_service_area(asked.request.service_area());
    *request.mutable_at() = restriction::ToProto(asked.at);
    return replay_(As(Who("auditor", Role::kAuditor, {}), "ContactService/ReplayContact"), request).value();
  }

  // With what is known now, straight from the tables: person, restriction and kind of each measure, marker, and request for no contact.
  std::set<std::string> Recomputed(const Asked& asked) {
    const auto connection = pool_.Open();
    pqxx::work sql(*connection);
    sql.exec("set local search_path = restriction");
    const auto rows = sql.exec_params(
        "with holder as (select distinct person_id from person_handle where kind = 'PHONE' and value = $1 and since <= $2 "
        "                and (ended_at is null or ended_at > $2)) "
        "select h.person_id || ' ' || m.restriction_id || ' ' || m.kind from holder h join restriction_measure m using (person_id) "
        "join restriction r on r.id = m.restriction_id where m.valid_from <= $2 and (m.valid_until is null or m.valid_until > $2) "
        "and (r.in_force_until is null or r.in_force_until > $2) and ($3 = '' or m.service_area = $3) "
        "union select h.person_id || ' marker' from holder h join marker k using (person_id) where k.state <> 'SUSPENDED' and "
        "k.proposed_at <= $2 "
        "and (k.removed_at is null or k.removed_at > $2) "
        "union select h.person_id || '  PASS_TO_COLLEAGUE' from holder h join no_contact_request n using (person_id) "
        "where n.kind = 'NO_CONTACT' and n.staff_id = $4 and n.requested_at <= $2 and (n.withdrawn_at is null or n.withdrawn_at > $2)",
        asked.request.phone(), FormatInstant(asked.at), asked.request.service_area(), asked.request.staff_id());
    std::set<std::string> found;
    for (const auto& row : rows) found.insert(row[0].as<std::string>());
    return found;
  }
  static std::set<std::string> PartsOf(const CheckContactResponse& answer) {
    std::set<std::string> parts;
    for (const auto& match : answer.matches()) {
      for (const auto& i : match.instructions())
        if (!i.restriction_id().empty() || i.code() == MeasureKind::PASS_TO_COLLEAGUE)
          parts.insert(match.person_id() + " " + i.restriction_id() + " " + MeasureKind::Value_Name(i.code()));
      if (match.has_marker()) parts.insert(match.person_id() + " marker");
    }
    return parts;
  }

  std::vector<std::string> people_ids_, restrictions_;
  std::vector<Asked> asked_;
  std::filesystem::path folder_;
  CheckState state_;
  check::CheckSpool spool_;
  check::CheckContact check_;
  check::RecordContact record_;
  check::ReplayContact replay_;
  check::Follower follower_;
  const unsigned seed_;
  std::mt19937 random_;
};

TEST_F(ReplayOfADay, WhatWasKnownThenIsWhatWasToldAndWhatIsKnownNowIsWhatTheRecordsGive) {
  clock_.Set(At("2026-11-24T20:00:00Z"));  // so that local midnight, and what ends then, is among it
  for (int i = 0; i < kPeople; ++i) people_ids_.push_back(APerson(Number(i)).id());
  for (int step = 0; step < kSteps; ++step) {
    clock_.Advance(absl::Seconds(30 + OneOf(1000)));
    OneOf(3) == 0 ? Correct() : Decide();
    clock_.Advance(absl::Seconds(20));
    for (int i = 0, n = 1 + OneOf(2); i < n; ++i) ASSERT_NO_FATAL_FAILURE(Check());
  }
  check::AuditCopier(spool_, pool_).Copy();
  const auto connection = pool_.Open();
  pqxx::work sql(*connection);
  sql.exec("set local search_path = restriction");
  int guidance = 0;
  for (const Asked& asked : asked_) {
    const auto replayed = Replayed(asked);
    const std::string where = "seed " + std::to_string(seed_) + " at " + FormatInstant(asked.at) + " " + asked.request.phone();
    EXPECT_EQ(Said(replayed.as_known_then()), Said(asked.told)) << where;
    EXPECT_EQ(PartsOf(replayed.as_known_now()), Recomputed(asked)) << where;
    const auto kept = sql.exec_params("select answer from contact_check where at = $1", FormatInstant(asked.at));
    if (asked.told.outcome() == CheckContactResponse::Outcome::CLEAR) continue;
    ++guidance;
    bool in_the_audit = false;
    for (const auto& row : kept) {
      CheckContactResponse told;
      ASSERT_TRUE(told.ParseFromString(pqxx::binarystring(row[0]).str()));
      in_the_audit |= Said(told) == Said(replayed.as_known_then());
    }
    EXPECT_TRUE(in_the_audit) << where;
  }
  EXPECT_GT(guidance, kSteps / 4);
  EXPECT_LT(guidance, static_cast<int>(asked_.size()));
  EXPECT_GT(DateOf(clock_.Now()), *ParseDate("2026-11-24"));
}

}  // namespace
}  // namespace evenhand::restriction
