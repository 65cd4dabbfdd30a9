// The council's service areas, entered and renamed here for all services: each hears of a change by an event and keeps its own copy.
#pragma once

#include "evenhand/restriction/v1/service_area_service.pb.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

class ServiceAreas {
 public:
  // `areas` is what this process answers by: up to date as soon as a change is committed.
  ServiceAreas(UnitOfWork& work, AreaDirectory& areas) : work_(work), areas_(areas) {}

  Outcome<v1::ListServiceAreasResponse> List(const Call& call, const v1::ListServiceAreasRequest& request);
  Outcome<v1::ServiceArea> Put(const Call& call, const v1::ServiceArea& request);

 private:
  UnitOfWork& work_;
  AreaDirectory& areas_;
};

}  // namespace evenhand::restriction
