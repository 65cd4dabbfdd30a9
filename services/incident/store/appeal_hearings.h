// Who hears an appeal of a decision that rests on an incident: they may read it until the appeal ends or is given to somebody else.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "services/platform/pg/session.h"

namespace evenhand::incident {

struct Hearing {
  std::string appeal_id;
  std::string staff_id;  // "" : nobody has it yet
  std::vector<std::string> incident_ids;
};

void NoteHearing(Session& session, const Hearing& hearing);
// Open again with what was known of it; closed: nobody hears it any more.
void OpenHearing(Session& session, const std::string& appeal_id, const std::string& staff_id);
void CloseHearing(Session& session, const std::string& appeal_id);

// The incidents that this actor may read because they hear an appeal; none for who is no strategic director.
std::set<std::string> HeardBy(Session& session, const Actor& actor);

}  // namespace evenhand::incident
