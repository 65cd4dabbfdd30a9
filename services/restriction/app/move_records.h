// What belongs to a record of a person and goes with it when two records become one, or two again.
#pragma once

#include <set>
#include <string>

#include "services/platform/pg/session.h"
#include "services/restriction/store/restrictions.h"

namespace evenhand::restriction {

// Ids of the rows of a table that are this record's.
std::set<std::string> IdsIn(Session& session, const std::string& table, const std::string& person_id);
std::string JsonList(const std::set<std::string>& ids);

// A restriction is about another record of the same person from now on; its measures go with it as far as they hold already elsewhere.
void MoveRestriction(Session& session, RestrictionRecord& record, const std::string& to);
void MoveRows(Session& session, const std::string& table, const std::set<std::string>& ids, const std::string& to);
void MoveMarkers(Session& session, const std::string& from, const std::set<std::string>& ids, const std::string& to);
void MoveRequests(Session& session, const std::set<std::string>& ids, const std::string& to);

// Together: what was used of the duplicate's limits is added to the same limits of the survivor; else it is taken off again.
void UniteCounts(Session& session, const std::string& survivor, const std::set<std::string>& of_duplicate, bool together);

}  // namespace evenhand::restriction
