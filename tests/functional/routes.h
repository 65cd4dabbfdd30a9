// The public routes as the contract declares them, read from the compiled descriptor set.
#pragma once

#include <string>
#include <vector>

namespace evenhand::testing {

struct Route {
  std::string method;     // "evenhand.incident.v1.IncidentService/GetIncident"
  std::string verb;       // "GET"
  std::string path;       // "/v1/incidents/{id}"
  bool streamed = false;  // its body is a stream: import, evidence
  std::string process;    // "incident": which service answers
};

std::vector<Route> AllRoutes();

}  // namespace evenhand::testing
