// What the appeal service knows of a person's appeals.
#pragma once

#include <string>
#include <vector>

#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/base/refusal.h"
#include "services/platform/rpc/call.h"

namespace evenhand::restriction {

class AppealSource {
 public:
  virtual ~AppealSource() = default;
  // UNAVAILABLE while the appeal service is away: an export with a hole in it would mislead.
  virtual Outcome<std::vector<v1::ExportedAppeal>> Of(const Call& call, const std::string& person_id) = 0;
};

}  // namespace evenhand::restriction
