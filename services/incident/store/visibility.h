// The table of readers as a condition of SQL, so that a list never loads what its reader may not see (12.4, 12.6-12.7). The rows that
// come back are asked again, one by one, by domain/readers; a test holds the two against each other.
#pragma once

#include <set>
#include <string>
#include <vector>

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

// Incidents that somebody may read for a task that they were given (task_readers.h).
struct TaskReadings {
  std::set<std::string> heard, decided;
};

// Incidents (alias i) that the actor may know of.
void OnlyVisible(const Actor& actor, const TaskReadings& tasks, Query& query);

}  // namespace evenhand::incident
