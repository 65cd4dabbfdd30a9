// One route as an OpenAPI operation.
#pragma once

#include "gateway/openapi/schemas.h"
#include "gateway/route/router.h"

namespace evenhand::gateway {

OrderedJson MakeOperation(const Route& route, const Comments& comments, Schemas& schemas);

// "Restrictions" out of RestrictionService: the tag under which its operations stand.
std::string TagOf(const google::protobuf::ServiceDescriptor& service);

// What routes share, by reference: parameters, headers and the refusals by HTTP status.
OrderedJson SharedParameters();
OrderedJson SharedHeaders();
OrderedJson SharedResponses(const Comments& comments);

}  // namespace evenhand::gateway
