// For tests of people, the register, merges and appeals' effects: every use case at hand.
#pragma once

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
  Outcome<v1::Marker> ProposeMarker(const std::string& person_id, const std::string& incident,
                                    const std::string& basis = "Adult, known to the service") {
    v1::ProposeMarkerRequest request;
    request.set_id(person_id);
    if (!incident.empty()) request.add_incident_ids(incident);
    request.set_category(v1::Behaviour::VIOLENCE);
    request.set_instruction("Visit in pairs.");
    if (!basis.empty()) request.mutable_age_check()->set_basis(basis);
    return register_.Propose(As(leader_, "MarkerService/ProposeMarker"), request);
  }
  Outcome<v1::Marker> Confirm(const v1::Marker& marker, const Actor& actor) {
    v1::ConfirmMarkerRequest request;
    request.set_id(marker.person_id());
    request.set_mid(marker.id());
    request.mutable_told()->set_informed(true);
    request.mutable_told()->set_how("Letter");
    return register_.Confirm(As(actor, "MarkerService/ConfirmMarker"), request);
  }
  v1::Person Merged(const std::string& survivor, const std::string& duplicate) {
    v1::MergePeopleRequest request;
    request.set_survivor_id(survivor);
    request.set_duplicate_id(duplicate);
    auto outcome = merger_.Merge(As(leader_, "PersonService/MergePeople"), request);
    EXPECT_THAT(outcome, Allowed());
    return *outcome;
  }
  Outcome<v1::ApplyAppealOutcomeResponse> Apply(const std::string& appeal, const v1::Restriction& r,
                                                v1::ApplyAppealOutcomeRequest::Outcome::Value outcome,
                                                const std::function<void(v1::ApplyAppealOutcomeRequest&)>& change = {}) {
    v1::ApplyAppealOutcomeRequest request;
    request.set_appeal_id(appeal);
    request.set_restriction_id(r.id());
    request.set_decision_id(r.decisions(0).id());
    request.set_outcome(outcome);
    request.set_decided_by("u-director");
    request.set_reasons("Heard");
    if (change) change(request);
    return appeal_(As({.id = "system:appeal"}, "RestrictionInternalService/ApplyAppealOutcome"), request);
  }
  void Deliver(const std::string& type, std::map<std::string, std::string> attributes) {
    const auto handlers = HandlersOfEvents(incidents_);
    Call call;
    call.actor.id = "system:incident";
    const auto done = work_.Write<v1::Told>(call, [&](Session& session) -> Outcome<v1::Told> {
      const IncomingEvent event{.id = NewUuid(),
                                .source = "incident",
                                .type = type,
                                .thing = attributes["incidentId"],
                                .attributes = attributes,
                                .occurred_at = session.now()};
      if (auto no = handlers.at(type)(session, event)) return *no;
      return v1::Told();
    });
    EXPECT_THAT(done, Allowed());
  }

  // Taken off the person by a team leader, as incident-service tells of it.
  void Unlink(const std::string& incident, const std::string& person_id) {
    incidents_.known[incident].person_id = "";
    Deliver("incident.person_unlinked", {{"incidentId", incident}, {"personId", person_id}});
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
