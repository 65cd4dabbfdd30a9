// Who may speak for a source's record (4.4, 12.4): a first recording is open to whoever may record, but for the portal's, which are the
// portal's alone; later versions come from the source's own system, else from who recorded first. A stranger changes and learns nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/incident/domain/readers.h"
#include "services/platform/base/refusal.h"

namespace evenhand::incident {

inline constexpr char kPortal[] = "HS_PORTAL";

// Versions count from 1: no record has so many, and a number near the end of all numbers would be the last word for ever.
inline constexpr int kMaxSourceVersion = 1'000'000;

// What a source's name and its record numbers are compared by: "hs-portal ", "HS_Portal" and full-width letters are one source,
// "HS-1" and "HS-1" with a blank that can't be seen are one record.
std::string SourceKey(std::string_view system);
std::string RecordKey(std::string_view ref);

// How it comes: by hand or by a system's call, or as a row of the portal's file, which the route's roles bring in (api.md).
enum class Way { kRecorded, kPortalFile };

// True where the actor is the source's own system.
bool SpeaksFor(const Actor& actor, std::string_view system);

Refusals RefusalsToRecordFirst(const Actor& actor, std::string_view system, Way way);

// Of a record that is there. `rights`: the fields that give a right and would change.
Refusals RefusalsToRecordAgain(std::string_view system, Way way, const std::vector<std::string>& rights, const Closeness& held);

}  // namespace evenhand::incident
