// For tests of people, the register, merges and appeals' effects: every use case at hand.
#pragma once

#include "evenhand/marker/v1/marker_service.pb.h"
#include "services/restriction/app/apply_appeal_outcome.h"
#include "services/restriction/app/care_for_person.h"
#include "services/restriction/app/count_statistics.h"
#include "services/restriction/app/export_person.h"
#include "services/restriction/app/facts_for_services.h"
#include "services/restriction/app/follow_incidents.h"
#include "services/restriction/app/keep_register.h"
#include "services/restriction/app/merge_people.h"
#include "services/restriction/app/retain_records.h"
#include "services/restriction/testing/stories.h"

namespace evenhand::restriction {

class NoAppeals final : public AppealSource {
 public:
  Outcome<std::vector<v1::ExportedAppeal>> Of(const Call&, const std::string&) override { return std::vector<v1::ExportedAppeal>(1); }
};

class PeopleStories : public Stories {
 protected:
  PeopleStories()
      : care_(work_),
        register_(work_, incidents_),
        merger_(work_, incidents_),
        appeal_(work_),
        export_(work_, incidents_, appeals_),
        facts_(work_, incidents_) {}

  v1::ResolvePeopleResponse Resolve(const std::function<void(v1::ResolvePeopleRequest&)>& ask) {
    v1::ResolvePeopleRequest request;
    ask(request);
    return people_.Resolve(As(leader_, "PersonService/ResolvePeople"), request).value();
  }
  Outcome<marker::v1::Marker> ProposeMarker(const std::string& person_id, const std::string& incident,
                                            const std::string& basis = "Adult, known to the service") {
    marker::v1::ProposeMarkerRequest request;
    request.set_id(person_id);
    if (!incident.empty()) request.mutable_marker()->add_incident_ids(incident);
    request.mutable_marker()->set_category(Behaviour::VIOLENCE);
    request.mutable_marker()->set_instruction("Visit in pairs.");
    if (!basis.empty()) request.mutable_marker()->mutable_age_check()->set_basis(basis);
    return register_.Propose(As(leader_, "evenhand.marker.v1.MarkerService/ProposeMarker"), request);
  }
  Outcome<marker::v1::Marker> Confirm(const marker::v1::Marker& marker, const Actor& actor) {
    marker::v1::ConfirmMarkerRequest request;
    request.set_id(marker.person_id());
    request.set_mid(marker.id());
    request.mutable_told()->set_informed(true);
    request.mutable_told()->set_how("Letter");
    return register_.Confirm(As(actor, "evenhand.marker.v1.MarkerService/ConfirmMarker"), request);
  }
  v1::Person Merged(const std::string& survivor, const std::string& duplicate) {
    v1::MergePeopleRequest request;
    request.set_survivor_id(survivor);
    request.set_duplicate_id(duplicate);
    auto outcome = merger_.Merge(As(leader_, "PersonService/MergePeople"), request);
    EXPECT_THAT(outcome, Allowed());
    return *outcome;
  }
  Outcome<v1::ApplyAppealOutcomeResponse> Apply(const std::string& appeal, const v1::Restriction& r, AppealOutcome::Value outcome,
                                                const std::function<void(v1::ApplyAppealOutcomeRequest&)>& change = {}) {
    v1::ApplyAppealOutcomeRequest request;
    request.set_appeal_id(appeal);
    request.set_restriction_id(r.id());
    request.set_decision_id(r.decisions(0).id());
    request.set_outcome(outcome);
    request.set_decided_by("u-director");
    request.set_reason("Heard");
    if (change) change(request);
    return appeal_(As({.id = "system:appeal"}, "RestrictionInternalService/ApplyAppealOutcome"), request);
  }
  template <events::Event E>
  void Deliver(const E& event) {
    const auto handlers = HandlersOfEvents(incidents_);
    Call call;
    call.actor.id = "system:incident";
    const IncomingEvent incoming = IncomingEvent::Of(event, NewUuid(), clock_.Now());
    const auto done = work_.Write<marker::v1::Told>(call, [&](Session& session) -> Outcome<marker::v1::Told> {
      if (auto no = handlers.at(incoming.type)(session, incoming)) return *no;
      return marker::v1::Told();
    });
    EXPECT_THAT(done, Allowed());
  }
  static events::IncidentRef IncidentOf(const std::string& id) {
    return {.incident_id = id, .service_area = "Housing", .staff_named = false};
  }
  static events::IncidentFacts About(const std::string& person_id) {
    return {.behaviours = std::vector<common::v1::Behaviour::Value>(), .person_id = person_id};
  }
  // An event that says no more: Happened<events::IncidentWithdrawn>(…).
  template <events::Event E>
  void Happened(const std::string& incident, const std::string& person_id) {
    Deliver(E{.incident = IncidentOf(incident), .facts = About(person_id)});
  }
  void Unlinked(const std::string& incident, const std::string& person_id) {
    Deliver(
        events::IncidentPersonUnlinked{.incident = IncidentOf(incident), .facts = About(person_id), .readers = std::vector<std::string>()});
  }
  // To whom it belongs again after an unmerge, and whom it was about meanwhile.
  void Returned(const std::string& incident, const std::string& person_id, const std::string& former_person_id) {
    Deliver(events::IncidentPersonReturned{.incident = IncidentOf(incident),
                                           .facts = About(person_id),
                                           .former_person_id = former_person_id,
                                           .readers = std::vector<std::string>()});
  }
  void DecidedForRegister(const std::string& incident, const std::string& person_id, common::v1::FollowUpOutcome::Value outcome,
                          const std::string& by) {
    Deliver(events::IncidentRegisterDecided{
        .incident = IncidentOf(incident), .facts = About(person_id), .follow_up_id = "f-1", .outcome = outcome, .by = by});
  }
  template <events::Event E>
  void Appealed(const v1::Restriction& restriction, const std::string& appeal, common::v1::AppealState::Value state) {
    Deliver(E{.appeal = events::AppealFacts{.appeal_id = appeal,
                                            .appeal_reference = "APL-2026-000001",
                                            .restriction_id = restriction.id(),
                                            .decision_id = restriction.decisions(0).id(),
                                            .person_id = restriction.person_id(),
                                            .service_area = restriction.service_area(),
                                            .state = state,
                                            .incident_ids = std::vector<std::string>()}});
  }

  // Taken off the person by a team leader, as incident-service tells of it.
  void Unlink(const std::string& incident, const std::string& person_id) {
    incidents_.known[incident].person_id = "";
    Unlinked(incident, person_id);
  }

  NoAppeals appeals_;
  CareForPerson care_;
  KeepRegister register_;
  PeopleMerger merger_;
  AppealEffect appeal_;
  ExportPerson export_;
  FactsForServices facts_;
};

}  // namespace evenhand::restriction
