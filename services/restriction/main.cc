// restriction-service: people, the register, restrictions and the contact check.
#include "services/authority/authority.h"
#include "services/platform/rpc/service_main.h"
#include "services/restriction/wiring.h"

namespace evenhand::restriction {
std::span<const Migration> Migrations();  // embedded from migrations/
}

int main(int argc, char** argv) {
  return evenhand::RunService(argc, argv,
                              {.name = "restriction",
                               .migrations = evenhand::restriction::Migrations(),
                               .rules = evenhand::RestrictionRules(),
                               .wire = evenhand::restriction::Wire});
}
