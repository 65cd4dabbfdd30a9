// A person's own right of access: everything held here, decisions in, staff and witnesses out (scenario 25).
#pragma once

#include "evenhand/marker/v1/marker.pb.h"
#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/appeals.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

class ExportPerson {
 public:
  ExportPerson(UnitOfWork& work, EvidenceSource& evidence, AppealSource& appeals) : work_(work), evidence_(evidence), appeals_(appeals) {}

  Outcome<v1::PersonExport> operator()(const Call& call, const v1::ExportPersonDataRequest& request);

 private:
  Outcome<v1::PersonExport> Gather(Session& session, const Call& call, const std::string& id);

  std::optional<Refusal> AddIncidents(const Call& call, v1::PersonExport& all, const std::vector<std::string>& person_ids);

  UnitOfWork& work_;
  EvidenceSource& evidence_;
  AppealSource& appeals_;
};

// Staff numbers become their part in the matter; the separate record of a withheld notice and staff's own requests go.
void Redact(v1::Restriction& restriction);
void Redact(v1::Person& person);
void Redact(marker::v1::Marker& marker);

}  // namespace evenhand::restriction
