// A person's own right of access: everything held here, decisions in, staff and witnesses out (scenario 25).
#pragma once

#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class ExportPerson {
 public:
  explicit ExportPerson(UnitOfWork& work) : work_(work) {}

  Outcome<v1::PersonExport> operator()(const Call& call, const v1::ExportPersonDataRequest& request);

 private:
  UnitOfWork& work_;
};

// Staff numbers become their part in the matter; the separate record of a withheld notice and staff's own requests go.
void Redact(v1::Restriction& restriction);
void Redact(v1::Person& person);
void Redact(v1::Marker& marker);

}  // namespace evenhand::restriction
