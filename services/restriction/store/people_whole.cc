// What stands about a person in tables of its own: steps, requests for no contact, merges with their open questions.
#include "services/platform/base/local_date.h"
#include "services/platform/pg/document.h"
#include "services/restriction/store/people.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {

void People::AddSteps(v1::Person& person) {
  for (const auto& row :
       sql_.exec_params("select document::text from restorative_step where person_id = $1 order by recorded_at, id", person.id()))
    *person.add_restorative_steps() = FromDocument<v1::RestorativeStep>(row[0].as<std::string>());
}

std::vector<std::string> People::StepIds(const std::string& person_id) {
  std::vector<std::string> ids;
  for (const auto& row : sql_.exec_params("select id::text from restorative_step where person_id = $1", person_id))
    ids.push_back(row[0].as<std::string>());
  return ids;
}

void People::AddRequests(v1::Person& person, bool with_reasons) {
  const auto rows = sql_.exec_params(
      "select id::text, staff_id, kind, manager_id, reason, to_char(requested_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
      "from no_contact_request where person_id = $1 and withdrawn_at is null order by requested_at, id",
      person.id());
  for (const auto& row : rows) {
    auto* request = person.add_no_contact_requests();
    request->set_id(row[0].as<std::string>());
    request->set_etag(EtagOf(1));
    request->set_staff_id(row[1].as<std::string>());
    v1::NoContactRequest::Kind::Value kind{};
    v1::NoContactRequest::Kind::Value_Parse(row[2].as<std::string>(), &kind);
    request->set_kind(kind);
    request->set_manager_id(row[3].as<std::string>());
    if (with_reasons) request->set_reason(row[4].as<std::string>());
    if (const auto at = ParseInstant(row[5].as<std::string>())) *request->mutable_requested_at() = ToProto(*at);
  }
}

void People::AddMerges(v1::Person& person) {
  const auto rows = sql_.exec_params(
      "select m.id::text, m.merged_id::text, p.reference, m.reason, m.merged_by, to_char(m.merged_at at time zone 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
      "to_char(m.unmerged_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
      "from person_merge m join person p on p.id = m.merged_id where m.survivor_id = $1 order by m.merged_at, m.id",
      person.id());
  for (const auto& row : rows) {
    auto* merge = person.add_merges();
    merge->set_id(row[0].as<std::string>());
    merge->set_merged_person_id(row[1].as<std::string>());
    merge->set_merged_reference(row[2].as<std::string>());
    merge->set_reason(row[3].as<std::string>());
    merge->set_merged_by(row[4].as<std::string>());
    if (const auto at = ParseInstant(row[5].as<std::string>())) *merge->mutable_merged_at() = ToProto(*at);
    if (!row[6].is_null()) *merge->mutable_unmerged_at() = ToProto(*ParseInstant(row[6].as<std::string>()));
    for (const auto& q : sql_.exec_params("select id::text, thing_kind, thing_id::text, person_id::text, answered_by from merge_question "
                                          "where merge_id = $1 order by id",
                                          merge->id())) {
      auto* question = merge->add_questions();
      question->set_id(q[0].as<std::string>());
      question->set_thing_kind(q[1].as<std::string>());
      question->set_thing_id(q[2].as<std::string>());
      question->set_person_id(q[3].as<std::string>(""));
      question->set_answered_by(q[4].as<std::string>());
    }
  }
}

}  // namespace evenhand::restriction
