// The Potentially Violent Persons register: from reported incidents only, provisional until confirmed, the least that keeps staff safe,
// looked at again after 12 months, taken off with a reason (4.3, 12.4).
#pragma once

#include <functional>

#include "evenhand/marker/v1/marker_service.pb.h"
#include "evenhand/restriction/v1/person_service.pb.h"
#include "services/platform/pg/unit_of_work.h"
#include "services/restriction/app/register_entry.h"
#include "services/restriction/store/markers.h"

namespace evenhand::restriction {

class KeepRegister {
 public:
  KeepRegister(UnitOfWork& work, EvidenceSource& evidence) : work_(work), evidence_(evidence) {}

  Outcome<marker::v1::Marker> Propose(const Call& call, const marker::v1::ProposeMarkerRequest& request);
  Outcome<marker::v1::Marker> Get(const Call& call, const marker::v1::GetMarkerRequest& request);
  Outcome<marker::v1::Marker> Confirm(const Call& call, const marker::v1::ConfirmMarkerRequest& request);
  Outcome<marker::v1::Marker> Review(const Call& call, const marker::v1::ReviewMarkerRequest& request);
  Outcome<marker::v1::Marker> Remove(const Call& call, const marker::v1::RemoveMarkerRequest& request);

 private:
  // An entry that is decided on, loaded and locked.
  struct Entry {
    Session& session;
    marker::v1::Marker& marker;
    const Evidence& evidence;   // as it is now
    std::string delegation_id;  // under which the actor decides; "" in their own right
  };
  using Story = std::function<std::optional<Refusal>(Entry&)>;

  static Refusals EvidenceFaults(const Entry& entry);
  Outcome<marker::v1::Marker> Decide(const Call& call, const std::string& person, const std::string& id, MarkerTeller tell,
                                     const Story& story);

  UnitOfWork& work_;
  EvidenceSource& evidence_;
};

}  // namespace evenhand::restriction
