// The door to the register's people.
#pragma once

#include "evenhand/restriction/v1/person_service.grpc.pb.h"
#include "services/platform/rpc/rpc.h"
#include "services/restriction/app/care_for_person.h"
#include "services/restriction/app/export_person.h"
#include "services/restriction/app/merge_people.h"
#include "services/restriction/app/person_access.h"
#include "services/restriction/app/register_person.h"

namespace evenhand::restriction {

class PersonRpc final : public v1::PersonService::Service {
 public:
  PersonRpc(const Rpc& rpc, PersonAccess access, RegisterPerson register_person, CareForPerson care, PeopleMerger merge,
            ExportPerson export_person)
      : rpc_(rpc),
        access_(std::move(access)),
        register_person_(std::move(register_person)),
        care_(std::move(care)),
        merge_(std::move(merge)),
        export_person_(std::move(export_person)) {}

  grpc::Status CreatePerson(grpc::ServerContext* context, const v1::CreatePersonRequest* request, v1::Person* reply) override;
  grpc::Status GetPerson(grpc::ServerContext* context, const v1::GetPersonRequest* request, v1::Person* reply) override;
  grpc::Status UpdatePerson(grpc::ServerContext* context, const v1::UpdatePersonRequest* request, v1::Person* reply) override;
  grpc::Status ResolvePeople(grpc::ServerContext* context, const v1::ResolvePeopleRequest* request,
                             v1::ResolvePeopleResponse* reply) override;
  grpc::Status MergePeople(grpc::ServerContext* context, const v1::MergePeopleRequest* request, v1::Person* reply) override;
  grpc::Status UnmergePerson(grpc::ServerContext* context, const v1::UnmergePersonRequest* request, v1::Person* reply) override;
  grpc::Status AnswerMergeQuestion(grpc::ServerContext* context, const v1::AnswerMergeQuestionRequest* request, v1::Person* reply) override;
  grpc::Status RecordDeath(grpc::ServerContext* context, const v1::RecordDeathRequest* request, v1::Person* reply) override;
  grpc::Status RecordAdvocateResignation(grpc::ServerContext* context, const v1::RecordAdvocateResignationRequest* request,
                                         v1::Person* reply) override;
  grpc::Status ExportPersonData(grpc::ServerContext* context, const v1::ExportPersonDataRequest* request, v1::PersonExport* reply) override;
  grpc::Status AddRestorativeStep(grpc::ServerContext* context, const v1::AddRestorativeStepRequest* request,
                                  v1::RestorativeStep* reply) override;
  grpc::Status AddAdjustment(grpc::ServerContext* context, const v1::AddAdjustmentRequest* request, v1::Adjustment* reply) override;
  grpc::Status EndAdjustment(grpc::ServerContext* context, const v1::EndAdjustmentRequest* request, v1::Adjustment* reply) override;
  grpc::Status AddNoContactRequest(grpc::ServerContext* context, const v1::AddNoContactRequestRequest* request,
                                   v1::NoContactRequest* reply) override;
  grpc::Status WithdrawNoContactRequest(grpc::ServerContext* context, const v1::WithdrawNoContactRequestRequest* request,
                                        v1::NoContactRequest* reply) override;

 private:
  // For every route that answers with a whole record: nobody sees one whom the need to know doesn't reach (12.4).
  template <typename Reply, typename Work>
  grpc::Status Show(grpc::ServerContext* context, std::string_view method, const google::protobuf::Message& request,
                    const std::vector<std::string>& ids, Reply* reply, Work&& work) {
    return rpc_.Unary(context, method, request, reply, [&](const Call& call) -> Outcome<Reply> {
      for (const std::string& id : ids)
        if (auto no = access_.RefusalToSee(call, id)) return *no;
      return work(call);
    });
  }

  const Rpc& rpc_;
  PersonAccess access_;
  RegisterPerson register_person_;
  CareForPerson care_;
  PeopleMerger merge_;
  ExportPerson export_person_;
};

}  // namespace evenhand::restriction
