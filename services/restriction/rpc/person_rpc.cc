#include "services/restriction/rpc/person_rpc.h"

namespace evenhand::restriction {

grpc::Status PersonRpc::CreatePerson(grpc::ServerContext* context, const v1::CreatePersonRequest* request, v1::Person* reply) {
  return rpc_.Unary(context, "CreatePerson", *request, reply,
                    [&](const Call& call) { return register_person_.Create(call, request->person()); });
}

grpc::Status PersonRpc::GetPerson(grpc::ServerContext* context, const v1::GetPersonRequest* request, v1::Person* reply) {
  return Show(context, "GetPerson", *request, {request->id()}, reply,
              [&](const Call& call) { return register_person_.Get(call, *request); });
}

grpc::Status PersonRpc::UpdatePerson(grpc::ServerContext* context, const v1::UpdatePersonRequest* request, v1::Person* reply) {
  return Show(context, "UpdatePerson", *request, {request->person().id()}, reply,
              [&](const Call& call) { return register_person_.Update(call, *request); });
}

grpc::Status PersonRpc::ResolvePeople(grpc::ServerContext* context, const v1::ResolvePeopleRequest* request,
                                      v1::ResolvePeopleResponse* reply) {
  return rpc_.Unary(context, "ResolvePeople", *request, reply, [&](const Call& call) {
    auto found = register_person_.Resolve(call, *request);
    if (found.ok()) access_.HideNames(call, *found);
    return found;
  });
}

grpc::Status PersonRpc::MergePeople(grpc::ServerContext* context, const v1::MergePeopleRequest* request, v1::Person* reply) {
  return Show(context, "MergePeople", *request, {request->survivor_id(), request->duplicate_id()}, reply,
              [&](const Call& call) { return merge_.Merge(call, *request); });
}

grpc::Status PersonRpc::UnmergePerson(grpc::ServerContext* context, const v1::UnmergePersonRequest* request, v1::Person* reply) {
  return Show(context, "UnmergePerson", *request, {request->id()}, reply, [&](const Call& call) { return merge_.Unmerge(call, *request); });
}

grpc::Status PersonRpc::AnswerMergeQuestion(grpc::ServerContext* context, const v1::AnswerMergeQuestionRequest* request,
                                            v1::Person* reply) {
  return Show(context, "AnswerMergeQuestion", *request, {request->id()}, reply,
              [&](const Call& call) { return merge_.Answer(call, *request); });
}

grpc::Status PersonRpc::RecordDeath(grpc::ServerContext* context, const v1::RecordDeathRequest* request, v1::Person* reply) {
  return Show(context, "RecordDeath", *request, {request->id()}, reply,
              [&](const Call& call) { return care_.RecordDeath(call, *request); });
}

grpc::Status PersonRpc::RecordAdvocateResignation(grpc::ServerContext* context, const v1::RecordAdvocateResignationRequest* request,
                                                  v1::Person* reply) {
  return Show(context, "RecordAdvocateResignation", *request, {request->id()}, reply,
              [&](const Call& call) { return care_.RecordAdvocateResignation(call, *request); });
}

grpc::Status PersonRpc::ExportPersonData(grpc::ServerContext* context, const v1::ExportPersonDataRequest* request,
                                         v1::PersonExport* reply) {
  return Show(context, "ExportPersonData", *request, {request->id()}, reply,
              [&](const Call& call) { return export_person_(call, *request); });
}

grpc::Status PersonRpc::AddRestorativeStep(grpc::ServerContext* context, const v1::AddRestorativeStepRequest* request,
                                           v1::RestorativeStep* reply) {
  return rpc_.Unary(context, "AddRestorativeStep", *request, reply,
                    [&](const Call& call) { return care_.AddRestorativeStep(call, *request); });
}

grpc::Status PersonRpc::AddAdjustment(grpc::ServerContext* context, const v1::AddAdjustmentRequest* request, v1::Adjustment* reply) {
  return rpc_.Unary(context, "AddAdjustment", *request, reply, [&](const Call& call) { return care_.AddAdjustment(call, *request); });
}

grpc::Status PersonRpc::EndAdjustment(grpc::ServerContext* context, const v1::EndAdjustmentRequest* request, v1::Adjustment* reply) {
  return rpc_.Unary(context, "EndAdjustment", *request, reply, [&](const Call& call) { return care_.EndAdjustment(call, *request); });
}

grpc::Status PersonRpc::AddNoContactRequest(grpc::ServerContext* context, const v1::AddNoContactRequestRequest* request,
                                            v1::NoContactRequest* reply) {
  return rpc_.Unary(context, "AddNoContactRequest", *request, reply,
                    [&](const Call& call) { return care_.AddNoContactRequest(call, *request); });
}

grpc::Status PersonRpc::WithdrawNoContactRequest(grpc::ServerContext* context, const v1::WithdrawNoContactRequestRequest* request,
                                                 v1::NoContactRequest* reply) {
  return rpc_.Unary(context, "WithdrawNoContactRequest", *request, reply,
                    [&](const Call& call) { return care_.WithdrawNoContactRequest(call, *request); });
}

}  // namespace evenhand::restriction
