// The table of readers as a condition of SQL, so that a list never loads what its reader may not see (12.4, 12.6-12.7). The rows that
// come back are asked again, one by one, by domain/readers; a test holds the two against each other.
#pragma once

#include <string>
#include <vector>

#include "services/closure/closure.h"
#include "services/platform/auth/actor.h"

namespace evenhand::incident {

// A statement under way: text with $n and the parameters so far.
struct Query {
  std::string where = "true";
  std::vector<std::string> parameters;

  // Adds a parameter and returns its "$n".
  std::string Bind(const std::string& value) {
    parameters.push_back(value);
    return "$" + std::to_string(parameters.size());
  }
  void And(const std::string& condition) { where += " and (" + condition + ")"; }
};

// Incidents (alias i) about a colleague whom the actor may not look at: the actor's own or that of somebody they manage, whatever it is;
// that of their team, unless it is a closed circle's (12.4, 12.6). What the register has of people it could not be asked is not in it.
struct ClosedSql {
  std::string always, to_the_team;
};
ClosedSql ClosedTo(const Actor& actor, const Closure& closure, Query& query);

// Incidents (alias i) that the actor may know of.
void OnlyVisible(const Actor& actor, const Closure& closure, Query& query);

}  // namespace evenhand::incident
