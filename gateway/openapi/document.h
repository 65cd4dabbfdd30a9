// /openapi.json: OpenAPI 3.1 of every public route, made of the contract's descriptors and comments when the gateway starts.
#pragma once

#include <string>

#include "gateway/route/router.h"

namespace evenhand::gateway {

std::string MakeOpenApi(const Router& router);

}  // namespace evenhand::gateway
