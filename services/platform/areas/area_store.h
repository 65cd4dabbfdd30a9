// The table service_area of each schema: restriction-service writes it on request, the others when they are told.
#pragma once

#include <string_view>
#include <vector>

#include <pqxx/pqxx>

#include "evenhand/events/v1/restriction_events.h"
#include "services/platform/areas/area_directory.h"

namespace evenhand {

std::vector<ServiceArea> LoadAreas(pqxx::transaction_base& sql);

// Keeps an area unless a later version of it is kept.
void KeepArea(pqxx::transaction_base& sql, const ServiceArea& area);

// What the others are told of it, and what they read from that.
events::ServiceAreaChanged EventOf(const ServiceArea& area);
ServiceArea AreaOf(const events::v1::ServiceAreaChanged& event);

// The areas of a council that has none yet, for setting `service-areas`: names with a comma between. Each has its key as its id.
std::vector<ServiceArea> AreasNamed(std::string_view names);

}  // namespace evenhand
