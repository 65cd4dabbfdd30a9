// Who may read an incident because of what they were given to do: they hear an open appeal of a decision that rests on it, or they decide
// on a proposal or a restriction that does (as a senior manager of its area, or with authority lent to them).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "services/incident/store/visibility.h"
#include "services/platform/pg/session.h"

namespace evenhand::incident {

struct Hearing {
  std::string appeal_id;
  std::string staff_id;  // "": nobody has it yet
  std::vector<std::string> incident_ids;
};
void NoteHearing(Session& session, const Hearing& hearing);
// Open again with what was known of it; closed: nobody hears it any more.
void OpenHearing(Session& session, const std::string& appeal_id, const std::string& staff_id);
void CloseHearing(Session& session, const std::string& appeal_id);

// What a proposal or a restriction rests on, in its area; `incidents` by id or reference. None: it has ended.
void NoteGrounds(Session& session, const std::string& restriction_id, const std::string& service_area,
                 const std::vector<std::string>& incidents);

// Authority lent in an area, and taken back.
void NoteLent(Session& session, const std::string& delegation_id, const std::string& staff_id, const std::string& service_area,
              const std::string& from, const std::string& until);
void NoteTakenBack(Session& session, const std::string& delegation_id);

// Of one incident, or of all ("").
TaskReadings ReadingsOf(Session& session, const Actor& actor, const std::string& incident_id = "");

}  // namespace evenhand::incident
