// Follow-ups found and listed as far as their reader may see them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/incident/store/rows.h"
#include "services/incident/store/visibility.h"

namespace evenhand::incident {

std::optional<HeldFollowUp> LoadFollowUp(Session& session, const std::string& id, bool for_update);

// Adds "this actor may see the follow-up f of the incident i".
void OnlyVisibleFollowUps(const Actor& actor, const Closure& closure, Query& query);
// "it is this actor's, by name or by role".
std::string MineSql(const Actor& actor, Query& query);

std::vector<HeldFollowUp> FetchFollowUps(Session& session, const Query& query, int limit);
int CountFollowUps(Session& session, const Query& query);

}  // namespace evenhand::incident
