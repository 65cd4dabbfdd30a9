#include "services/notification/app/event_types.h"

#include <algorithm>

#include <absl/strings/str_split.h>

#include "services/notification/app/letters.h"
#include "services/notification/app/tell.h"

namespace evenhand::notification {
namespace {

constexpr std::string_view kRestriction =
    "restrictionId decisionId personId serviceArea state measureKinds channels behaviours incidentIds withheld";
constexpr std::string_view kMarker = "markerId personId serviceArea category behaviours incidentIds";
constexpr std::string_view kPerson = "personId";
constexpr std::string_view kTwoPeople = "personId mergedPersonId";
constexpr std::string_view kIncident = "incidentId serviceArea behaviours personId staffNamed";
constexpr std::string_view kFollowUp =
    "incidentId serviceArea behaviours personId staffNamed followUpId kind ownerRole outcome directorStandsIn";
constexpr std::string_view kEvidence = "incidentId serviceArea behaviours personId staffNamed evidenceId";
constexpr std::string_view kAppeal = "appealId appealReference restrictionId decisionId personId serviceArea state outcome";

constexpr EventTypeRow kTypes[] = {
    {"restriction.proposed", "A restriction was proposed.", kRestriction},
    {"restriction.corrected", "A proposal was corrected by who made it.", kRestriction},
    {"restriction.returned", "A proposal was returned to who made it.", kRestriction},
    {"restriction.imposed", "A restriction is in force.", kRestriction},
    {"restriction.declined", "A proposal was declined.", kRestriction},
    {"restriction.withdrawn", "A proposal was withdrawn.", kRestriction},
    {"restriction.varied", "The terms of a restriction changed.", kRestriction},
    {"restriction.reviewed", "A restriction was reviewed.", kRestriction},
    {"restriction.continued", "A restriction goes on after its review.", kRestriction},
    {"restriction.review_started", "A review was begun.", kRestriction},
    {"restriction.review_superseded", "A review that was under way was overtaken.", kRestriction},
    {"restriction.lifted", "A restriction was lifted.", kRestriction},
    {"restriction.expired", "A restriction has ended by its date.", kRestriction},
    {"restriction.overturned", "An appeal ended a restriction.", kRestriction},
    {"restriction.superseded", "Another restriction stands in its place.", kRestriction},
    {"restriction.suspended", "A restriction does not hold until its evidence is decided on.", kRestriction},
    {"restriction.resumed", "A restriction holds again.", kRestriction},
    {"restriction.evidence_overdue", "Nobody decided in time on a restriction that does not hold.", kRestriction},
    {"restriction.review_overdue", "The day of its review has passed.", kRestriction},
    {"restriction.urgent_review_opened", "What it rests on has changed.", kRestriction},
    {"restriction.notice_withheld_due", "The day to look again at a withheld notice has come.", kRestriction},
    {"restriction.erased", "A restriction's time is over; its record is erased.", "restrictionId personId serviceArea"},
    {"marker.proposed", "An entry on the register was proposed.", kMarker},
    {"marker.confirmed", "An entry stands on the register.", kMarker},
    {"marker.reviewed", "An entry was reviewed.", kMarker},
    {"marker.removed", "An entry was removed.", kMarker},
    {"marker.suspended", "An entry does not hold until its evidence is decided on.", kMarker},
    {"marker.resumed", "An entry holds again.", kMarker},
    {"marker.declined", "A proposed entry was declined.", kMarker},
    {"marker.erased", "An entry's time is over; it is erased.", "markerId personId serviceArea"},
    {"marker.urgent_review_opened", "What an entry rests on has changed.", kMarker},
    {"marker.review_overdue", "The day of an entry's review has passed.", kMarker},
    {"person.registered", "A person was registered.", kPerson},
    {"person.merged", "Two records are of one person.", kTwoPeople},
    {"person.unmerged", "Two records are of two people again.", kTwoPeople},
    {"person.died", "A person has died.", kPerson},
    {"person.death_undone", "A person who was recorded as dead is alive.", kPerson},
    {"person.erased", "A person's record is erased.", kPerson},
    {"person.no_contact_requested", "A member of staff asked for no contact with a person.", "personId kind"},
    {"person.changed", "A person's record changed.", kPerson},
    {"person.adjusted", "What a person needs changed.", kPerson},
    {"person.advocate_resigned", "A person's advocate has resigned.", kPerson},
    {"incident.recorded", "An incident was recorded.", kIncident},
    {"incident.amended", "An incident was amended.", kIncident},
    {"incident.withdrawn", "An incident was withdrawn.", kIncident},
    {"incident.person_linked", "Whom an incident is about was confirmed.", kIncident},
    {"incident.person_unlinked", "An incident is not about this person after all.", kIncident},
    {"incident.person_returned", "An incident went back to another record.",
     "incidentId serviceArea behaviours personId staffNamed formerPersonId"},
    {"incident.evidence_infected", "A file of evidence is infected.", kEvidence},
    {"incident.evidence_damaged", "A file of evidence is damaged.", kEvidence},
    {"incident.marked_duplicate", "An incident was recorded before.", kIncident},
    {"incident.register_decided", "Whether it goes on the register was decided.", kFollowUp},
    {"incident.police_reported", "An incident was reported to the police.", kFollowUp},
    {"incident.register_decision_due", "Whether it goes on the register has to be decided.", kFollowUp},
    {"incident.follow_up_overdue", "A follow-up is overdue.", kFollowUp},
    {"incident.staff_named", "A colleague was named publicly: a closed circle.", kIncident, /*for_systems=*/false},
    {"appeal.lodged", "An appeal was received.", kAppeal},
    {"appeal.acknowledged", "An appeal was acknowledged.", kAppeal},
    {"appeal.assigned", "Somebody hears an appeal.", kAppeal},
    {"appeal.information_requested", "Information was asked for.", kAppeal},
    {"appeal.information_received", "Information was received.", kAppeal},
    {"appeal.wait_ended", "What was asked for was not waited for any longer.", kAppeal},
    {"appeal.accepted_late", "A late appeal is looked at.", kAppeal},
    {"appeal.refused", "A late appeal is not looked at.", kAppeal},
    {"appeal.receipt_corrected", "The day an appeal was received was corrected.", kAppeal},
    {"appeal.reopened", "An appeal that was late is not.", kAppeal},
    {"appeal.effect_pending", "An outcome is being put in place.", kAppeal},
    {"appeal.effect_refused", "An outcome can't be put in place.", kAppeal},
    {"appeal.decided", "An appeal was decided.", kAppeal},
    {"appeal.withdrawn", "An appeal was withdrawn.", kAppeal},
    {"appeal.acknowledgement_overdue", "An appeal was not acknowledged in time.", kAppeal},
    {"appeal.decision_overdue", "An appeal was not decided in time.", kAppeal},
};

google::protobuf::Value Text(std::string_view text) {
  google::protobuf::Value value;
  value.set_string_value(std::string(text));
  return value;
}

google::protobuf::Struct SchemaOf(const EventTypeRow& row) {
  google::protobuf::Struct schema;
  auto& fields = *schema.mutable_fields();
  fields["type"] = Text("object");
  auto& properties = *fields["properties"].mutable_struct_value()->mutable_fields();
  for (const absl::string_view name : absl::StrSplit(absl::string_view(row.data.data(), row.data.size()), ' ', absl::SkipEmpty()))
    (*properties[std::string(name)].mutable_struct_value()->mutable_fields())["type"] = Text("string");
  return schema;
}

}  // namespace

std::span<const EventTypeRow> EventTypes() { return kTypes; }

bool MatchesEvent(std::string_view pattern, std::string_view type) {
  return pattern.ends_with('*') ? type.starts_with(pattern.substr(0, pattern.size() - 1)) : pattern == type;
}

bool NamesEventForSystems(std::string_view pattern) {
  return std::ranges::any_of(kTypes, [&](const EventTypeRow& row) { return row.for_systems && MatchesEvent(pattern, row.type); });
}

bool IsForSystems(std::string_view type) {
  return std::ranges::any_of(kTypes, [&](const EventTypeRow& row) { return row.for_systems && row.type == type; });
}

Outcome<v1::ListEventTypesResponse> ListEventTypes(const Context&, const Call&, const v1::ListEventTypesRequest&) {
  v1::ListEventTypesResponse reply;
  for (const EventTypeRow& row : kTypes) {
    v1::EventType& shown = *reply.add_event_types();
    shown.set_type(std::string(row.type));
    shown.set_description(std::string(row.what));
    if (row.for_systems) shown.add_heard_by(v1::EventType::Hearer::WEBHOOKS);
    if (TellsStaff(shown.type())) shown.add_heard_by(v1::EventType::Hearer::STAFF);
    if (AsksForLetter(shown.type())) shown.add_heard_by(v1::EventType::Hearer::PERSON);
    *shown.mutable_data_schema() = SchemaOf(row);
  }
  return reply;
}

}  // namespace evenhand::notification
